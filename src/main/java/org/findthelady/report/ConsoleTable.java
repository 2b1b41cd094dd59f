package org.findthelady.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.findthelady.core.Verdict;

/**
 * The verdicts of a run as a table of plain text: a line a model, then what each verdict that
 * occurs means. Names are made safe for a terminal.
 */
public final class ConsoleTable {
  private static final int LONGEST_NAME = 40;
  private static final int LONGEST_REASON = 90;

  private final int limit;
  private final List<List<String>> lines = new ArrayList<>();
  private final Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
  private long models;

  /**
   * @param limit lines shown at most; the rest is counted
   */
  public ConsoleTable(int limit) {
    this.limit = limit;
    lines.add(List.of("MODEL", "VERDICT", "NEURONS", "MOVED", "UNCLEAR", "PSI %", "WHY"));
  }

  /** Adds a model. */
  public void add(ModelRow row) {
    NeuronCounts counts = row.counts();
    models++;
    verdicts.merge(row.verdict(), 1L, Long::sum);
    if (models <= limit) {
      lines.add(
          List.of(
              Words.shortened(Words.printable(row.names().modelId()), LONGEST_NAME),
              row.verdict().name(),
              counts.neurons() == 0 ? "-" : Words.count(counts.neurons()),
              counts.neurons() == 0 ? "-" : Words.count(counts.moved()),
              counts.neurons() == 0 ? "-" : Words.count(counts.ambiguous()),
              Words.percent(row.closeness().psi()),
              Words.shortened(Words.printable(row.reason()), LONGEST_REASON)));
    }
  }

  /** The table; ends with a line feed. */
  public String render() {
    int[] widths = new int[lines.get(0).size()];
    for (List<String> line : lines) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], width(line.get(column)));
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder padded = new StringBuilder();
      for (int column = 0; column < widths.length; column++) {
        String cell = line.get(column);
        String space = " ".repeat(widths[column] - width(cell));
        boolean number = column >= 2 && column <= 5;
        padded.append(number ? space + cell : cell + space).append("  ");
      }
      text.append(padded.toString().stripTrailing()).append('\n');
    }
    if (models > limit) {
      text.append(Words.count(models - limit)).append(" more; all are in the tables\n");
    }
    text.append('\n');
    verdicts.forEach(
        (verdict, count) ->
            text.append("%6s %-13s %s".formatted(Words.count(count), verdict, verdict.plainWords()))
                .append('\n'));
    return text.toString();
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
