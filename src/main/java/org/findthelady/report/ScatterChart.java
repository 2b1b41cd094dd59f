package org.findthelady.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.findthelady.experiment.StudyTable;

/** Points in the square from -1 to 1 as one SVG that needs nothing else. */
public record ScatterChart(StudyTable.Cloud cloud) {
  private static final double SIDE = 300;
  private static final int COLOURS = 4;

  /** The SVG. */
  public String svg() {
    List<String> series = cloud.points().stream().map(StudyTable.Point::series).distinct().toList();
    List<SvgPlot.Dot> dots = new ArrayList<>();
    for (StudyTable.Point point : cloud.points()) {
      dots.add(
          new SvgPlot.Dot(
              SvgPlot.number(x(point.x())),
              SvgPlot.number(y(point.y())),
              colour(series, point.series())));
    }
    List<SvgPlot.Series> legend = new ArrayList<>();
    for (int i = 0; i < series.size(); i++) {
      String name = series.get(i);
      legend.add(
          new SvgPlot.Series(
              name,
              colour(series, name),
              false,
              null,
              List.of(),
              SvgPlot.number(SvgPlot.TOP + 10 + 21 * i)));
    }
    List<SvgPlot.Tick> across = new ArrayList<>();
    List<SvgPlot.Tick> up = new ArrayList<>();
    for (int tick = -2; tick <= 2; tick++) {
      String label = String.format(Locale.ROOT, "%.1f", tick / 2.0);
      across.add(new SvgPlot.Tick(SvgPlot.number(x(tick / 2.0)), label));
      up.add(new SvgPlot.Tick(SvgPlot.number(y(tick / 2.0)), label));
    }
    SvgPlot.Frame frame =
        new SvgPlot.Frame(
            660, "400", SvgPlot.LEFT + SIDE, SvgPlot.TOP + SIDE, SvgPlot.TOP + SIDE + 18, true);
    return new SvgPlot(
            frame, cloud.title(), cloud.horizontal(), cloud.vertical(), up, across, legend, dots)
        .svg();
  }

  private static String colour(List<String> series, String name) {
    return SvgPlot.COLOURS.get(series.indexOf(name) % COLOURS);
  }

  private static double x(double value) {
    return SvgPlot.LEFT + SIDE * (value + 1) / 2;
  }

  private static double y(double value) {
    return SvgPlot.TOP + SIDE * (1 - value) / 2;
  }
}
