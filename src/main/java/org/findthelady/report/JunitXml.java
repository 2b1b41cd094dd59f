package org.findthelady.report;

import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.findthelady.core.Verdict;

/**
 * Verdicts as a JUnit report: a test case a model. One that is made from a reference fails. One of
 * which nothing can be said, or that was not audited, is an error. One that has nothing to compare
 * is skipped. One that was compared and is not made from the reference passes.
 */
public final class JunitXml {
  private final XMLStreamWriter xml;

  private JunitXml(XMLStreamWriter xml) {
    this.xml = xml;
  }

  /** The report as XML. */
  public static String of(Judged judged) {
    StringWriter text = new StringWriter();
    try {
      JunitXml report = new JunitXml(XMLOutputFactory.newFactory().createXMLStreamWriter(text));
      report.write(judged);
      report.xml.close();
      return text.append('\n').toString();
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
  }

  private void write(Judged judged) throws XMLStreamException {
    xml.writeStartDocument("UTF-8", "1.0");
    xml.writeCharacters("\n");
    xml.writeStartElement("testsuite");
    xml.writeAttribute("name", "ftl audit " + judged.runId());
    attribute("tests", judged.models().size() + (long) judged.missed().size());
    attribute("failures", count(judged, "failure"));
    attribute("errors", count(judged, "error") + judged.missed().size());
    attribute("skipped", count(judged, "skipped"));
    for (ModelRow row : judged.models()) {
      write(
          row.names().modelId(),
          row.names().reference(),
          outcome(row.verdict()),
          row.verdict().name(),
          row.reason());
    }
    for (AuditPage.Missed missed : judged.missed()) {
      write(missed.model(), "", "error", missed.cause(), missed.reason());
    }
    xml.writeCharacters("\n");
    xml.writeEndElement();
    xml.writeEndDocument();
  }

  private static long count(Judged judged, String outcome) {
    return judged.models().stream().filter(row -> outcome.equals(outcome(row.verdict()))).count();
  }

  /** The element of an outcome; empty if the test passes. */
  private static String outcome(Verdict verdict) {
    if (verdict.isCopy()) {
      return "failure";
    } else if (verdict.isUnknown()) {
      return "error";
    }
    return verdict.isCompared() ? "" : "skipped";
  }

  private void write(String model, String reference, String outcome, String type, String reason)
      throws XMLStreamException {
    xml.writeCharacters("\n  ");
    xml.writeStartElement("testcase");
    xml.writeAttribute("name", safe(model));
    xml.writeAttribute("classname", safe(reference));
    if (!outcome.isEmpty()) {
      xml.writeEmptyElement(outcome);
      xml.writeAttribute("type", type);
      xml.writeAttribute("message", safe(reason));
    }
    xml.writeEndElement();
  }

  private void attribute(String name, long count) throws XMLStreamException {
    xml.writeAttribute(name, Long.toString(count));
  }

  /** Text that XML can hold: no control characters, no halves of characters. */
  private static String safe(String text) {
    return Words.printable(text).replaceAll("[\uFFFE\uFFFF]", "?");
  }
}
