package org.findthelady.perturb;

import org.apache.commons.math3.special.Beta;

/**
 * What was read of a watermark.
 *
 * @param bits of the message
 * @param errors bits that read wrong
 * @param correlation Pearson's, between projections and the message as signs; NaN for one bit
 * @param pValue probability that unmarked weights give so few errors
 */
public record WatermarkReading(int bits, int errors, double correlation, double pValue) {
  private static final double CHANCE = 1e-6;

  static WatermarkReading of(int bits, int errors, double correlation) {
    double pValue = errors == bits ? 1 : Beta.regularizedBeta(0.5, bits - errors, errors + 1.0);
    return new WatermarkReading(bits, errors, correlation, pValue);
  }

  /** Whether unmarked weights read as well less than once in a million. */
  public boolean found() {
    return pValue < CHANCE;
  }

  /** Share of wrong bits in percent; about 50 where there is no mark. */
  public double bitErrorRate() {
    return 100.0 * errors / bits;
  }
}
