package org.findthelady.match;

/** How two rows are compared. */
enum Criterion {
  /** Cosine of the weighted rows. */
  COSINE,
  /**
   * Log likelihood up to a constant, under noise of variance 1/weight: minus half the weighted
   * squared distance.
   */
  LIKELIHOOD
}
