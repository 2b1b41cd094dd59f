package org.findthelady.perturb;

import java.io.Serializable;
import java.util.Locale;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.findthelady.core.Shape;

/**
 * The white-box watermark of Uchida et al. (arXiv 1701.04082) as "Find the Lady" states it: a
 * secret X, bits x M, of independent standard normal numbers; w is the mean over output filters of
 * a layer's weight, flattened, M numbers; bit t reads 1 where sigmoid(X w)_t is at least one half.
 *
 * <p>w does not change when the layer's own filters are permuted; it does when the layer before it
 * is.
 *
 * @param key secret; X and the message are functions of it and of the layer's name
 * @param layer name of the tensor that carries it, filters on axis 0
 * @param bits T, at least 1
 */
public record Watermark(String key, String layer, int bits) implements Serializable {
  private static final long serialVersionUID = 1;

  public Watermark {
    if (key.isEmpty() || bits < 1) {
      throw new IllegalArgumentException(
          bits + " bits; a watermark needs a key and at least one bit");
    }
  }

  /** The bits that are embedded. */
  public boolean[] message() {
    KeyedGaussians source = new KeyedGaussians(key, "message/" + layer);
    boolean[] message = new boolean[bits];
    for (int t = 0; t < bits; t++) {
      message[t] = source.nextBit();
    }
    return message;
  }

  /** X, row-major [bits x width]. */
  private float[] secret(int width) {
    return new KeyedGaussians(key, "projection/" + layer).floats(Math.multiplyExact(bits, width));
  }

  /**
   * Changes a trained layer by as little (in l2) as gives every bit its margin: bit t's projection
   * becomes at least {@code strength * sigma * sqrt(M / N)} on its side, that unit being the spread
   * of projections of unmarked weights. All filters change alike.
   *
   * @param shape [N, ..] of the layer's weight
   * @param weights row-major; changed
   * @param strength margin in that unit, above 0
   * @throws IllegalArgumentException if there are more bits than can be given a margin
   */
  public void embedInPlace(Shape shape, float[] weights, double strength) {
    if (!(strength > 0 && Double.isFinite(strength))) {
      throw new IllegalArgumentException("strength " + strength + " is not above 0");
    }
    int filters = shape.intLength(0);
    int width = weights.length / filters;
    if (bits > width) {
      throw new IllegalArgumentException(
          "Tensor '%s': %d bits in %d numbers".formatted(layer, bits, width));
    }
    double margin = strength * Moments.of(weights).sigma() * Math.sqrt((double) width / filters);
    boolean[] message = message();
    float[] signed = secret(width);
    double[] missing = new double[bits];
    double[] projections = project(signed, mean(filters, width, weights));
    for (int t = 0; t < bits; t++) {
      double sign = message[t] ? 1 : -1;
      for (int m = 0; m < width; m++) {
        signed[t * width + m] *= (float) sign;
      }
      missing[t] = margin - sign * projections[t];
    }
    double[] change = SmallestChange.meeting(signed, missing, width);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (weights[i] + change[i % width]);
    }
  }

  /** The same as a perturbation, so that any format can write a marked checkpoint. */
  public Perturbation embedding(double strength) {
    return new Embedding(this, strength);
  }

  /** Reads the bits back and compares them with the message. */
  public WatermarkReading read(Shape shape, float[] weights) {
    int filters = shape.intLength(0);
    int width = weights.length / filters;
    double[] projections = project(secret(width), mean(filters, width, weights));
    boolean[] message = message();
    double[] signs = new double[bits];
    int errors = 0;
    for (int t = 0; t < bits; t++) {
      signs[t] = message[t] ? 1 : -1;
      errors += projections[t] >= 0 == message[t] ? 0 : 1;
    }
    double correlation =
        bits < 2 ? Double.NaN : new PearsonsCorrelation().correlation(projections, signs);
    return WatermarkReading.of(bits, errors, correlation);
  }

  private static double[] mean(int filters, int width, float[] weights) {
    double[] mean = new double[width];
    for (int i = 0; i < weights.length; i++) {
      mean[i % width] += weights[i];
    }
    for (int m = 0; m < width; m++) {
      mean[m] /= filters;
    }
    return mean;
  }

  private double[] project(float[] secret, double[] mean) {
    double[] projections = new double[bits];
    for (int t = 0; t < bits; t++) {
      double sum = 0;
      for (int m = 0; m < mean.length; m++) {
        sum += secret[t * mean.length + m] * mean[m];
      }
      projections[t] = sum;
    }
    return projections;
  }

  private record Embedding(Watermark watermark, double strength) implements Perturbation {
    private static final long serialVersionUID = 1;

    @Override
    public String description() {
      // The key stays secret.
      return String.format(
          Locale.ROOT,
          "watermark of %d bits in %s, strength %s",
          watermark.bits(),
          watermark.layer(),
          strength);
    }

    @Override
    public boolean selects(String tensor, Shape shape) {
      return tensor.equals(watermark.layer());
    }

    @Override
    public void applyInPlace(String tensor, Shape shape, float[] values) {
      watermark.embedInPlace(shape, values, strength);
    }
  }
}
