package org.findthelady.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.findthelady.core.Verdict;

/**
 * A verdict that occurs, as the page shows it.
 *
 * @param glyph a sign that tells it apart without colour
 * @param start where its part of the bar begins, in thousandths
 * @param width of its part of the bar, in thousandths
 */
public record VerdictView(
    String name,
    String style,
    String glyph,
    String meaning,
    String count,
    String start,
    String width) {
  static List<VerdictView> of(Map<Verdict, Long> counts, long all) {
    List<VerdictView> views = new ArrayList<>();
    double start = 0;
    for (Verdict verdict : Verdict.values()) {
      long count = counts.getOrDefault(verdict, 0L);
      if (count == 0) {
        continue;
      }
      double width = 1000.0 * count / all;
      views.add(
          new VerdictView(
              verdict.name(),
              style(verdict),
              verdict.glyph(),
              verdict.plainWords(),
              Words.count(count),
              String.format(Locale.ROOT, "%.2f", start),
              String.format(Locale.ROOT, "%.2f", width)));
      start += width;
    }
    return views;
  }

  static String style(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }
}
