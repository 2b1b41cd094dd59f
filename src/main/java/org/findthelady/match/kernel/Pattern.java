package org.findthelady.match.kernel;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.Deflater;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularMatrixException;

/**
 * Tells numbers that follow a rule from numbers that were learned. Masks, grids, anchors,
 * positions, sinusoids and Fourier bases are in every model of a kind, so that they say nothing of
 * its origin. A rule shows in one of two ways: a number follows from its neighbours by a short
 * linear recurrence (ramps, powers, sinusoids, windowed ones), or the numbers in their order hold
 * much less than the same numbers in random order (masks, grids, repeated rows).
 */
public final class Pattern {
  /** Terms of the recurrence: a windowed sinusoid is three sinusoids of two terms each. */
  private static final int ORDER = 6;

  /** Numbers of a line that the recurrence is fitted to at least. */
  private static final int SHORTEST = 4 * ORDER;

  /** Lines that are looked at. */
  private static final int LINES = 64;

  /** Numbers in the middle that are compressed: eight times what Deflate looks back. */
  private static final int COMPRESSED = 1 << 16;

  /** The fewest numbers that share a scale in any way to quantise, and a divisor of the others. */
  private static final int NEIGHBOURS = 16;

  private static final double RIDGE = 1e-13;

  private Pattern() {}

  /**
   * Whether the numbers follow a rule.
   *
   * @param values whole rows, row-major
   * @param width numbers of a row
   */
  public static boolean isRule(float[] values, int width) {
    int rows = values.length / width;
    return follows(values, rows, width, width, 1)
        || follows(values, width, rows, 1, width)
        || isOrdered(values);
  }

  /** Whether lines of {@code length} numbers, {@code step} apart, are recurrences. */
  private static boolean follows(float[] values, int lines, int length, int stride, int step) {
    if (length < SHORTEST) {
      return false;
    }
    long predicted = 0;
    long numbers = 0;
    int some = Math.min(lines, LINES);
    double[] line = new double[Math.min(length, 1 << 12)];
    for (int k = 0; k < some; k++) {
      int at = (int) ((long) k * lines / some) * stride;
      double squares = 0;
      for (int i = 0; i < line.length; i++) {
        line[i] = values[at + i * step];
        squares += line[i] * line[i];
      }
      if (squares > 0 && Double.isFinite(squares)) {
        predicted += predicted(line, Math.sqrt(squares / line.length));
        numbers += line.length - ORDER;
      }
      long left = (long) (some - 1 - k) * (line.length - ORDER);
      if (predicted + left < Thresholds.CONSTANT_SHARE * (numbers + left)) {
        return false; // whatever the other lines are
      }
    }
    return numbers > 0 && predicted >= Thresholds.CONSTANT_SHARE * numbers;
  }

  /** How many numbers of a line follow from those before them, by the recurrence that fits best. */
  private static int predicted(double[] line, double size) {
    int terms = ORDER + 1;
    double[][] products = new double[terms][terms];
    double[] right = new double[terms];
    double[] row = new double[terms];
    for (int i = ORDER; i < line.length; i++) {
      fill(row, line, i, size);
      for (int a = 0; a < terms; a++) {
        right[a] += row[a] * line[i];
        for (int b = 0; b < terms; b++) {
          products[a][b] += row[a] * row[b];
        }
      }
    }
    RealMatrix normal = new Array2DRowRealMatrix(products, false);
    double ridge = RIDGE * Math.max(normal.getTrace(), Double.MIN_NORMAL);
    for (int a = 0; a < terms; a++) {
      normal.addToEntry(a, a, ridge);
    }
    double[] weights;
    try {
      weights =
          new LUDecomposition(normal, 0).getSolver().solve(new ArrayRealVector(right)).toArray();
    } catch (SingularMatrixException e) {
      return 0;
    }
    int predicted = 0;
    for (int i = ORDER; i < line.length; i++) {
      fill(row, line, i, size);
      double guess = 0;
      for (int a = 0; a < terms; a++) {
        guess += weights[a] * row[a];
      }
      predicted += Math.abs(guess - line[i]) <= Thresholds.PREDICTED * size ? 1 : 0;
    }
    return predicted;
  }

  private static void fill(double[] row, double[] line, int at, double size) {
    for (int term = 0; term < ORDER; term++) {
      row[term] = line[at - 1 - term];
    }
    row[ORDER] = size;
  }

  /**
   * Whether the numbers other than zero are one number, or say less in order than out of it.
   * Quantised numbers do too, as neighbours share a scale: so they must also say less than in
   * random order among their neighbours.
   */
  private static boolean isOrdered(float[] values) {
    float[] kept = kept(values);
    if (kept.length > 0 && isOneNumber(kept, kept.length)) {
      return true;
    }
    float[] some = middle(kept);
    int inOrder = compressed(some);
    SplittableRandom random = new SplittableRandom(kept.length);
    return kept.length > SHORTEST
        && inOrder < Thresholds.ORDERED * compressed(shuffled(some, some.length, random))
        && inOrder
            < Thresholds.ORDERED_NEARBY
                * compressed(middle(kept(shuffled(values, NEIGHBOURS, random))));
  }

  private static float[] kept(float[] values) {
    float[] kept = new float[values.length];
    int count = 0;
    for (float value : values) {
      if (value != 0) {
        kept[count++] = value;
      }
    }
    return Arrays.copyOf(kept, count);
  }

  private static float[] middle(float[] values) {
    int from = Math.max(0, values.length - COMPRESSED) / 2;
    return Arrays.copyOfRange(values, from, Math.min(values.length, from + COMPRESSED));
  }

  /** A copy whose numbers are in random order, each within its piece of {@code length}. */
  private static float[] shuffled(float[] values, int length, SplittableRandom random) {
    float[] shuffled = values.clone();
    for (int i = shuffled.length - 1; i > 0; i--) {
      int j = i - random.nextInt(i % length + 1);
      float moved = shuffled[i];
      shuffled[i] = shuffled[j];
      shuffled[j] = moved;
    }
    return shuffled;
  }

  private static boolean isOneNumber(float[] values, int count) {
    for (int i = 1; i < count; i++) {
      if (values[i] != values[0]) {
        return false;
      }
    }
    return true;
  }

  private static int compressed(float[] values) {
    byte[] bytes = new byte[values.length * Float.BYTES];
    for (int i = 0; i < values.length; i++) {
      int bits = Float.floatToIntBits(values[i]);
      for (int b = 0; b < Float.BYTES; b++) {
        bytes[i * Float.BYTES + b] = (byte) (bits >>> (8 * b));
      }
    }
    Deflater deflater = new Deflater();
    try {
      deflater.setInput(bytes);
      deflater.finish();
      byte[] sink = new byte[1 << 13];
      int length = 0;
      while (!deflater.finished()) {
        length += deflater.deflate(sink);
      }
      return length;
    } finally {
      deflater.end();
    }
  }
}
