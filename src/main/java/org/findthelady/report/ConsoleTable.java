package org.findthelady.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.core.Verdict;

/**
 * The verdicts of a run as a table of plain text: a line a model, then what each verdict that
 * occurs means. Names are made safe for a terminal. The reference is named where there are several.
 */
public final class ConsoleTable {
  private static final int LONGEST_NAME = 40;
  private static final int REFERENCE = 2;
  private static final List<String> HEADS =
      List.of("MODEL", "VERDICT", "REFERENCE", "NEURONS", "MOVED", "UNCLEAR", "PSI %", "WHY");

  private final int limit;
  private final List<List<String>> lines = new ArrayList<>();
  private final Set<String> references = new HashSet<>();
  private final Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
  private long models;
  private long compared;

  /**
   * @param limit lines shown at most; the rest is counted
   */
  public ConsoleTable(int limit) {
    this.limit = limit;
    lines.add(HEADS);
  }

  /** Adds a model. */
  public void add(ModelRow row) {
    NeuronCounts counts = row.counts();
    boolean matched = counts.neurons() > 0;
    models++;
    verdicts.merge(row.verdict(), 1L, Long::sum);
    references.add(row.names().reference());
    compared = Math.max(compared, row.size().referencesCompared());
    if (models <= limit) {
      lines.add(
          List.of(
              Words.shortened(Words.printable(row.names().modelId()), LONGEST_NAME),
              row.verdict().name(),
              Words.shortened(ModelView.reference(row), LONGEST_NAME),
              matched ? Words.count(counts.neurons()) : "-",
              matched && row.verdict().isCopy() ? Words.count(counts.moved()) : "-",
              matched ? Words.count(counts.ambiguous()) : "-",
              Words.percent(row.closeness().psi()),
              Words.printable(row.reason())));
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
        if (column == REFERENCE && references.size() < 2 && compared < 2) {
          continue;
        }
        String cell = line.get(column);
        String space = " ".repeat(widths[column] - width(cell));
        boolean number = column > REFERENCE && column < widths.length - 1;
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
