package org.findthelady.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Curves over named steps of strength, 0 to 100 percent, as one SVG that needs nothing else.
 *
 * @param steps labels along the x axis, evenly spaced
 */
public record CurveChart(
    String title, String horizontal, String vertical, List<String> steps, List<Curve> curves) {
  private static final double LEFT = 62;
  private static final double RIGHT = 500;
  private static final double TOP = 44;
  private static final double BOTTOM = 322;
  private static final double LEGEND_STEP = 21;
  private static final List<String> COLOURS =
      List.of(
          "#2f5fb3", "#c2571a", "#1d7f4f", "#8a4fb0", "#a38200", "#0f7d86", "#b3261e", "#5a6676",
          "#d05c9a", "#4a8f29", "#7a4a2a", "#111827");

  /**
   * One curve.
   *
   * @param values one a step, in percent; NaN where there is none
   * @param low ends of the intervals; null for no whiskers
   * @param high likewise
   * @param colour index of a colour; curves that belong together share it
   * @param dashed for theory beside data
   */
  public record Curve(
      String name, double[] values, double[] low, double[] high, int colour, boolean dashed) {}

  public CurveChart {
    steps = List.copyOf(steps);
    curves = List.copyOf(curves);
    for (Curve curve : curves) {
      if (curve.values().length != steps.size()) {
        throw new IllegalArgumentException(
            curve.name() + ": " + curve.values().length + " values, " + steps.size() + " steps");
      }
    }
  }

  /** A curve as the template draws it. */
  public record Drawn(
      String name, String colour, boolean dashed, String path, List<Mark> marks, String legendAt) {}

  /** A point of a curve with its whisker. */
  public record Mark(String x, String y, String low, String high, boolean whisker) {}

  /** A label of an axis. */
  public record Tick(String at, String label) {}

  /** The SVG. */
  public String svg() {
    List<Drawn> drawn = new ArrayList<>();
    for (int i = 0; i < curves.size(); i++) {
      drawn.add(drawn(curves.get(i), TOP + 6 + i * LEGEND_STEP));
    }
    List<Tick> below = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      below.add(new Tick(number(x(i)), steps.get(i)));
    }
    List<Tick> beside = new ArrayList<>();
    for (int percent = 0; percent <= 100; percent += 20) {
      beside.add(new Tick(number(y(percent)), Integer.toString(percent)));
    }
    double height = Math.max(BOTTOM + 58, TOP + 20 + curves.size() * LEGEND_STEP);
    return Pages.render(
        "chart.ftlx",
        Map.of(
            "chart", this,
            "height", number(height),
            "below", below,
            "beside", beside,
            "curves", drawn));
  }

  private Drawn drawn(Curve curve, double legend) {
    StringBuilder path = new StringBuilder();
    List<Mark> marks = new ArrayList<>();
    boolean down = false;
    for (int i = 0; i < steps.size(); i++) {
      double value = curve.values()[i];
      if (Double.isNaN(value)) {
        down = false;
        continue;
      }
      path.append(down ? "L" : "M").append(number(x(i))).append(' ').append(number(y(value)));
      down = true;
      boolean whisker = curve.low() != null && Double.isFinite(curve.low()[i]);
      marks.add(
          new Mark(
              number(x(i)),
              number(y(value)),
              number(y(whisker ? curve.low()[i] : value)),
              number(y(whisker ? curve.high()[i] : value)),
              whisker));
    }
    return new Drawn(
        curve.name(),
        COLOURS.get(curve.colour() % COLOURS.size()),
        curve.dashed(),
        path.toString(),
        marks,
        number(legend));
  }

  private double x(int step) {
    double margin = 24;
    double span = RIGHT - LEFT - 2 * margin;
    return LEFT + margin + (steps.size() == 1 ? span / 2 : span * step / (steps.size() - 1));
  }

  private static double y(double percent) {
    double within = Math.max(0, Math.min(100, percent));
    return BOTTOM - (BOTTOM - TOP) * within / 100;
  }

  private static String number(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }
}
