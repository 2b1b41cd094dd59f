package org.findthelady.perturb;

/**
 * Mean and population standard deviation of a tensor's values, summed in double precision.
 *
 * @param mean NaN for an empty tensor
 * @param sigma population standard deviation (divided by the count)
 */
public record Moments(double mean, double sigma) {
  /** Those of all values, in two passes. */
  public static Moments of(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    double mean = sum / values.length;
    double squares = 0;
    for (float value : values) {
      squares += (value - mean) * (value - mean);
    }
    return new Moments(mean, Math.sqrt(squares / values.length));
  }
}
