package org.findthelady.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The result page of sweeps: Markdown with tables, curves as SVG files beside it, and the same as
 * one HTML page. A function of its components.
 *
 * @param made how it was made, a line
 */
public record ResultPage(String title, String made, List<String> notes, List<Chapter> chapters) {
  public ResultPage {
    notes = List.copyOf(notes);
    chapters = List.copyOf(chapters);
  }

  /** File name to SVG, in the order of the page. */
  public Map<String, String> charts() {
    Map<String, String> charts = new LinkedHashMap<>();
    chapters.forEach(chapter -> charts.putAll(chapter.charts()));
    return charts;
  }

  /** The page in Markdown, its charts under their file names. */
  public String markdown() {
    StringBuilder text = new StringBuilder("# " + MarkdownTable.escaped(title) + "\n\n");
    paragraph(text, made);
    notes.forEach(note -> paragraph(text, note));
    for (Chapter chapter : chapters) {
      if (chapters.size() > 1) {
        text.append("## ").append(MarkdownTable.escaped(chapter.title())).append("\n\n");
      }
      chapter.notes().forEach(note -> paragraph(text, note));
      chapter.sections().forEach(section -> markdown(section, text));
    }
    return text.toString();
  }

  private void markdown(Section section, StringBuilder text) {
    text.append(chapters.size() > 1 ? "### " : "## ");
    paragraph(text, section.title());
    section.words().forEach(words -> paragraph(text, words));
    for (Section.Table table : section.tables()) {
      MarkdownTable markdown = new MarkdownTable(table.rows().get(0));
      table.rows().stream().skip(1).forEach(markdown::row);
      if (!table.caption().isEmpty()) {
        text.append("**").append(MarkdownTable.escaped(table.caption())).append("**\n\n");
      }
      text.append(markdown).append('\n');
    }
    for (String chart : section.chartNames()) {
      text.append("![").append(chart).append("](").append(chart).append(")\n\n");
    }
  }

  private static void paragraph(StringBuilder text, String words) {
    text.append(MarkdownTable.escaped(words)).append("\n\n");
  }

  /** The page in HTML, its charts within it. */
  public String html() {
    return Pages.render("sweep.ftlh", Map.of("page", this, "charts", charts()));
  }
}
