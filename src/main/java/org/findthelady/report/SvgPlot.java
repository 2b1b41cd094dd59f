package org.findthelady.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A plot as one SVG that needs nothing else; all places are numbers of the SVG. The left edge of
 * the frame is at 62 and its top at 44.
 *
 * @param beside ticks of the vertical axis
 * @param below ticks of the horizontal axis
 * @param series in the order of the legend
 * @param dots drawn in their order, below all series
 */
public record SvgPlot(
    Frame frame,
    String title,
    String horizontal,
    String vertical,
    List<Tick> beside,
    List<Tick> below,
    List<Series> series,
    List<Dot> dots) {
  static final double LEFT = 62;
  static final double TOP = 44;

  /** Colours of series, in turn. */
  static final List<String> COLOURS =
      List.of(
          "#2f5fb3", "#c2571a", "#1d7f4f", "#8a4fb0", "#a38200", "#0f7d86", "#b3261e", "#5a6676",
          "#d05c9a", "#4a8f29", "#7a4a2a", "#111827");

  /**
   * Where the axes end.
   *
   * @param belowAt line of the horizontal axis' labels
   * @param grid whether ticks below have lines
   */
  public record Frame(
      int width, String height, double right, double bottom, double belowAt, boolean grid) {}

  /** A label of an axis. */
  public record Tick(String at, String label) {}

  /** A single point. */
  public record Dot(String x, String y, String colour) {}

  /**
   * A curve, or where the path is null an entry of the legend for dots.
   *
   * @param dashed for theory beside data
   */
  public record Series(
      String name, String colour, boolean dashed, String path, List<Mark> marks, String legendAt) {}

  /** A point of a curve with its whisker. */
  public record Mark(String x, String y, String low, String high, boolean whisker) {}

  String svg() {
    return Pages.render("plot.ftlx", Map.of("plot", this));
  }

  static String number(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }
}
