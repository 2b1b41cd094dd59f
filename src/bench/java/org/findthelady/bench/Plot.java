package org.findthelady.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Seconds against a size, both on logarithmic axes, as an SVG; dashed is what grows in line. */
@Command(name = "plot", description = "Draws measured seconds against a size.")
final class Plot implements Callable<Integer> {
  private static final double LEFT = 62;
  private static final double RIGHT = 500;
  private static final double TOP = 44;
  private static final double BOTTOM = 322;

  @Option(names = "--out", required = true)
  private Path out;

  @Option(names = "--title", required = true)
  private String title;

  @Option(names = "--across", required = true, description = "What x is.")
  private String across;

  @Option(names = "--flat", description = "Equal work at every size: the dashed line is level.")
  private boolean flat;

  @Parameters(arity = "2..*", paramLabel = "X=SECONDS")
  private Map<Double, Double> points = new TreeMap<>();

  private Scale horizontal;
  private Scale vertical;

  /** From the numbers low..high, logarithmically, to the places first..last. */
  private record Scale(double low, double high, double first, double last) {
    double at(double number) {
      return first + (last - first) * Math.log(number / low) / Math.log(high / low);
    }
  }

  @Override
  public Integer call() throws IOException {
    TreeMap<Double, Double> sorted = new TreeMap<>(points);
    double most = sorted.values().stream().mapToDouble(v -> v).max().orElseThrow();
    double least = sorted.values().stream().mapToDouble(v -> v).min().orElseThrow();
    horizontal = new Scale(sorted.firstKey() / 1.3, sorted.lastKey() * 1.3, LEFT, RIGHT);
    vertical =
        new Scale(
            Math.pow(10, Math.floor(Math.log10(least / 1.1))),
            Math.pow(10, Math.ceil(Math.log10(most * 1.1))),
            BOTTOM,
            TOP);
    StringBuilder svg = new StringBuilder();
    add(
        svg,
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 520 380' font-family='sans-serif'"
            + " font-size='12'>");
    add(svg, "<rect width='520' height='380' fill='#fff'/>");
    add(svg, "<text x='%.1f' y='24' font-size='14'>%s</text>", LEFT, title);
    for (double tick = vertical.low(); tick <= vertical.high() * 1.01; tick *= 10) {
      double y = vertical.at(tick);
      add(svg, "<path d='M%.1f %.1fH%.1f' stroke='#ddd'/>", LEFT, y, RIGHT);
      add(svg, "<text x='%.1f' y='%.1f' text-anchor='end'>%s</text>", LEFT - 6, y + 4, label(tick));
    }
    StringBuilder line = new StringBuilder();
    sorted.forEach(
        (size, seconds) -> {
          double x = horizontal.at(size);
          double y = vertical.at(seconds);
          line.append(line.isEmpty() ? "M" : "L").append(number(x)).append(' ').append(number(y));
          add(svg, "<circle cx='%.1f' cy='%.1f' r='3.5' fill='#2f5fb3'/>", x, y);
          add(
              svg,
              "<text x='%.1f' y='%.1f' text-anchor='middle'>%s</text>",
              x,
              y - 9,
              label(seconds));
          add(
              svg,
              "<text x='%.1f' y='%.1f' text-anchor='middle'>%s</text>",
              x,
              BOTTOM + 18,
              label(size));
        });
    add(svg, "<path d='%s' fill='none' stroke='#2f5fb3' stroke-width='1.8'/>", line);
    double last = sorted.lastEntry().getValue();
    double first = flat ? last : last * sorted.firstKey() / sorted.lastKey();
    add(
        svg,
        "<path d='M%.1f %.1fL%.1f %.1f' stroke='#777' stroke-dasharray='5 4'/>",
        horizontal.at(sorted.firstKey()),
        vertical.at(Math.max(first, vertical.low())),
        horizontal.at(sorted.lastKey()),
        vertical.at(last));
    add(svg, "<text x='%.1f' y='360' text-anchor='middle'>%s</text>", (LEFT + RIGHT) / 2, across);
    add(
        svg,
        "<text x='16' y='183' transform='rotate(-90 16 183)' text-anchor='middle'>seconds</text>");
    add(svg, "</svg>");
    Files.writeString(out, svg);
    return 0;
  }

  private static void add(StringBuilder svg, String line, Object... values) {
    svg.append(String.format(Locale.ROOT, line, values)).append('\n');
  }

  private static String number(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }

  private static String label(double number) {
    return number >= 1e9
        ? trimmed(number / 1e9) + " B"
        : number >= 1e6 ? trimmed(number / 1e6) + " M" : trimmed(number);
  }

  private static String trimmed(double number) {
    return String.format(Locale.ROOT, number < 10 ? "%.1f" : "%.0f", number)
        .replaceAll("\\.0$", "");
  }
}
