package org.findthelady.report;

import java.util.List;
import java.util.Locale;

/**
 * A model's line on the page, in texts.
 *
 * @param reference id of the one that fits, or that none does
 * @param neurons that could move; empty if none were matched
 * @param page the page that has the details; empty if it is this one
 */
public record ModelView(
    String id,
    Badge badge,
    String reference,
    String neurons,
    Numbers numbers,
    String sentence,
    String reason,
    String page) {
  /** Its verdict. */
  public record Badge(String verdict, String style, String glyph) {}

  /**
   * A number of a column.
   *
   * @param text for people
   * @param key what it is sorted by; empty if there is none
   */
  public record Measure(String text, String key) {
    private static Measure of(boolean known, long count) {
      return known ? new Measure(Words.count(count), Long.toString(count)) : new Measure("-", "");
    }

    private static Measure of(Double value, String text) {
      return new Measure(text, value == null ? "" : value.toString());
    }
  }

  /** What is in the columns that are sorted by size. */
  public record Numbers(Measure moved, Measure unclear, Measure difference, Measure psi) {
    private static Numbers of(ModelRow row) {
      boolean matched = row.counts().neurons() > 0;
      ModelRow.Closeness closeness = row.closeness();
      return new Numbers(
          Measure.of(matched && row.verdict().isCopy(), row.counts().moved()),
          Measure.of(matched, row.counts().ambiguous()),
          Measure.of(closeness.relativeL2(), Words.number(closeness.relativeL2())),
          Measure.of(closeness.psi(), Words.percent(closeness.psi())));
    }
  }

  static ModelView of(ModelRow row, List<LayerRow> layers) {
    return new ModelView(
        Words.printable(row.names().modelId()),
        new Badge(row.verdict().name(), VerdictView.style(row.verdict()), row.verdict().glyph()),
        reference(row),
        row.counts().neurons() == 0 ? "" : Words.count(row.counts().neurons()),
        Numbers.of(row),
        OwnerSentence.of(row, layers),
        Words.printable(row.reason()),
        "");
  }

  /** The same line where the details are on another page. */
  ModelView on(String other) {
    String link = link(other, id);
    return new ModelView(id, badge, reference, neurons, numbers, sentence, reason, link);
  }

  /** A model's place on a page. */
  static String link(String page, ModelRow row) {
    return link(page, Words.printable(row.names().modelId()));
  }

  private static String link(String page, String id) {
    return page + "#model=" + encoded(id);
  }

  /** As a browser's {@code decodeURIComponent} reads it. */
  private static String encoded(String name) {
    StringBuilder text = new StringBuilder();
    for (byte b : name.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
      boolean plain = b > ' ' && (Character.isLetterOrDigit(b) || "-_.".indexOf(b) >= 0);
      text.append(plain ? "" + (char) b : String.format(Locale.ROOT, "%%%02X", b));
    }
    return text.toString();
  }

  /** The reference that fits, as the table has it. */
  static String reference(ModelRow row) {
    return Words.printable(row.names().referenceId());
  }
}
