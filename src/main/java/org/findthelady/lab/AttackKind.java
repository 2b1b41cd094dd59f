package org.findthelady.lab;

/** The perturbations that a sweep goes through, and what their strength is. */
public enum AttackKind {
  /** Nothing; strength 0. */
  NONE("none"),
  /** Gaussian noise; strength is Omega. */
  NOISE("noise, Ω"),
  /** Quantisation; strength is bits. */
  BITS("bits, B"),
  /** Magnitude pruning of each layer; strength is percent. */
  PRUNE("pruned, T %"),
  /** Magnitude pruning with one threshold; strength is percent. */
  PRUNE_GLOBAL("pruned globally, T %"),
  /** Low-rank drift; strength in units of sigma. */
  DRIFT("drift, σ"),
  /** A tenth of the neurons scaled, not made up for; strength is the factor. */
  SCALE("scaled, ×");

  private final String label;

  AttackKind(String label) {
    this.label = label;
  }

  /** For table headings. */
  public String label() {
    return label;
  }
}
