package org.findthelady.perturb;

import java.util.Locale;
import org.findthelady.core.Shape;

/**
 * Quantised and back, per tensor. From 2 to 16 bits asymmetric min-max: qmax = 2^B - 1, s = qmax /
 * (max - min), q = round(clamp((x - min) * s, 0, qmax)), x' = q / s + min, ties to even. 1.58 bits
 * is ternary: a * round(clamp(x / a, -1, 1)) with a the mean absolute value. 1 bit is binary: the
 * sign (of zero: plus) times a.
 *
 * @param bits 1, 1.58, or whole from 2 to 16
 */
public record UniformQuantisation(double bits, LayerSelection layers) implements Perturbation {
  private static final long serialVersionUID = 1;

  /** The number of bits that names the ternary form (log2 of 3, as it is usually written). */
  public static final double TERNARY = 1.58;

  public UniformQuantisation {
    if (bits != 1 && bits != TERNARY && !(bits >= 2 && bits <= 16 && bits == Math.rint(bits))) {
      throw new IllegalArgumentException("bits " + bits + ": not 1, 1.58 or a whole from 2 to 16");
    }
  }

  @Override
  public String description() {
    return String.format(Locale.ROOT, "quantised to %s bits%s", bits, layers.suffix());
  }

  @Override
  public boolean selects(String tensor, Shape shape) {
    return layers.selects(tensor, shape);
  }

  @Override
  public void applyInPlace(String tensor, Shape shape, float[] values) {
    if (bits < 2) {
      applyMeanMagnitude(values);
    } else {
      applyMinMax(values);
    }
  }

  private void applyMinMax(float[] values) {
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    double range = (double) max - min;
    if (!(range > 0 && Double.isFinite(range))) {
      return;
    }
    double top = Math.scalb(1.0, (int) bits) - 1;
    double scale = top / range;
    for (int i = 0; i < values.length; i++) {
      double level = Math.rint(Math.max(0, Math.min(top, (values[i] - (double) min) * scale)));
      values[i] = (float) (level / scale + min);
    }
  }

  private void applyMeanMagnitude(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += Math.abs(value);
    }
    float mean = (float) (sum / values.length);
    if (!(mean > 0 && Float.isFinite(mean))) {
      return;
    }
    for (int i = 0; i < values.length; i++) {
      double sign =
          bits == 1
              ? (values[i] < 0 ? -1 : 1)
              : Math.rint(Math.max(-1, Math.min(1, values[i] / (double) mean)));
      values[i] = (float) sign * mean;
    }
  }
}
