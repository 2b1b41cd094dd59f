package org.findthelady.match;

import java.io.Serializable;

/**
 * Whether reference and suspect have a common origin (method 3.11).
 *
 * @param logP natural logarithm of (a bound on) the probability that an unrelated model of the same
 *     shape gets as good a match; 0 when there is no evidence
 * @param tests number of neurons that were tested
 * @param agreement share of tested neurons whose match holds on weights that the match had not used
 */
public record Origin(double logP, long tests, double agreement) implements Serializable {
  /** Nothing was tested. */
  public static Origin untested() {
    return new Origin(0, 0, Double.NaN);
  }

  /** Whether chance is ruled out at one in a million. */
  public boolean common() {
    return logP < Math.log(1e-6);
  }
}
