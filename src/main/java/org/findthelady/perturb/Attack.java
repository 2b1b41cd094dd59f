package org.findthelady.perturb;

import java.io.Serializable;
import java.util.List;

/**
 * A perturbation at several strengths.
 *
 * @param strengths in the kind's unit, in the order of the tables
 */
public record Attack(AttackKind kind, List<Double> strengths) implements Serializable {
  public Attack {
    strengths = List.copyOf(strengths);
    if (strengths.isEmpty()) {
      throw new IllegalArgumentException(kind + " without strengths");
    }
  }
}
