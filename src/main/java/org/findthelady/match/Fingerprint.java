package org.findthelady.match;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.match.kernel.ColumnSums;
import org.findthelady.match.kernel.ElementSums;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.rows.AnchoredAxis;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.Weights;
import org.findthelady.match.task.LocalRunner;
import org.findthelady.match.task.TaskRunner;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/**
 * How alike a reference's own neurons are, group by group (method 3.6): a property of the reference
 * alone, measured once and kept.
 *
 * @param groups by group name
 */
public record Fingerprint(Map<String, Coherence> groups) implements Serializable {
  public Fingerprint {
    groups = Map.copyOf(groups);
  }

  /** Nothing is known: nothing is certified by it. */
  public static Fingerprint unknown() {
    return new Fingerprint(Map.of());
  }

  /**
   * Coherence of one group's rows on one member.
   *
   * @param tensor the member's tensor
   * @param axis the member's axis
   * @param bounds for every unit a bound that no cosine with another unit (of the same instance)
   *     exceeds, rounding included
   */
  public record Coherence(String tensor, int axis, float[] bounds) implements Serializable {
    /**
     * Whether no other reference row can be nearer to a row that has cosine {@code cosine} with
     * reference unit {@code unit}: arccos(bound) is more than 2 arccos(cosine), that is 2 c^2 - 1
     * exceeds the bound. The cosine is taken lower by {@link Thresholds#COSINE_SLACK}, 64 units of
     * 2^-24: its three sums are wrong by at most 16 units each ({@link ColumnSums}, {@link
     * ElementSums}), which comes to 32 in the cosine, and by one more of rounding.
     */
    public boolean certifies(int unit, float cosine) {
      double least = cosine - Thresholds.COSINE_SLACK;
      return least > 0 && 2 * least * least - 1 > bounds[unit];
    }
  }

  /**
   * Bound of the error of a cosine whose dot product was summed up in single precision in any
   * order: width * u / (1 - width * u) by the Cauchy-Schwarz inequality, u = 2^-24, and the last
   * rounding.
   */
  static double productSlack(long width) {
    double units = width * 0x1p-24;
    return units >= 0.5 ? 2 : units / (1 - units) + 0x1p-23;
  }

  /** Measures a reference; its own weights are given as both sides to the runner's tasks. */
  public static Fingerprint measure(
      Structure structure, Weights reference, MatchOptions options, TaskRunner runner)
      throws IOException {
    Map<String, List<AnchoredAxis>> members = AnchoredAxis.of(structure, reference, reference);
    List<ScorePlanner.Request> requests = new ArrayList<>();
    for (Group group : structure.groups()) {
      members.get(group.name()).stream()
          .filter(AnchoredAxis::isMatrix)
          .filter(c -> group.size() > 1 && !c.around().contains(group.name()))
          .min(java.util.Comparator.comparing(c -> c.member().role()))
          .map(AnchoredAxis::member)
          .ifPresent(
              m ->
                  requests.add(
                      new ScorePlanner.Request(
                          group,
                          List.of(new Evidence(m.tensor(), m.axis(), m.width(), 1, false, 0)),
                          m.width())));
    }
    ScorePlanner planner = new ScorePlanner(structure, runner, options);
    Map<String, Coherence> groups = new LinkedHashMap<>();
    for (GroupScores comparison : planner.unsettled("Measuring the reference", requests)) {
      Evidence evidence = comparison.evidence().get(0);
      float[] bounds = new float[comparison.group().units()];
      for (int unit = 0; unit < bounds.length; unit++) {
        double bound = comparison.bestOther(unit) + productSlack(evidence.width());
        bounds[unit] = Math.nextUp((float) bound);
      }
      groups.put(
          comparison.group().name(), new Coherence(evidence.tensor(), evidence.axis(), bounds));
    }
    return new Fingerprint(groups);
  }

  /** The same, in the calling thread. */
  public static Fingerprint measure(Structure structure, Weights reference, MatchOptions options)
      throws IOException {
    return measure(structure, reference, options, new LocalRunner(structure, reference, reference));
  }
}
