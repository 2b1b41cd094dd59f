package org.findthelady.experiment;

/** What is hit and what is permuted. */
public enum Protocol {
  /** The paper's: one layer is hit, its neurons alone are permuted. */
  LAYER,
  /** Ours, harder: every layer is hit, every group is permuted. */
  NETWORK,
  /** The hardest: biases and normalisation terms are hit like weights. */
  EVERYTHING
}
