package org.findthelady.candidate;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Slices of a tensor along one axis, each with some of its numbers, at places that are the same for
 * every tensor of that shape. If the other axes did not move, as the inputs of a first layer, a
 * shuffled copy has the same slices in another order.
 */
final class AxisSketch implements Serializable {
  private static final long serialVersionUID = 1;

  /** Slices that are kept: those of the largest norm, which few changes turn into small ones. */
  private static final int MOST_SLICES = 256;

  /** Slices of a suspect that are looked for. */
  private static final int ASKED = 64;

  /** Numbers of a slice that are kept. */
  static final int MOST_NUMBERS = 64;

  private final long slices;
  private final long length;
  private final float[][] kept;

  /**
   * @param length of a slice before numbers were chosen
   * @param numbers [slice x number]; changed
   */
  AxisSketch(long length, float[][] numbers) {
    this.slices = numbers.length;
    this.length = length;
    double[] norms = new double[numbers.length];
    for (int i = 0; i < norms.length; i++) {
      norms[i] = norm(numbers[i]);
    }
    this.kept =
        IntStream.range(0, norms.length)
            .filter(i -> norms[i] > 0)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -norms[i]))
            .limit(MOST_SLICES)
            .map(i -> scaled(numbers[i], norms[i]))
            .toArray(float[][]::new);
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Double.isFinite(sum) ? Math.sqrt(sum) : 0;
  }

  private static float[] scaled(float[] values, double norm) {
    for (int i = 0; i < values.length; i++) {
      values[i] /= (float) norm;
    }
    return values;
  }

  /** Whether both lie along axes of the same length in tensors of the same size. */
  boolean fits(AxisSketch other) {
    return slices == other.slices && length == other.length;
  }

  /**
   * How much nearer this one's slices are to their nearest ones of the other than slices drawn at
   * random: 1 for the same slices, about 0 for random ones. Half of the slices are at least as near
   * as that.
   */
  double likeness(AxisSketch other) {
    int asked = Math.min(ASKED, kept.length);
    if (asked == 0 || other.kept.length == 0) {
      return 0;
    }
    double[] nearest = new double[asked];
    for (int i = 0; i < asked; i++) {
      for (float[] theirs : other.kept) {
        double product = 0;
        for (int k = 0; k < theirs.length; k++) {
          product += kept[i][k] * theirs[k];
        }
        nearest[i] = Math.max(nearest[i], Math.abs(product));
      }
    }
    Arrays.sort(nearest);
    int numbers = Math.max(2, kept[0].length);
    double chance = Math.sqrt(1 - Math.pow(other.kept.length, -2.0 / (numbers - 1)));
    return Math.max(0, (nearest[asked / 2] - chance) / (1 - chance));
  }
}
