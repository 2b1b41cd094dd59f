package org.findthelady.match;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives each member its weight as evidence: the inverse of the noise that is to be expected. */
final class Weighing {
  /** Noise that is expected at least, as a share of the tensor's own power. */
  static final double LEAST_NOISE = 1e-3;

  private final Map<String, TensorScale> scales = new HashMap<>();
  private final EvidenceMode mode;

  Weighing(List<TensorScale> measured, EvidenceMode mode) {
    measured.forEach(scale -> scales.put(scale.tensor(), scale));
    this.mode = mode;
  }

  /**
   * The members that may speak.
   *
   * @param strict in INCOMING mode whether only producers may
   */
  List<Candidate> admitted(EvidenceMode evidence, List<Candidate> members, boolean strict) {
    if (evidence == EvidenceMode.ALL) {
      return members;
    }
    List<Candidate> producers =
        members.stream().filter(c -> c.member().role() == Role.INCOMING).toList();
    if (strict) {
      return producers.isEmpty() ? List.of() : producers.subList(0, 1);
    }
    List<Candidate> matrices = members.stream().filter(Candidate::isMatrix).toList();
    return matrices.isEmpty() ? members : matrices;
  }

  /** Whether both sides hold the same numbers, in whatever order, and not one number alone. */
  boolean isUntouched(String tensor, long elements) {
    TensorScale scale = scales.get(tensor);
    return scale.noise() == 0
        && scale.variance() > 0
        && scale.broken() == 0
        && scale.sampled() == elements;
  }

  /** The members as evidence; those that hold nothing but one value are left out. */
  List<Evidence> evidence(List<Candidate> candidates) {
    List<Evidence> evidence = new ArrayList<>();
    for (Candidate candidate : candidates) {
      Member member = candidate.member();
      TensorScale scale = scales.get(member.tensor());
      boolean term = member.role() == Role.TERM;
      double power = term ? scale.variance() : scale.power();
      if (!(power > 0)) {
        continue;
      }
      double noise = Math.max(scale.noise(), LEAST_NOISE * power);
      double weight = 1 / noise;
      evidence.add(
          new Evidence(
              member.tensor(),
              member.axis(),
              member.width(),
              (float) Math.min(1e30, Math.max(1e-30, weight)),
              term,
              noise / power));
      if (mode == EvidenceMode.INCOMING) {
        break;
      }
    }
    return evidence;
  }
}
