package org.findthelady.pair;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import org.findthelady.align.Counterpart;
import org.findthelady.align.Profile;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.match.kernel.Thresholds;

/**
 * Whether tensors that answer to each other are alike in what no permutation of their axes changes:
 * the sorted norms of slices, the sorted numbers of a vector. They are in every relative, whatever
 * was moved. Two networks of one kind that were trained apart draw them from one distribution at
 * best, and two samples of n numbers from one distribution keep a distance; so the test of
 * Kolmogorov and Smirnov is turned round, and asks whether the samples are too near for that. The
 * logarithms of the probabilities of all axes are added up, as Fisher did.
 *
 * @param axes whose slices or numbers were compared
 * @param alike of them which are nearer than two samples of one distribution are
 * @param surprise sum of minus the logarithm of each axis' probability, each up to a most; for
 *     strangers of one distribution about one an axis
 */
record InvariantFit(int axes, int alike, double surprise) {

  static InvariantFit of(PairContext context) throws IOException {
    int axes = 0;
    int alike = 0;
    double surprise = 0;
    try (TensorReader ours = reader(context, true);
        TensorReader theirs = reader(context, false)) {
      for (Counterpart pair : context.alignment().counterparts()) {
        if (!pair.reference().shown().dtype().decodable()
            || !pair.suspect().shown().dtype().decodable()) {
          continue;
        }
        Profile one = Profile.of(ours, pair.reference());
        Profile other = Profile.of(theirs, pair.suspect());
        for (int axis = 0; axis < one.axes(); axis++) {
          double[] a = sample(one, axis);
          double[] b = sample(other, axis);
          if (a.length >= Thresholds.INVARIANT_PLACES && isVaried(a)) {
            double chance = isScaled(one) ? chanceOfScaled(a, b) : chance(a, b);
            axes++;
            alike += chance < Thresholds.INVARIANT_ALIKE ? 1 : 0;
            surprise += Math.min(Thresholds.INVARIANT_MOST, -Math.log(Math.min(1, chance)));
          }
        }
      }
    }
    return new InvariantFit(axes, alike, surprise);
  }

  /** What lies along an axis, rising; norms over their median. */
  private static double[] sample(Profile profile, int axis) {
    double[] values = profile.along(axis);
    double median = values.length == 0 ? 0 : values[values.length / 2];
    if (isScaled(profile) && median > 0) {
      Arrays.setAll(values, i -> values[i] / median);
    }
    return values;
  }

  /** Whether norms are compared: noise and rounding change the scale of all of them alike. */
  private static boolean isScaled(Profile profile) {
    return profile.axes() > 1;
  }

  /** Whether most numbers differ. */
  private static boolean isVaried(double[] sorted) {
    return Arrays.stream(sorted).distinct().count() > sorted.length / 2;
  }

  /**
   * The probability that two samples of one distribution lie as near as these; taken high.
   *
   * @param a rising, as long as {@code b}
   */
  static double chance(double[] a, double[] b) {
    return lawOfNear(distance(a, b));
  }

  /**
   * The same of samples that were divided by their medians. They meet there, so each half is a
   * sample of its own, half as long, and both must be near. Measured on norms of Gaussian matrices,
   * 16 to 2,048 of them: minus its logarithm is 0.5 to 0.8 in the mean, where {@link #chance} gives
   * 1.0 to 1.4.
   */
  static double chanceOfScaled(double[] a, double[] b) {
    double half = lawOfNear(Math.sqrt(2) * distance(a, b));
    return half * half;
  }

  /** The greatest distance of two distributions, as the law of Kolmogorov takes it. */
  private static double distance(double[] a, double[] b) {
    int n = a.length;
    int furthest = 0;
    int i = 0;
    int j = 0;
    while (i < n && j < n) {
      double value = Math.min(a[i], b[j]);
      while (i < n && a[i] == value) {
        i++;
      }
      while (j < n && b[j] == value) {
        j++;
      }
      furthest = Math.max(furthest, Math.abs(i - j));
    }
    return (furthest + 1.0) / n * Math.sqrt(n / 2.0);
  }

  /** The first term of the law of Kolmogorov, which rises up to a distance of pi / 2. */
  private static double lawOfNear(double distance) {
    double power = -Math.PI * Math.PI / 8 / (distance * distance);
    double chance = Math.sqrt(2 * Math.PI) / distance * Math.exp(power);
    return distance < Math.PI / 2 ? chance : 1;
  }

  private static TensorReader reader(PairContext context, boolean ofReference) {
    var checkpoint = ofReference ? context.reference() : context.suspect();
    return Checkpoints.format(checkpoint.format()).reader(context.store(), checkpoint);
  }

  /** Whether counterparts are no more alike than networks that were trained apart. */
  boolean isChance() {
    return axes >= Thresholds.INVARIANT_AXES
        && surprise <= axes + Thresholds.INVARIANT_DEVIATIONS * Math.sqrt(axes);
  }

  /** For a reason. */
  String words() {
    return axes == 0
        ? "no axis is long enough to compare what no order changes"
        : String.format(
            Locale.ROOT,
            "norms that no order changes are alike beyond chance along %d of %d axes",
            alike,
            axes);
  }
}
