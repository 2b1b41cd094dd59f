package org.findthelady.match.basis;

import java.util.List;
import java.util.stream.IntStream;
import org.findthelady.core.Shape;
import org.findthelady.match.kernel.Blas;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/**
 * A tensor seen as vectors of a stream: [outer x width x inner].
 *
 * @param width of the stream
 */
record StreamVectors(int outer, int width, int inner) {
  /** Numbers that are multiplied at a time. */
  private static final int PIECE = 1 << 19;

  /** Sees an axis that carries the stream; null if it holds it in parts, or more than once. */
  static StreamVectors of(Structure structure, Shape shape, String tensor, int axis, Group group) {
    Axis seen = structure.axes(tensor).get(axis);
    if (seen.segments().size() != 1) {
      return null;
    }
    long outer = shape.elements(0, axis);
    long inner = shape.elements(axis + 1, shape.rank());
    int found = 0;
    List<AxisFactor> factors = seen.segments().get(0).factors();
    for (AxisFactor factor : factors) {
      if (group.name().equals(factor.groupName())) {
        found += factor.size() == group.size() ? 1 : 2;
      } else if (found == 0) {
        outer *= factor.size();
      } else {
        inner *= factor.size();
      }
    }
    return found == 1
        ? new StreamVectors(Math.toIntExact(outer), group.size(), Math.toIntExact(inner))
        : null;
  }

  /**
   * Gives every vector v as v M^T.
   *
   * @param matrix M, [width x width], row-major
   */
  void multiply(float[] values, float[] matrix) {
    int rows = Math.max(1, PIECE / width);
    if (inner == 1) {
      pieces(outer, rows, (from, count) -> multiplyRows(values, from, count, matrix));
    } else {
      for (int slab = 0; slab < outer; slab++) {
        int start = slab * width * inner;
        pieces(inner, rows, (from, count) -> multiplyColumns(values, start + from, count, matrix));
      }
    }
  }

  private interface Piece {
    void at(int from, int count);
  }

  private static void pieces(int length, int piece, Piece work) {
    IntStream.range(0, (length + piece - 1) / piece)
        .parallel()
        .forEach(i -> work.at(i * piece, Math.min(piece, length - i * piece)));
  }

  private void multiplyRows(float[] values, int from, int count, float[] matrix) {
    float[] turned = new float[count * width];
    Blas.addProduct(
        false,
        count,
        width,
        width,
        1,
        new Blas.Matrix(values, from * width, width),
        Blas.Matrix.of(matrix, width),
        Blas.Matrix.of(turned, width));
    System.arraycopy(turned, 0, values, from * width, turned.length);
  }

  /** Vectors that lie across rows of {@code inner} numbers, some of them. */
  private void multiplyColumns(float[] values, int start, int count, float[] matrix) {
    float[] vectors = new float[count * width];
    for (int i = 0; i < width; i++) {
      for (int column = 0; column < count; column++) {
        vectors[column * width + i] = values[start + i * inner + column];
      }
    }
    float[] turned = new float[count * width];
    Blas.addProduct(
        false,
        width,
        count,
        width,
        1,
        Blas.Matrix.of(matrix, width),
        Blas.Matrix.of(vectors, width),
        Blas.Matrix.of(turned, count));
    for (int i = 0; i < width; i++) {
      System.arraycopy(turned, i * count, values, start + i * inner, count);
    }
  }

  /** Puts the coordinates of every vector in another order. */
  void gather(float[] values, int[] sources) {
    float[] vector = new float[width];
    for (int row = 0; row < outer * inner; row++) {
      int at = at(row);
      for (int i = 0; i < width; i++) {
        vector[i] = values[at + sources[i] * inner];
      }
      for (int i = 0; i < width; i++) {
        values[at + i * inner] = vector[i];
      }
    }
  }

  /** Multiplies every vector, number by number. */
  void scale(float[] values, float[] gains) {
    for (int row = 0; row < outer * inner; row++) {
      int at = at(row);
      for (int i = 0; i < width; i++) {
        values[at + i * inner] *= gains[i];
      }
    }
  }

  /** Adds the product of every vector with another one to a number each. */
  void addProducts(float[] values, float[] other, float[] sums) {
    for (int row = 0; row < outer * inner; row++) {
      int at = at(row);
      double sum = 0;
      for (int i = 0; i < width; i++) {
        sum += (double) values[at + i * inner] * other[i];
      }
      sums[row] += (float) sum;
    }
  }

  /**
   * Logarithm of the sum of the squares of each coordinate: the same whatever order or orthogonal
   * basis the other axis has.
   */
  double[] logSquares(float[] values) {
    double[] squares = new double[width];
    for (int row = 0; row < outer * inner; row++) {
      int at = at(row);
      for (int i = 0; i < width; i++) {
        double value = values[at + i * inner];
        squares[i] += value * value;
      }
    }
    for (int i = 0; i < width; i++) {
      squares[i] = Math.log(Math.max(squares[i], Double.MIN_NORMAL));
    }
    return squares;
  }

  private int at(int row) {
    return row / inner * width * inner + row % inner;
  }
}
