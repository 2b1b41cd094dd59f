package org.findthelady.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.findthelady.experiment.StudyTable;

/** Points in the square from -1 to 1 as one SVG that needs nothing else. */
public record ScatterChart(StudyTable.Cloud cloud) {
  private static final double LEFT = 62;
  private static final double TOP = 44;
  private static final double SIDE = 300;
  private static final List<String> COLOURS = List.of("#2f5fb3", "#c2571a", "#1d7f4f", "#8a4fb0");

  /** A point as the template draws it. */
  public record Dot(String x, String y, String colour) {}

  /** A line of the grid, or an entry of the legend. */
  public record Mark(String at, String label, String colour) {}

  /** The SVG. */
  public String svg() {
    List<String> series = cloud.points().stream().map(StudyTable.Point::series).distinct().toList();
    List<Dot> dots = new ArrayList<>();
    for (StudyTable.Point point : cloud.points()) {
      dots.add(new Dot(number(x(point.x())), number(y(point.y())), colour(series, point.series())));
    }
    List<Mark> legend = new ArrayList<>();
    for (int i = 0; i < series.size(); i++) {
      legend.add(new Mark(number(TOP + 10 + 21 * i), series.get(i), colour(series, series.get(i))));
    }
    List<Mark> across = new ArrayList<>();
    List<Mark> up = new ArrayList<>();
    for (int tick = -2; tick <= 2; tick++) {
      String label = String.format(Locale.ROOT, "%.1f", tick / 2.0);
      across.add(new Mark(number(x(tick / 2.0)), label, ""));
      up.add(new Mark(number(y(tick / 2.0)), label, ""));
    }
    return Pages.render(
        "scatter.ftlx",
        Map.of("cloud", cloud, "dots", dots, "legend", legend, "across", across, "up", up));
  }

  private static String colour(List<String> series, String name) {
    return COLOURS.get(series.indexOf(name) % COLOURS.size());
  }

  private static double x(double value) {
    return LEFT + SIDE * (value + 1) / 2;
  }

  private static double y(double value) {
    return TOP + SIDE * (1 - value) / 2;
  }

  private static String number(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }
}
