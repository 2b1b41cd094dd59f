package org.findthelady.perturb;

import java.util.Arrays;
import java.util.Locale;
import org.findthelady.core.Shape;

/**
 * Layer-wise magnitude pruning: exactly the {@code percent} smallest absolute values of each tensor
 * (rounded to a whole count) become zero; of equal ones the first. No retraining. NaN is never
 * small.
 *
 * @param percent 0 to 100
 */
public record Pruning(double percent, LayerSelection layers) implements Perturbation {
  private static final long serialVersionUID = 1;

  public Pruning {
    checkPercent(percent);
  }

  static void checkPercent(double percent) {
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException("pruning of " + percent + " percent: not within 0 to 100");
    }
  }

  @Override
  public String description() {
    return String.format(Locale.ROOT, "pruned %s %%%s", percent, layers.suffix());
  }

  @Override
  public boolean selects(String tensor, Shape shape) {
    return layers.selects(tensor, shape);
  }

  @Override
  public void applyInPlace(String tensor, Shape shape, float[] values) {
    int count = (int) Math.rint(values.length * percent / 100);
    if (count == 0) {
      return;
    }
    int[] magnitudes = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      magnitudes[i] = magnitude(values[i]);
    }
    Arrays.sort(magnitudes);
    int threshold = magnitudes[count - 1];
    int below = count;
    while (below > 0 && magnitudes[below - 1] == threshold) {
      below--;
    }
    int ties = count - below;
    for (int i = 0; i < values.length; i++) {
      int magnitude = magnitude(values[i]);
      if (magnitude < threshold || (magnitude == threshold && ties-- > 0)) {
        values[i] = 0;
      }
    }
  }

  /** The bits of the absolute value, which order as the values do; NaN above infinity. */
  static int magnitude(float value) {
    return Float.floatToIntBits(value) & 0x7fffffff;
  }
}
