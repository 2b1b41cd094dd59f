package org.findthelady.match.compare;

import java.io.Serializable;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.match.kernel.DistinctValues;
import org.findthelady.match.kernel.ElementSums;
import org.findthelady.match.kernel.SixteenBitCodes;
import org.findthelady.match.kernel.ValueSample;

/**
 * How one tensor of a suspect, back in reference order, differs from the reference's. Built by
 * streaming both once; sums over long stretches are kept in double precision.
 */
public final class TensorComparison implements Serializable {
  private static final long serialVersionUID = 1;

  private static final int DISTINCT_LIMIT = 1 << 12;

  private final String tensor;
  private final boolean weight;
  private long elements;
  private double dot;
  private double referenceSquares;
  private double suspectSquares;
  private double differenceSquares;
  private long referenceZeros;
  private long suspectZeros;
  private long bothZeros;
  private long different;
  private long beyondFloat;
  private long notFinite;
  private boolean bytesEqual = true;
  private final DistinctValues referenceDistinct = new DistinctValues(DISTINCT_LIMIT);
  private final DistinctValues suspectDistinct = new DistinctValues(DISTINCT_LIMIT);
  private final ValueSample sample = new ValueSample();

  /**
   * @param tensor name in the reference
   * @param weight whether it is a convolution or linear weight (rank 2 and up), which attacks
   *     change
   */
  public TensorComparison(String tensor, boolean weight) {
    this.tensor = tensor;
    this.weight = weight;
  }

  /** What is said of a tensor whose every byte is the same. */
  public static TensorComparison same(String tensor, Shape shape) {
    TensorComparison same = new TensorComparison(tensor, shape.rank() >= 2);
    same.allSame(shape.elements());
    return same;
  }

  /** What is said of a tensor whose numbers are the same under another convention. */
  public static TensorComparison sameNumbers(TensorComparison compared) {
    TensorComparison same = new TensorComparison(compared.tensor, compared.weight);
    same.allSame(compared.elements);
    same.bytesDiffer();
    return same;
  }

  /** Adds the next {@code count} elements of both. Values that are not finite are counted apart. */
  public void add(float[] reference, float[] suspect, int count) {
    ElementSums sums = new ElementSums();
    sums.of(reference, 0, suspect, 0, count);
    if (add(reference, suspect, 0, count, sums)) {
      count(reference, suspect, 0, count, SixteenBitCodes.Look.NONE);
    }
    if (weight) {
      referenceDistinct.addAll(reference, count);
      suspectDistinct.addAll(suspect, count);
    }
  }

  /** Counts different values among elements of the reference that are added next. */
  void lookAtReference(DType type, byte[] packed, int at, float[] values, int count) {
    look(referenceDistinct, type, packed, at, values, count);
  }

  /** The same of the suspect's. */
  void lookAtSuspect(DType type, byte[] packed, int at, float[] values, int count) {
    look(suspectDistinct, type, packed, at, values, count);
  }

  /** Counts numbers, of either side, that float32 does not hold exactly. */
  public void addBeyondFloat(long count) {
    beyondFloat += count;
  }

  private void look(
      DistinctValues distinct, DType type, byte[] packed, int at, float[] values, int count) {
    if (weight && SixteenBitCodes.holds(type)) {
      distinct.addCodes(type, packed, at, count);
    } else if (weight) {
      distinct.addAll(values, count);
    }
  }

  /**
   * Adds elements whose sums are known.
   *
   * @param sums over {@code from .. from + count}, used where they are finite
   * @return whether they are to be counted too
   */
  boolean add(float[] reference, float[] suspect, int from, int count, ElementSums sums) {
    elements += count;
    sample.add(reference, suspect, from, count);
    if (!sums.finite()) {
      addFinite(reference, suspect, from, count);
      return false;
    }
    dot += sums.dots();
    referenceSquares += sums.here();
    suspectSquares += sums.there();
    differenceSquares += sums.apart();
    return true;
  }

  /**
   * Counts elements that differ and zeros.
   *
   * @param looked what is known of them from their codes
   */
  void count(float[] reference, float[] suspect, int from, int count, SixteenBitCodes.Look looked) {
    different +=
        looked.different() >= 0 ? looked.different() : different(reference, suspect, from, count);
    referenceZeros += looked.zeros() ? zeros(reference, from, count) : 0;
    suspectZeros += looked.otherZeros() ? zeros(suspect, from, count) : 0;
    bothZeros +=
        looked.zeros() && looked.otherZeros() ? bothZeros(reference, suspect, from, count) : 0;
  }

