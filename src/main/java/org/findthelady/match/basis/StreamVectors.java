package org.findthelady.match.basis;

import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.findthelady.core.Shape;
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
  /** Sees an axis that carries the stream; null if it holds it in parts, or more than once. */
  static StreamVectors of(
      Structure structure, MemoryWeights weights, String tensor, int axis, Group group) {
    Shape shape = weights.shape(tensor);
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

  /** Multiplies every vector by a matrix. */
  void multiply(float[] values, RealMatrix matrix) {
    double[] vector = new double[width];
    for (int row = 0; row < outer * inner; row++) {
      int at = at(row);
      for (int i = 0; i < width; i++) {
        vector[i] = values[at + i * inner];
      }
      double[] turned = matrix.operate(vector);
      for (int i = 0; i < width; i++) {
        values[at + i * inner] = (float) turned[i];
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

  /**
   * Sum of the outer products of all vectors with themselves.
   *
   * @param gains that the vectors are multiplied by first; null for none
   */
  RealMatrix moments(float[] values, float[] gains) {
    double[][] moments = new double[width][width];
    double[] vector = new double[width];
    for (int row = 0; row < outer * inner; row++) {
      int at = at(row);
      for (int i = 0; i < width; i++) {
        vector[i] = values[at + i * inner] * (gains == null ? 1.0 : gains[i]);
      }
      for (int i = 0; i < width; i++) {
        for (int j = 0; j < width; j++) {
          moments[i][j] += vector[i] * vector[j];
        }
      }
    }
    return new Array2DRowRealMatrix(moments, false);
  }

  private int at(int row) {
    return row / inner * width * inner + row % inner;
  }
}
