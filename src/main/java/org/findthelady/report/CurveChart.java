package org.findthelady.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Curves over named steps of strength, 0 to 100 percent, as one SVG that needs nothing else.
 *
 * @param steps labels along the x axis, evenly spaced
 */
public record CurveChart(
    String title, String horizontal, String vertical, List<String> steps, List<Curve> curves) {
  private static final double RIGHT = 500;
  private static final double BOTTOM = 322;
  private static final double LEGEND_STEP = 21;

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

  /** The SVG. */
  public String svg() {
    List<SvgPlot.Series> drawn = new ArrayList<>();
    for (int i = 0; i < curves.size(); i++) {
      drawn.add(drawn(curves.get(i), SvgPlot.TOP + 6 + i * LEGEND_STEP));
    }
    List<SvgPlot.Tick> below = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      below.add(new SvgPlot.Tick(SvgPlot.number(x(i)), steps.get(i)));
    }
    List<SvgPlot.Tick> beside = new ArrayList<>();
    for (int percent = 0; percent <= 100; percent += 20) {
      beside.add(new SvgPlot.Tick(SvgPlot.number(y(percent)), Integer.toString(percent)));
    }
    double height = Math.max(BOTTOM + 58, SvgPlot.TOP + 20 + curves.size() * LEGEND_STEP);
    SvgPlot.Frame frame =
        new SvgPlot.Frame(780, SvgPlot.number(height), RIGHT, BOTTOM, BOTTOM + 19, false);
    return new SvgPlot(frame, title, horizontal, vertical, beside, below, drawn, List.of()).svg();
  }

  private SvgPlot.Series drawn(Curve curve, double legend) {
    StringBuilder path = new StringBuilder();
    List<SvgPlot.Mark> marks = new ArrayList<>();
    boolean down = false;
    for (int i = 0; i < steps.size(); i++) {
      double value = curve.values()[i];
      if (Double.isNaN(value)) {
        down = false;
        continue;
      }
      path.append(down ? "L" : "M")
          .append(SvgPlot.number(x(i)))
          .append(' ')
          .append(SvgPlot.number(y(value)));
      down = true;
      boolean whisker = curve.low() != null && Double.isFinite(curve.low()[i]);
      marks.add(
          new SvgPlot.Mark(
              SvgPlot.number(x(i)),
              SvgPlot.number(y(value)),
              SvgPlot.number(y(whisker ? curve.low()[i] : value)),
              SvgPlot.number(y(whisker ? curve.high()[i] : value)),
              whisker));
    }
    return new SvgPlot.Series(
        curve.name(),
        SvgPlot.COLOURS.get(curve.colour() % SvgPlot.COLOURS.size()),
        curve.dashed(),
        path.toString(),
        marks,
        SvgPlot.number(legend));
  }

  private double x(int step) {
    double margin = 24;
    double span = RIGHT - SvgPlot.LEFT - 2 * margin;
    return SvgPlot.LEFT
        + margin
        + (steps.size() == 1 ? span / 2 : span * step / (steps.size() - 1));
  }

  private static double y(double percent) {
    double within = Math.max(0, Math.min(100, percent));
    return BOTTOM - (BOTTOM - SvgPlot.TOP) * within / 100;
  }
}
