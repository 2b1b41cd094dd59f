package org.findthelady.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.findthelady.match.compare.AxisSums;
import org.findthelady.match.compare.TensorPairResult;
import org.findthelady.match.compare.UnitSums;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.task.SketchResult;

/**
 * Holds what sketches settled against the exact sums of matched tensors: a row is proved when its
 * cosine over all the evidence is above what any other can be.
 */
final class Verification {
  private final UnitSums compared;

  Verification(List<TensorPairResult> compared) {
    this.compared = new UnitSums(compared);
  }

  private List<AxisSums> sums(GroupScores comparison) {
    List<AxisSums> sums = new ArrayList<>();
    for (Evidence evidence : matrices(comparison)) {
      sums.add(compared.of(evidence.tensor(), evidence.axis(), comparison.group().name()));
    }
    return sums;
  }

  private static List<Evidence> matrices(GroupScores comparison) {
    return comparison.evidence().stream().filter(e -> !e.centred()).toList();
  }

  /** Tensors that are equal, beside others that are not: their sums are needed after all. */
  List<String> missing(GroupScores comparison) {
    List<AxisSums> sums = sums(comparison);
    List<String> missing = new ArrayList<>();
    boolean allEqual = sums.stream().allMatch(AxisSums::isEqual);
    for (int m = 0; m < sums.size(); m++) {
      if (!allEqual && sums.get(m).isEqual()) {
        missing.add(matrices(comparison).get(m).tensor());
      }
    }
    return missing;
  }

  /** Proves what it can of a sketched comparison and returns the rows that it cannot, ascending. */
  private int[] unproved(GroupScores comparison) {
    Totals totals = totals(comparison);
    SketchResult sketch = comparison.sketched().sketch();
    int[] columnOf = comparison.columnOf();
    int units = columnOf.length;
    double[] rowShares = new double[units];
    double[] columnShares = new double[units];
    for (int unit = 0; unit < units; unit++) {
      rowShares[unit] = share(sketch.reference().squares()[unit], totals.here()[unit]);
      columnShares[unit] = share(sketch.suspect().squares()[columnOf[unit]], totals.there()[unit]);
    }
    double leastRow = Arrays.stream(rowShares).min().orElse(1);
    double leastColumn = Arrays.stream(columnShares).min().orElse(1);
    for (int unit = 0; unit < units; unit++) {
      if (!comparison.isSketched(unit) || sketch.rows().index(unit, 0) != columnOf[unit]) {
        continue;
      }
      double norms = Math.sqrt(totals.here()[unit] * totals.there()[unit]);
      double bound =
          sketch.bound(
              unit, columnOf[unit], rowShares[unit], columnShares[unit], leastRow, leastColumn);
      double cosine = totals.dots()[unit] / norms;
      if (cosine - Thresholds.COSINE_SLACK > bound) {
        comparison.bound(
            unit, Math.min(1, cosine), bound, totals.here()[unit], totals.there()[unit]);
      }
    }
    return IntStream.range(0, units)
        .filter(unit -> comparison.isSketched(unit) && !comparison.isBounded(unit))
        .toArray();
  }

  /**
   * Proves sketched comparisons by exact sums, and scores exactly what cannot be proved.
   *
   * @return whether every group stays as it was; if not, what was solved after it may be wrong
   */
  boolean holds(Solution solution, ScorePlanner planner, TieBreaks ties) throws IOException {
    Map<String, int[]> unproved = new HashMap<>();
    List<GroupScores> open = new ArrayList<>();
    for (GroupScores comparison : solution.sketched()) {
      int[] rows = unproved(comparison);
      if (rows.length > 0) {
        open.add(comparison);
        unproved.put(comparison.group().name(), rows);
      }
    }
    Map<String, GroupScores> settled = new LinkedHashMap<>();
    solution.sketched().forEach(comparison -> settled.put(comparison.group().name(), comparison));
    for (GroupScores again : planner.reopened(open, unproved, solution.resync()).values()) {
      if (again.sketched() != null) {
        unproved(again);
      }
      settled.put(again.group().name(), again);
    }
    Map<String, int[]> before = new HashMap<>();
    settled.keySet().forEach(name -> before.put(name, solution.get(name).columnOf()));
    ties.settle("Not proved", List.copyOf(settled.values()));
    for (GroupScores comparison : settled.values()) {
      if (!Arrays.equals(before.get(comparison.group().name()), comparison.columnOf())) {
        return false;
      }
      solution.accept(comparison);
    }
    return true;
  }

  private static double share(double part, double all) {
    return all > 0 ? Math.min(1, part / all) : 0;
  }

  private record Totals(double[] here, double[] there, double[] dots) {}

  /** Weighted sums over all the evidence, by reference unit. */
  private Totals totals(GroupScores comparison) {
    SketchResult sketch = comparison.sketched().sketch();
    int[] columnOf = comparison.columnOf();
    int units = columnOf.length;
    Totals totals =
        new Totals(
            sketch.scalars().rowSquares().clone(),
            new double[units],
            sketch.scalars().dots().clone());
    Arrays.setAll(totals.there(), unit -> sketch.scalars().columnSquares()[columnOf[unit]]);
    List<AxisSums> sums = sums(comparison);
    if (sums.stream().allMatch(AxisSums::isEqual)) {
      // Their norms were not summed up, but are the same on both sides; so are those of scalars,
      // nearly.
      for (int unit = 0; unit < units; unit++) {
        double square =
            Math.max(
                sketch.reference().squares()[unit], comparison.width() / Thresholds.LEAST_NOISE);
        totals.here()[unit] += square;
        totals.there()[unit] += square;
        totals.dots()[unit] += square;
      }
      return totals;
    }
    List<Evidence> evidence = matrices(comparison);
    for (int m = 0; m < sums.size(); m++) {
      double weight = evidence.get(m).weight();
      AxisSums axis = sums.get(m);
      for (int unit = 0; unit < units; unit++) {
        totals.here()[unit] += weight * axis.referenceSquares()[unit];
        totals.there()[unit] += weight * axis.suspectSquares()[unit];
        totals.dots()[unit] += weight * axis.dots()[unit];
      }
    }
    return totals;
  }
}
