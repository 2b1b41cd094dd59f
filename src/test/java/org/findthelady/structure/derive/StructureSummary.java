package org.findthelady.structure.derive;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.findthelady.core.Shape;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/**
 * What a traced structure frees, for a row of a table.
 *
 * @param name the network
 * @param groups permutation groups
 * @param neurons units that may move: all instances of all groups
 * @param share part of all parameters that lies in some group, 0 to 1
 * @param frozen how many axes longer than 1 are frozen, by reason, most frequent first
 */
public record StructureSummary(
    String name, int groups, long neurons, double share, Map<String, Integer> frozen) {

  /** Sums up a structure. */
  public static StructureSummary of(String name, Structure structure) {
    long all = 0;
    long moving = 0;
    Map<String, Integer> reasons = new TreeMap<>();
    for (List<Axis> axes : structure.axes().values()) {
      long elements = Shape.of(axes.stream().mapToLong(Axis::length).toArray()).elements();
      boolean moves = axes.stream().anyMatch(axis -> !axis.isFrozen());
      all += elements;
      moving += moves ? elements : 0;
      for (Axis axis : axes) {
        if (axis.isFrozen() && axis.length() > 1) {
          reasons.merge(axis.why(), 1, Integer::sum);
        }
      }
    }
    Map<String, Integer> ordered =
        reasons.entrySet().stream()
            .sorted(
                Map.Entry.<String, Integer>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    Map.Entry::getValue,
                    (a, b) -> a,
                    java.util.LinkedHashMap::new));
    return new StructureSummary(
        name,
        structure.groups().size(),
        structure.groups().stream().mapToLong(Group::units).sum(),
        all == 0 ? 0 : (double) moving / all,
        ordered);
  }

  /** The table's head in Markdown. */
  public static String markdownHead() {
    return """
    | network | groups | neurons free to move | parameters in a group | frozen axes and why |
    |---|---|---|---|---|
    """;
  }

  /** One row of the table in Markdown. */
  public String markdownRow() {
    String why =
        frozen.entrySet().stream()
            .map(e -> e.getValue() + " " + e.getKey())
            .collect(Collectors.joining("; "));
    return String.format(
            Locale.ROOT,
            "| %s | %d | %,d | %.1f %% | %s |%n",
            name,
            groups,
            neurons,
            100 * share,
            why)
        .replace(System.lineSeparator(), "\n");
  }
}
