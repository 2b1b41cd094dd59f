package org.findthelady.perturb;

/** The perturbations that a sweep goes through, and what their strength is. */
public enum AttackKind {
  /** Nothing; strength 0. */
  NONE("none"),
  /** Gaussian noise; strength is Omega. */
  NOISE("noise, Ω"),
  /** UniformQuantisation; strength is bits. */
  BITS("bits, B"),
  /** Magnitude pruning of each layer; strength is percent. */
  PRUNE("pruned, T %"),
  /** Magnitude pruning with one threshold; strength is percent. */
  PRUNE_GLOBAL("pruned globally, T %"),
  /** Low-rank drift; strength in units of sigma. */
  DRIFT("drift, σ"),
  /** A tenth of the neurons scaled, not made up for; strength is the factor. */
  SCALE("scaled, ×"),
  /** Further training; strength is epochs, Theta. */
  FINE_TUNING("fine-tuned, Θ"),
  /** Another state of the same training run; strength is the epoch that it was taken at. */
  EPOCH("suspect of epoch");

  private final String label;

  AttackKind(String label) {
    this.label = label;
  }

  /** Whether what becomes of a weight depends on the weights alone, not on chance. */
  public boolean isDeterministic() {
    return this == NONE || this == BITS || this == PRUNE || this == PRUNE_GLOBAL;
  }

  /** Whether the changed model is a checkpoint of its own, from the same training. */
  public boolean isTraining() {
    return this == FINE_TUNING || this == EPOCH;
  }

  /** For table headings. */
  public String label() {
    return label;
  }
}
