package org.findthelady.perturb;

import java.io.Serializable;
import java.util.List;
import org.findthelady.structure.Structure;

/**
 * A perturbation at several strengths.
 *
 * @param strengths in the kind's unit, in the order of the tables
 */
public record Attack(AttackKind kind, List<Double> strengths) implements Serializable {
  private static final double SCALED_FRACTION = 0.1;
  private static final int DRIFT_RANK = 4;

  public Attack {
    strengths = List.copyOf(strengths);
    if (strengths.isEmpty()) {
      throw new IllegalArgumentException(kind + " without strengths");
    }
  }

  /** The perturbations of one strength. */
  public static List<Perturbation> perturbations(
      AttackKind kind, double strength, LayerSelection layers, Structure structure, long seed) {
    return switch (kind) {
      case NONE, FINE_TUNING, EPOCH -> List.of();
      case NOISE -> List.of(new Noise(strength, layers, seed));
      case BITS -> List.of(new UniformQuantisation(strength, layers));
      case PRUNE -> List.of(new Pruning(strength, layers));
      case PRUNE_GLOBAL -> List.of(new GlobalPruning(strength, layers));
      case DRIFT -> List.of(new Drift(strength, DRIFT_RANK, layers, seed));
      case SCALE ->
          List.of(new NeuronScale(structure, strength, SCALED_FRACTION, false, layers, seed));
    };
  }
}
