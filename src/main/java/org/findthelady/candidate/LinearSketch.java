package org.findthelady.candidate;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.findthelady.core.TensorInfo;

/**
 * The weights of a model added up, with signs drawn from names and places, in 256 sums (a count
 * sketch; Charikar, Chen and Farach-Colton, 2002). It is linear: the sketch of a difference is the
 * difference of sketches, and products of sketches are those of the models but for about 1/16 of
 * both norms. Two models must be in the same order of neurons.
 */
public final class LinearSketch implements Serializable {
  private static final long serialVersionUID = 1;

  /** Sums of a sketch. */
  public static final int SUMS = 256;

  /** Bits of a hash that place one weight and give its sign, and weights for each hash. */
  private static final int BITS = 16;

  private static final int PER_HASH = Long.SIZE / BITS;

  private final float[] sums;
  private final long layout;

  private LinearSketch(float[] sums, long layout) {
    this.sums = sums;
    this.layout = layout;
  }

  /** Adds up weights, in any order. */
  public static final class Builder {
    private final double[] sums = new double[SUMS];
    private long layout;

    /**
     * Adds a weight.
     *
     * @param tensor its name and shape
     * @param values row-major; those that are not finite are left out
     */
    public void add(TensorInfo tensor, float[] values) {
      long seed = mixed(tensor.name().hashCode() * 0x9E3779B97F4A7C15L);
      layout += mixed(seed ^ Arrays.hashCode(tensor.shape().toArray()));
      long hash = 0;
      for (int i = 0; i < values.length; i++) {
        hash = i % PER_HASH == 0 ? mixed(seed + i) : hash >>> BITS;
        if (Float.isFinite(values[i])) {
          sums[(int) (hash >>> 1) & (SUMS - 1)] += (hash & 1) == 0 ? values[i] : -values[i];
        }
      }
    }

    /** What was added. */
    public LinearSketch build() {
      float[] narrow = new float[SUMS];
      for (int i = 0; i < SUMS; i++) {
        narrow[i] = (float) sums[i];
      }
      return new LinearSketch(narrow, layout);
    }
  }

  private static long mixed(long bits) {
    long z = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A sketch from bytes and a layout that another one gave. */
  static LinearSketch of(byte[] bytes, long layout) {
    float[] sums = new float[SUMS];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(sums);
    return new LinearSketch(sums, layout);
  }

  byte[] bytes() {
    ByteBuffer bytes = ByteBuffer.allocate(SUMS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(sums);
    return bytes.array();
  }

  /** Stands for the names and shapes that were added. */
  long layout() {
    return layout;
  }

  /** Whether both are of weights of the same names and shapes. */
  public boolean fits(LinearSketch other) {
    return layout == other.layout;
  }

  /** The sketch of the difference of two models. */
  public LinearSketch minus(LinearSketch other) {
    float[] difference = sums.clone();
    for (int i = 0; i < SUMS; i++) {
      difference[i] -= other.sums[i];
    }
    return new LinearSketch(difference, layout);
  }

  double dot(LinearSketch other) {
    double sum = 0;
    for (int i = 0; i < SUMS; i++) {
      sum += (double) sums[i] * other.sums[i];
    }
    return sum;
  }

  double norm() {
    return Math.sqrt(dot(this));
  }

  /** Cosine of two models; 0 if one is zero. */
  double cosine(LinearSketch other) {
    double norms = norm() * other.norm();
    return norms > 0 ? dot(other) / norms : 0;
  }

  /**
   * Which bits a model has under hyperplanes through the origin, drawn from a seed: near models
   * have the same bits with a probability that grows with their cosine.
   *
   * @param bits up to 31
   */
  int bits(int seed, int bits) {
    int signs = 0;
    for (int bit = 0; bit < bits; bit++) {
      double sum = 0;
      for (int i = 0; i < SUMS; i += Long.SIZE) {
        long side = mixed(((long) seed << 40) + ((long) bit << 20) + i + 1);
        for (int k = 0; k < Long.SIZE; k++) {
          sum += (side >>> k & 1) == 0 ? sums[i + k] : -sums[i + k];
        }
      }
      signs = signs << 1 | (sum > 0 ? 1 : 0);
    }
    return signs;
  }

  /**
   * The part of another model in this one beside a first, by least squares.
   *
   * @return standard errors by which it is more than nothing; 0 if the three cannot be compared
   */
  public double certainty(LinearSketch first, LinearSketch other) {
    if (!fits(first) || !fits(other)) {
      return 0;
    }
    double aa = first.dot(first);
    double bb = other.dot(other);
    double ab = first.dot(other);
    double determinant = aa * bb - ab * ab;
    if (!(determinant > 1e-6 * aa * bb)) {
      return 0;
    }
    double ofFirst = (bb * dot(first) - ab * dot(other)) / determinant;
    double ofOther = (aa * dot(other) - ab * dot(first)) / determinant;
    double left = 0;
    for (int i = 0; i < SUMS; i++) {
      double gap = sums[i] - ofFirst * first.sums[i] - ofOther * other.sums[i];
      left += gap * gap;
    }
    double error = Math.sqrt(left / SUMS * aa / determinant);
    return ofOther / Math.max(error, 1e-9);
  }
}
