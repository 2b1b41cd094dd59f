package org.findthelady.match.basis;

import java.io.IOException;
import java.util.Arrays;
import org.findthelady.core.Shape;
import org.findthelady.match.kernel.Blas;
import org.findthelady.match.rows.Weights;

/**
 * Vectors of a stream whose places are known, such as embedding rows: [count x width], doubles.
 * Evenly spaced ones of a long table.
 */
record AnchoredVectors(double[] values, int width) {
  /** Vectors whose angles to each other are compared. */
  private static final int ANGLES = 192;

  /** Vectors by which coordinates are paired. */
  private static final int FEW = 64;

  /**
   * Reads vectors.
   *
   * @param axis of the tensor, of rank 2, that carries the stream
   * @param widths how many are read at most, in widths of the stream
   */
  static AnchoredVectors of(Weights weights, String tensor, int axis, int widths)
      throws IOException {
    Shape shape = weights.shape(tensor);
    int width = shape.intLength(axis);
    int all = shape.intLength(1 - axis);
    int count = Math.min(all, widths * width);
    double[] values = new double[Math.multiplyExact(count, width)];
    float[] line = new float[axis == 1 ? width : all];
    for (int i = 0; i < (axis == 1 ? count : width); i++) {
      long row = axis == 1 ? (long) i * all / count : i;
      weights.read(tensor, row * line.length, line, 0, line.length);
      for (int j = 0; j < (axis == 1 ? width : count); j++) {
        if (axis == 1) {
          values[i * width + j] = line[j];
        } else {
          values[j * width + i] = line[(int) ((long) j * all / count)];
        }
      }
    }
    return new AnchoredVectors(values, width);
  }

  /** A few vectors of a table whose second axis carries the stream. */
  static AnchoredVectors few(Weights weights, String tensor) throws IOException {
    Shape shape = weights.shape(tensor);
    int width = shape.intLength(1);
    int rows = shape.intLength(0);
    int count = Math.min(rows, FEW);
    double[] values = new double[count * width];
    float[] line = new float[width];
    for (int i = 0; i < count; i++) {
      weights.read(tensor, (long) i * rows / count * width, line, 0, width);
      for (int j = 0; j < width; j++) {
        values[i * width + j] = line[j];
      }
    }
    return new AnchoredVectors(values, width);
  }

  /** Cosine that half of the coordinates have at least with the one most like it. */
  double pairing(AnchoredVectors other) {
    int count = count();
    float[] cosines = new float[width * width];
    Blas.addProduct(
        false,
        width,
        width,
        count,
        1,
        Blas.Matrix.of(coordinates(), count),
        Blas.Matrix.of(other.coordinates(), count),
        Blas.Matrix.of(cosines, width));
    float[] best = new float[width];
    for (int row = 0; row < width; row++) {
      for (int i = row * width; i < (row + 1) * width; i++) {
        best[row] = Math.max(best[row], cosines[i]);
      }
    }
    Arrays.sort(best);
    return best[width / 2];
  }

  /** The coordinates, each as a vector of norm 1: [width x count]. */
  private float[] coordinates() {
    int count = count();
    float[] turned = new float[values.length];
    for (int j = 0; j < width; j++) {
      double squares = 0;
      for (int i = 0; i < count; i++) {
        squares += values[i * width + j] * values[i * width + j];
      }
      for (int i = 0; i < count && squares > 0; i++) {
        turned[j * count + i] = (float) (values[i * width + j] / Math.sqrt(squares));
      }
    }
    return turned;
  }

  private int count() {
    return values.length / width;
  }

  /**
   * Cosine of the angles that vectors have to each other on both sides, each side's mean angle
   * taken off: no turn changes them, and an unrelated model has others.
   */
  double likeness(AnchoredVectors other) {
    int some = Math.min(ANGLES, count());
    double[] a = cosines(some);
    double[] b = other.cosines(some);
    double meanA = Arrays.stream(a).sum() / a.length;
    double meanB = Arrays.stream(b).sum() / b.length;
    double dot = 0;
    double squares = 0;
    double others = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (a[i] - meanA) * (b[i] - meanB);
      squares += (a[i] - meanA) * (a[i] - meanA);
      others += (b[i] - meanB) * (b[i] - meanB);
    }
    return dot / Math.sqrt(squares * others);
  }

  /** Cosines of all pairs of some evenly spaced vectors. */
  private double[] cosines(int some) {
    double[] cosines = new double[some * (some - 1) / 2];
    int at = 0;
    for (int i = 0; i < some; i++) {
      for (int j = 0; j < i; j++) {
        int one = (int) ((long) i * count() / some);
        int two = (int) ((long) j * count() / some);
        double norms = Math.sqrt(dot(one, one) * dot(two, two));
        cosines[at++] = norms == 0 ? 0 : dot(one, two) / norms;
      }
    }
    return cosines;
  }

  private double dot(int one, int two) {
    double dot = 0;
    for (int k = 0; k < width; k++) {
      dot += values[one * width + k] * values[two * width + k];
    }
    return dot;
  }

  /** The sum of the outer products of vectors at the same place: [width x width]. */
  double[] across(AnchoredVectors other) {
    return Blas.across(values, other.values, width);
  }

  /** Norm of what a turn does not explain, over that of the other side. */
  double residual(double[] turn, AnchoredVectors other) {
    double gap = 0;
    double squares = 0;
    int part = width;
    for (int from = 0; from < count(); from += part) {
      double[] some = new double[width * width];
      int length = Math.min(some.length, values.length - from * width);
      System.arraycopy(values, from * width, some, 0, length);
      double[] turned = Blas.product(some, turn, width);
      for (int i = 0; i < length; i++) {
        double theirs = other.values[from * width + i];
        gap += (turned[i] - theirs) * (turned[i] - theirs);
        squares += theirs * theirs;
      }
    }
    return Math.sqrt(gap / squares);
  }

  /** The same of an order: where each coordinate lies on the other side. */
  double residual(int[] sources, AnchoredVectors other) {
    double gap = 0;
    double squares = 0;
    for (int row = 0; row < count(); row++) {
      for (int i = 0; i < width; i++) {
        double theirs = other.values[row * width + sources[i]];
        double difference = values[row * width + i] - theirs;
        gap += difference * difference;
        squares += theirs * theirs;
      }
    }
    return Math.sqrt(gap / squares);
  }
}
