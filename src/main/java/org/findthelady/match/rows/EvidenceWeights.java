package org.findthelady.match.rows;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.match.kernel.Thresholds;

/** Gives each member its weight as evidence: the inverse of the noise that is to be expected. */
public final class EvidenceWeights {

  private final Map<String, TensorScale> scales = new HashMap<>();
  private final EvidenceMode mode;

  public EvidenceWeights(List<TensorScale> measured, EvidenceMode mode) {
    measured.forEach(scale -> scales.put(scale.tensor(), scale));
    this.mode = mode;
  }

  /**
   * The members that may speak.
   *
   * @param strict in INCOMING mode whether only producers may
   */
  public List<AnchoredAxis> admitted(
      EvidenceMode evidence, List<AnchoredAxis> members, boolean strict) {
    if (evidence == EvidenceMode.ALL) {
      return members;
    }
    List<AnchoredAxis> producers =
        members.stream().filter(c -> c.member().role() == Role.INCOMING).toList();
    if (strict) {
      return producers.isEmpty() ? List.of() : producers.subList(0, 1);
    }
    List<AnchoredAxis> matrices = members.stream().filter(AnchoredAxis::isMatrix).toList();
    return matrices.isEmpty() ? members : matrices;
  }

  /** Whether both sides hold the same numbers, in whatever order, and not one number alone. */
  public boolean isUntouched(String tensor, long elements) {
    TensorScale scale = scales.get(tensor);
    return scale.noise() == 0
        && scale.variance() > 0
        && scale.broken() == 0
        && scale.sampled() == elements;
  }

  /** The members as evidence; those that hold nothing but one value are left out. */
  public List<Evidence> evidence(List<AnchoredAxis> candidates) {
    List<Evidence> evidence = new ArrayList<>();
    for (AnchoredAxis candidate : candidates) {
      GroupAxis member = candidate.member();
      TensorScale scale = scales.get(member.tensor());
      boolean scalar = member.role() == Role.SCALAR;
      double power = scalar ? scale.variance() : scale.power();
      if (!(power > 0)) {
        continue;
      }
      double noise = Math.max(scale.noise(), Thresholds.LEAST_NOISE * power);
      double weight = 1 / noise;
      evidence.add(
          new Evidence(
              member.tensor(),
              member.axis(),
              member.width(),
              (float) Math.min(1e30, Math.max(1e-30, weight)),
              scalar,
              noise / power));
      if (mode == EvidenceMode.INCOMING) {
        break;
      }
    }
    return evidence;
  }
}