  private static int bothZeros(float[] one, float[] other, int from, int count) {
    int zeros = 0;
    for (int i = from; i < from + count; i++) {
      zeros += one[i] == 0 && other[i] == 0 ? 1 : 0;
    }
    return zeros;
  }

  private static int different(float[] one, float[] other, int from, int count) {
    int different = 0;
    for (int i = from; i < from + count; i++) {
      different += one[i] != other[i] ? 1 : 0;
    }
    return different;
  }

  private static int zeros(float[] values, int from, int count) {
    int zeros = 0;
    for (int i = from; i < from + count; i++) {
      zeros += values[i] == 0 ? 1 : 0;
    }
    return zeros;
  }

  private void addFinite(float[] reference, float[] suspect, int from, int count) {
    for (int i = from; i < from + count; i++) {
      double a = reference[i];
      double b = suspect[i];
      double difference = a - b;
      if (!Double.isFinite(difference)) {
        notFinite++;
        continue;
      }
      dot += a * b;
      referenceSquares += a * a;
      suspectSquares += b * b;
      differenceSquares += difference * difference;
      different += difference != 0 ? 1 : 0;
      referenceZeros += a == 0 ? 1 : 0;
      suspectZeros += b == 0 ? 1 : 0;
      bothZeros += a == 0 && b == 0 ? 1 : 0;
    }
  }

  /** Ends adding: what was needed for counting is let go. */
  public void finish() {
    referenceDistinct.finish();
    suspectDistinct.finish();
    sample.finish(keptEqual() > 0);
  }

  /** Says that all elements are the same bytes, which were not decoded: zeros are not counted. */
  public void allSame(long count) {
    elements = count;
  }

  /** Says that a stretch of bytes differed, whatever its values. */
  public void bytesDiffer() {
    bytesEqual = false;
  }

  /** Name in the reference. */
  public String tensor() {
    return tensor;
  }

  /** Whether it is a convolution or linear weight. */
  public boolean weight() {
    return weight;
  }

  /** Whether every byte is the same. */
  public boolean bytesEqual() {
    return bytesEqual;
  }

  /** Elements compared. */
  public long elements() {
    return elements;
  }

  /** Elements whose values differ. */
  public long different() {
    return different;
  }

  /** Whether every value is the same, though it may be stored in another type. */
  public boolean sameValues() {
    return bytesEqual || (elements > 0 && different == 0 && notFinite == 0 && beyondFloat == 0);
  }

  /** Elements that are finite and not zero on both sides; 0 if bytes are equal, unknown then. */
  public long kept() {
    return elements - notFinite - referenceZeros - suspectZeros + bothZeros;
  }

  /** Those of them that are the same value. */
  public long keptEqual() {
    return elements - notFinite - bothZeros - different;
  }

  /**
   * Share of values other than zero that are equal by chance, from samples of both; NaN if there
   * are none, or no value is equal.
   */
  public double chance() {
    return sample.chance();
  }

  /** Elements that are NaN or infinite on either side. */
  public long notFinite() {
    return notFinite;
  }

  /** Cosine of the two tensors as vectors; 1 if both are zero, 0 if one is. */
  public double cosine() {
    double norms = Math.sqrt(referenceSquares) * Math.sqrt(suspectSquares);
    if (norms == 0) {
      return referenceSquares == suspectSquares ? 1 : 0;
    }
    return differenceSquares == 0 ? 1 : Math.max(-1, Math.min(1, dot / norms));
  }

  /** l2 norm of the suspect's over the reference's; 1 if both are zero. */
  public double normRatio() {
    return referenceSquares == suspectSquares ? 1 : Math.sqrt(suspectSquares / referenceSquares);
  }

  /**
   * l2 norm of the difference over the reference's norm; infinite if only the reference is zero.
   */
  public double relativeDifference() {
    return differenceSquares == 0 ? 0 : Math.sqrt(differenceSquares / referenceSquares);
  }

  /** Share of exact zeros in the reference, 0 to 1. */
  public double referenceZeroShare() {
    return elements == 0 ? 0 : (double) referenceZeros / elements;
  }

  /** Share of exact zeros in the suspect, 0 to 1. */
  public double suspectZeroShare() {
    return elements == 0 ? 0 : (double) suspectZeros / elements;
  }

  /** Different values among the reference's elements; -1 if more than are counted. */
  public int referenceDistinct() {
    return referenceDistinct.count();
  }

  /** Different values among the suspect's elements; -1 if more than are counted. */
  public int suspectDistinct() {
    return suspectDistinct.count();
  }

  public double dot() {
    return dot;
  }

  public double referenceSquares() {
    return referenceSquares;
  }

  public double suspectSquares() {
    return suspectSquares;
  }

  public double differenceSquares() {
    return differenceSquares;
  }
}
