package org.findthelady.match;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  int[] unproved(GroupScores comparison) {
    Totals totals = totals(comparison);
    SketchResult sketch = comparison.sketched().sketch();
    int[] columnOf = comparison.columnOf();
    int leaves = columnOf.length;
    double[] rowShares = new double[leaves];
    double[] columnShares = new double[leaves];
    for (int leaf = 0; leaf < leaves; leaf++) {
      rowShares[leaf] = share(sketch.reference().squares()[leaf], totals.here()[leaf]);
      columnShares[leaf] = share(sketch.suspect().squares()[columnOf[leaf]], totals.there()[leaf]);
    }
    double leastRow = Arrays.stream(rowShares).min().orElse(1);
    double leastColumn = Arrays.stream(columnShares).min().orElse(1);
    for (int leaf = 0; leaf < leaves; leaf++) {
      if (!comparison.isSketched(leaf) || sketch.rows().index(leaf, 0) != columnOf[leaf]) {
        continue;
      }
      double norms = Math.sqrt(totals.here()[leaf] * totals.there()[leaf]);
      double bound =
          sketch.bound(
              leaf, columnOf[leaf], rowShares[leaf], columnShares[leaf], leastRow, leastColumn);
      double cosine = totals.dots()[leaf] / norms;
      if (cosine - Thresholds.COSINE_SLACK > bound) {
        comparison.bound(
            leaf, Math.min(1, cosine), bound, totals.here()[leaf], totals.there()[leaf]);
      }
    }
    return IntStream.range(0, leaves)
        .filter(leaf -> comparison.isSketched(leaf) && !comparison.isBounded(leaf))
        .toArray();
  }

  private static double share(double part, double all) {
    return all > 0 ? Math.min(1, part / all) : 0;
  }

  private record Totals(double[] here, double[] there, double[] dots) {}

  /** Weighted sums over all the evidence, by reference leaf. */
  private Totals totals(GroupScores comparison) {
    SketchResult sketch = comparison.sketched().sketch();
    int[] columnOf = comparison.columnOf();
    int leaves = columnOf.length;
    Totals totals =
        new Totals(
            sketch.terms().rowSquares().clone(), new double[leaves], sketch.terms().dots().clone());
    Arrays.setAll(totals.there(), leaf -> sketch.terms().columnSquares()[columnOf[leaf]]);
    List<AxisSums> sums = sums(comparison);
    if (sums.stream().allMatch(AxisSums::isEqual)) {
      // Their norms were not summed up, but are the same on both sides; so are the terms', nearly.
      for (int leaf = 0; leaf < leaves; leaf++) {
        double square =
            Math.max(
                sketch.reference().squares()[leaf], comparison.width() / Thresholds.LEAST_NOISE);
        totals.here()[leaf] += square;
        totals.there()[leaf] += square;
        totals.dots()[leaf] += square;
      }
      return totals;
    }
    List<Evidence> evidence = matrices(comparison);
    for (int m = 0; m < sums.size(); m++) {
      double weight = evidence.get(m).weight();
      AxisSums axis = sums.get(m);
      for (int leaf = 0; leaf < leaves; leaf++) {
        totals.here()[leaf] += weight * axis.referenceSquares()[leaf];
        totals.there()[leaf] += weight * axis.suspectSquares()[leaf];
        totals.dots()[leaf] += weight * axis.dots()[leaf];
      }
    }
    return totals;
  }
}
