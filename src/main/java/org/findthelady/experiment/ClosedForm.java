package org.findthelady.experiment;

import org.findthelady.perturb.AttackKind;

/**
 * What the row-wise maximum of cosines must find in a layer of independent normal weights, some of
 * its first neurons dead: Psi in percent, or null where there is no closed form.
 */
public final class ClosedForm {
  private static final int LEAST_WIDTH = 4;

  private ClosedForm() {}

  /** By the exact laws of cosines, of incoming weights alone. */
  public static Double ofIncoming(ModelSpec.LayerShape layer, AttackKind attack, double strength) {
    return rounded(exact(layer.neurons(), layer.width(), layer.dead(), attack, strength));
  }

  /** By the exact laws of cosines, of incoming weights and the group's other weights. */
  static Double ofAll(ModelSpec.LayerShape layer, AttackKind attack, double strength) {
    return rounded(exact(layer.neurons(), layer.width() + layer.others(), 0, attack, strength));
  }

  /** By the formula of the method's description, which takes cosines as normal: noise alone. */
  public static Double takingCosinesAsNormal(
      ModelSpec.LayerShape layer, AttackKind attack, double strength) {
    if (attack != AttackKind.NOISE) {
      return null;
    }
    int live = layer.neurons() - layer.dead();
    double correlation = InformationLimit.correlationUnderNoise(strength);
    double found = InformationLimit.psi(live, layer.width(), correlation);
    return rounded(found * live / layer.neurons());
  }

  /** To what the integrals are good for, so that 100 is 100. */
  private static Double rounded(Double psi) {
    return psi == null ? null : Double.valueOf(Math.rint(psi * 1e9) / 1e9);
  }

  private static Double exact(
      int neurons, int width, int dead, AttackKind attack, double strength) {
    if (width < LEAST_WIDTH) {
      return null;
    }
    int live = neurons - dead;
    RowwiseMaximum rows = new RowwiseMaximum(live, width);
    switch (attack) {
      case NONE -> {
        return 100.0 * live / neurons;
      }
      case NOISE -> {
        if (strength == 0) {
          return 100.0 * live / neurons;
        }
        // The layer's deviation is over dead weights too. Noise alone is like nothing.
        double omega = strength * Math.sqrt((double) live / neurons);
        return rows.underNoise(InformationLimit.correlationUnderNoise(omega)) * live / neurons;
      }
      case PRUNE, PRUNE_GLOBAL -> {
        double percent = (strength * neurons - 100.0 * dead) / live;
        if (percent <= 0 || strength >= 100) {
          return null;
        }
        // All cosines of a zero row are 0, and the maximum of equal ones is the first neuron.
        double first = dead > 0 ? 1 : new PrunedRow(live, width, percent).emptied();
        return (rows.underPruning(percent) * live + 100 * first) / neurons;
      }
      default -> {
        return null;
      }
    }
  }
}
