package org.findthelady.match.compare;

import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.findthelady.core.Shape;
import org.findthelady.match.kernel.LinearAssignment;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.rows.Weights;

/**
 * Whether one tensor of a suspect is in the reference's order along all its long axes.
 *
 * @param name of the tensor
 * @param axes that were tested; 0 if none is long enough or all is zero
 * @param units that were tested, over the axes
 * @param logP natural logarithm of the probability that exchangeable units match as much in place,
 *     on the axis where that is most likely
 * @param cosine of the numbers that were read, as they lie
 * @param shuffledCosine the same with the suspect's rows in a random order
 */
record TensorInPlace(
    String name, int axes, long units, double logP, double cosine, double shuffledCosine)
    implements Serializable {

  /** Units of an axis that are matched; more add no power that is needed. */
  private static final int MOST_UNITS = 128;

  /** Numbers of a unit that are compared: chance gives cosines of 0.04. */
  private static final int MOST_NUMBERS = 512;

  /** Numbers of a tensor that are read of each side. */
  private static final int MOST_READ = 1 << 21;

  /** Chooses numbers and a random order; the same for all tensors and runs. */
  private static final long SEED = 20231214;

  static TensorInPlace of(String name, Weights reference, Weights suspect) throws IOException {
    Shape shape = reference.shape(name);
    long width = shape.elements(1, shape.rank());
    if (shape.elements() == 0 || width > MOST_READ) {
      return new TensorInPlace(name, 0, 0, 0, 0, 0);
    }
    int rows = (int) Math.min(shape.length(0), Math.max(1, MOST_READ / width));
    int[] lengths = new int[shape.rank()];
    Arrays.setAll(lengths, axis -> axis == 0 ? rows : shape.intLength(axis));
    float[] ours = read(name, reference, rows, shape.length(0), (int) width);
    float[] theirs = read(name, suspect, rows, shape.length(0), (int) width);
    SplittableRandom random = new SplittableRandom(SEED);
    int axes = 0;
    long units = 0;
    double logP = Double.NEGATIVE_INFINITY;
    for (int axis = 0; axis < lengths.length; axis++) {
      int[] found = match(ours, theirs, lengths, axis, random);
      if (found.length >= Thresholds.IN_PLACE_UNITS) {
        axes++;
        units += found.length;
        logP = Math.max(logP, logP(found));
      }
    }
    return new TensorInPlace(
        name,
        axes,
        units,
        axes == 0 ? 0 : logP,
        cosine(ours, theirs, identity(rows), (int) width),
        cosine(ours, theirs, shuffled(rows, random), (int) width));
  }

  /** Evenly spread rows of a tensor. */
  private static float[] read(String name, Weights weights, int rows, long all, int width)
      throws IOException {
    float[] values = new float[Math.multiplyExact(rows, width)];
    if (rows == all) {
      weights.read(name, 0, values, 0, values.length);
    } else {
      for (int row = 0; row < rows; row++) {
        weights.read(name, row * all / rows * width, values, row * width, width);
      }
    }
    return values;
  }

  /**
   * Matches units along one axis by cosine, one to one.
   *
   * @return for each tested unit the place, among the tested ones, of its match; units that are
   *     zero on either side are not tested
   */
  private static int[] match(
      float[] ours, float[] theirs, int[] lengths, int axis, SplittableRandom random)
      throws IOException {
    int length = lengths[axis];
    int inner = 1;
    for (int a = axis + 1; a < lengths.length; a++) {
      inner *= lengths[a];
    }
    int rest = ours.length / length;
    if (length < Thresholds.IN_PLACE_UNITS || rest < 2) {
      return new int[0];
    }
    int count = Math.min(length, MOST_UNITS);
    int[] places = places(rest, random);
    float[][] left = new float[count][];
    float[][] right = new float[count][];
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int unit = (int) ((long) i * length / count);
      float[] our = unit(ours, unit, length, inner, places);
      float[] their = unit(theirs, unit, length, inner, places);
      if (our != null && their != null) {
        left[kept] = our;
        right[kept++] = their;
      }
    }
    float[] scores = new float[Math.multiplyExact(kept, kept)];
    for (int i = 0; i < kept; i++) {
      for (int j = 0; j < kept; j++) {
        scores[i * kept + j] = dot(left[i], right[j]);
      }
    }
    return kept < Thresholds.IN_PLACE_UNITS ? new int[0] : LinearAssignment.greatest(scores, kept);
  }

  /** Places, among the numbers of a unit, that are looked at. */
  private static int[] places(int rest, SplittableRandom random) {
    return rest <= MOST_NUMBERS
        ? identity(rest)
        : random.ints(MOST_NUMBERS, 0, rest).sorted().toArray();
  }

  /** Some numbers of a unit, of length 1 together; null if all are zero or one is no number. */
  private static float[] unit(float[] values, int unit, int length, int inner, int[] places) {
    float[] numbers = new float[places.length];
    double squares = 0;
    for (int i = 0; i < places.length; i++) {
      int outer = places[i] / inner;
      numbers[i] = values[(outer * length + unit) * inner + places[i] % inner];
      squares += (double) numbers[i] * numbers[i];
    }
    double norm = Math.sqrt(squares);
    if (!(norm > 0) || !Double.isFinite(norm)) {
      return null;
    }
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] /= (float) norm;
    }
    return numbers;
  }

  private static float dot(float[] one, float[] other) {
    float[] lanes = new float[8];
    int i = 0;
    for (; i + 8 <= one.length; i += 8) {
      for (int lane = 0; lane < 8; lane++) {
        lanes[lane] += one[i + lane] * other[i + lane];
      }
    }
    float sum = 0;
    for (; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    for (float lane : lanes) {
      sum += lane;
    }
    return Float.isFinite(sum) ? sum : 0;
  }

  /**
   * The smaller of two exact bounds, allowing for the choice: k units match themselves with
   * probability 1 / k! at most; the rank correlation of a random order is normal for long axes and
   * has a thinner tail for short ones.
   */
  static double logP(int[] found) {
    int fixed = 0;
    double products = 0;
    double centre = (found.length - 1) / 2.0;
    double squares = 0;
    for (int i = 0; i < found.length; i++) {
      fixed += found[i] == i ? 1 : 0;
      products += (i - centre) * (found[i] - centre);
      squares += (i - centre) * (i - centre);
    }
    double logFactorial = 0;
    for (int k = 2; k <= fixed; k++) {
      logFactorial += Math.log(k);
    }
    double z = products / squares * Math.sqrt(found.length - 1.0);
    double tail = z > 1 ? -z * z / 2 - Math.log(z * Math.sqrt(2 * Math.PI)) : 0;
    return Math.min(0, Math.log(2) + Math.min(-logFactorial, tail));
  }

  private static double cosine(float[] ours, float[] theirs, int[] order, int width) {
    double dot = 0;
    double our = 0;
    double their = 0;
    for (int row = 0; row < order.length; row++) {
      int from = row * width;
      int other = order[row] * width;
      for (int i = 0; i < width; i++) {
        dot += (double) ours[from + i] * theirs[other + i];
        our += (double) ours[from + i] * ours[from + i];
        their += (double) theirs[other + i] * theirs[other + i];
      }
    }
    double norms = Math.sqrt(our) * Math.sqrt(their);
    return norms > 0 && Double.isFinite(norms) ? dot / norms : 0;
  }

  private static int[] identity(int length) {
    int[] order = new int[length];
    Arrays.setAll(order, i -> i);
    return order;
  }

  private static int[] shuffled(int length, SplittableRandom random) {
    int[] order = identity(length);
    for (int i = length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return order;
  }
}
