package org.findthelady.match;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.findthelady.match.kernel.FisherZ;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.rows.Evidence;

/**
 * What to fold and how short, for one group: as little as is likely to prove every match.
 *
 * @param folded members that are folded
 * @param whole whether that is all the evidence
 * @param length sums per sketch
 */
record SketchPlan(List<Evidence> folded, boolean whole, int length) {
  /** Lengths at which a part of the evidence is tried, once. */
  private static final int[] OF_PART = {64, 128, 256};

  /** Lengths at which all the evidence is folded, as long as too many rows stay open. */
  private static final int[] OF_ALL = {256, 1024, 4096};

  /** Share of the evidence's numbers that a part should hold. */
  private static final double PART = 0.25;

  SketchPlan {
    folded = List.copyOf(folded);
  }

  /** Plans in the order in which to try them; empty if sketches are no help. */
  static List<SketchPlan> of(ScorePlanner.Request request) {
    List<SketchPlan> plans = new ArrayList<>();
    int units = request.group().units();
    double cosine = expectedCosine(request.evidence());
    List<Evidence> part = part(request.evidence());
    double share = signal(part) / signal(request.evidence());
    for (int length : OF_PART) {
      if (plans.isEmpty() && provable(cosine, 0.8 * share, units, length)) {
        plans.add(new SketchPlan(part, false, length));
      }
    }
    List<Evidence> all = request.evidence().stream().filter(e -> !e.centred()).toList();
    for (int length : OF_ALL) {
      boolean useful = length == OF_ALL[0] || 2L * length <= request.width();
      if (useful && provable(cosine, 1, units, length)) {
        plans.add(new SketchPlan(all, true, length));
      }
    }
    return plans;
  }

  /** Members that are quickest to fold: those that lie column by column, and narrow ones. */
  private static List<Evidence> part(List<Evidence> evidence) {
    List<Evidence> matrices =
        evidence.stream()
            .filter(e -> !e.centred())
            .sorted(
                Comparator.comparing((Evidence e) -> e.axis() == 0)
                    .thenComparingLong(Evidence::width))
            .toList();
    double enough = PART * signal(evidence);
    for (Evidence one : matrices) {
      if (signal(List.of(one)) >= enough) {
        return List.of(one);
      }
    }
    List<Evidence> part = new ArrayList<>();
    for (Evidence one : matrices) {
      if (signal(part) < enough) {
        part.add(one);
      }
    }
    return part;
  }

  /** Weighted squared norm of a row, as it is expected. */
  private static double signal(List<Evidence> evidence) {
    return evidence.stream().mapToDouble(e -> e.width() / e.noise()).sum();
  }

  /** Cosine of rows that belong together, at the least noise that scales tell of. */
  private static double expectedCosine(List<Evidence> evidence) {
    double signal = signal(evidence);
    double noise = evidence.stream().mapToDouble(Evidence::width).sum();
    return Math.sqrt(signal / (signal + noise));
  }

  private static boolean provable(double cosine, double share, int units, int length) {
    double other =
        FisherZ.away(1.15 * FisherZ.chance(units, length), length, Thresholds.SKETCH_DEVIATIONS);
    double low = cosine - 0.25 * (1 - cosine) - 1e-3;
    return low > 1 - share * (1 - other);
  }
}
