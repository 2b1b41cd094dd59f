package org.findthelady.match.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.findthelady.match.kernel.Blas;
import org.findthelady.match.kernel.Blas.Matrix;

/**
 * One tensor of both sides in memory, and how well it agrees under doubly stochastic matrices in
 * the place of permutations.
 */
final class JointTensor {
  /**
   * Where a group lies on an axis.
   *
   * @param positions on the axis, [units x copies]
   */
  record Place(int axis, String group, int units, int copies, int[] positions) {}

  private final int[] lengths;
  private final float[] reference;
  private final float[] suspect;
  private final float weight;
  private final List<Place> places = new ArrayList<>();

  /**
   * @param lengths of the axes, slowest first
   * @param reference row-major
   * @param suspect row-major
   * @param weight inverse variance of the noise between them
   */
  JointTensor(int[] lengths, float[] reference, float[] suspect, double weight) {
    this.lengths = lengths;
    this.reference = reference;
    this.suspect = suspect;
    this.weight = (float) weight;
  }

  /** Adds a group that moves along an axis. */
  void carry(Place place) {
    places.add(place);
  }

  List<Place> places() {
    return places;
  }

  /**
   * Adds what the tensor says of a group: products of the reference's rows with the suspect's, all
   * other axes mapped, in units of the noise.
   *
   * @param soft by group: row-major [units x units], how much each reference unit takes from each
   *     suspect unit
   * @param scores [units x units], added to
   */
  void addScores(Place own, Map<String, float[]> soft, float[] scores) {
    float[] there = suspect;
    for (Place other : places) {
      if (other.axis() != own.axis()) {
        there = mapped(there, other, soft.get(other.group()));
      }
    }
    int n = own.units();
    int rest = reference.length / lengths[own.axis()];
    for (int copy = 0; copy < own.copies(); copy++) {
      float[] a = rows(reference, own, copy);
      float[] b = rows(there, own, copy);
      Blas.addProduct(
          false, n, n, rest, weight, Matrix.of(a, rest), Matrix.of(b, rest), Matrix.of(scores, n));
    }
  }

  /** Sum of the products of both sides, all axes mapped, in units of the noise. */
  double agreement(Map<String, float[]> soft) {
    float[] there = suspect;
    for (Place place : places) {
      there = mapped(there, place, soft.get(place.group()));
    }
    double sum = 0;
    for (int i = 0; i < reference.length; i++) {
      sum += (double) reference[i] * there[i];
    }
    return sum * weight;
  }

  /**
   * What the agreement comes to in the true order: the reference's own where noise was added, what
   * is left of it where weights were taken away.
   */
  double expected() {
    return weight * Math.min(squares(reference), squares(suspect));
  }

  /** A bound of every score and of what it is made of, by Cauchy and Schwarz. */
  static double largestScore(float[] reference, float[] suspect, double weight) {
    double products = Math.sqrt(squares(reference)) * Math.sqrt(squares(suspect));
    return Math.max(1, weight) * Math.max(1, products);
  }

  private static double squares(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return sum;
  }

  /** Multiplications and additions to score all groups once. */
  double flops() {
    double flops = 0;
    for (Place own : places) {
      flops += 2.0 * own.units();
      for (Place other : places) {
        flops += own.axis() == other.axis() ? 0 : 2.0 * other.units();
      }
    }
    return flops * reference.length;
  }

  private float[] mapped(float[] values, Place place, float[] soft) {
    int n = place.units();
    int rest = values.length / lengths[place.axis()];
    float[] result = values.clone();
    for (int copy = 0; copy < place.copies(); copy++) {
      float[] rows = rows(values, place, copy);
      float[] product = new float[n * rest];
      float[] turned = turned(soft, n);
      Blas.addProduct(
          true,
          n,
          rest,
          n,
          1,
          Matrix.of(turned, n),
          Matrix.of(rows, rest),
          Matrix.of(product, rest));
      copy(product, place, copy, result, false);
    }
    return result;
  }

  private static float[] turned(float[] square, int n) {
    float[] turned = new float[square.length];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        turned[j * n + i] = square[i * n + j];
      }
    }
    return turned;
  }

  /** One copy's rows: [units x rest]. */
  private float[] rows(float[] values, Place place, int copy) {
    float[] rows = new float[place.units() * (values.length / lengths[place.axis()])];
    copy(rows, place, copy, values, true);
    return rows;
  }

  private void copy(float[] rows, Place place, int copy, float[] values, boolean out) {
    int length = lengths[place.axis()];
    int inner = 1;
    for (int axis = place.axis() + 1; axis < lengths.length; axis++) {
      inner *= lengths[axis];
    }
    int outer = values.length / length / inner;
    for (int unit = 0; unit < place.units(); unit++) {
      int position = place.positions()[unit * place.copies() + copy];
      for (int o = 0; o < outer; o++) {
        int at = (o * length + position) * inner;
        int row = (unit * outer + o) * inner;
        if (out) {
          System.arraycopy(values, at, rows, row, inner);
        } else {
          System.arraycopy(rows, row, values, at, inner);
        }
      }
    }
  }
}
