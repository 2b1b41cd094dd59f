package org.findthelady.match.kernel;

/** Fisher's transform of correlations, whose errors do not depend on them. */
public final class FisherZ {

  private static final double MOST = 0.99999999;

  private FisherZ() {}

  /**
   * The cosine that is {@code sigmas} standard errors away from an estimate.
   *
   * @param length sums per sketch, more than 3
   */
  public static double away(double estimate, int length, double sigmas) {
    return Math.tanh(of(estimate) + sigmas / Math.sqrt(length - 3.0));
  }

  /** The transform of a cosine; of one of 1 or -1 a large number. */
  public static double of(double cosine) {
    double clipped = Math.max(-MOST, Math.min(MOST, cosine));
    return 0.5 * Math.log((1 + clipped) / (1 - clipped));
  }

  /** What is likely the best estimate of {@code units} that do not belong together. */
  public static double chance(int units, int length) {
    return Math.min(0.95, Math.sqrt(2 * Math.log(units) / length));
  }
}
