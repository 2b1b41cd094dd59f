package org.findthelady.core;

/** What an audit says of one suspect checkpoint, from the most to the least like the reference. */
public enum Verdict {
  /** The same bytes in the same places. */
  IDENTICAL("the same weights in the same places"),
  /** The same bytes after re-synchronisation. */
  PERMUTED("the same weights, neurons shuffled; every byte equal once put back"),
  /** Some neurons' norms differ while their direction holds. */
  RESCALED("the same directions, but some neurons were scaled or had their sign flipped"),
  /** Weights in another basis, which keeps the function: equal but for rounding once undone. */
  ROTATED("the same function in another basis; the weights are equal but for rounding once undone"),
  /** Better alike than chance allows, with other weights. Says nothing of who was first. */
  DERIVED("a common origin, but the weights differ"),
  /** Same shapes, but no better a match than an unrelated model gives. */
  UNRELATED("same architecture, other weights"),
  /** Could be matched neither with confidence nor ruled out: an unknown, never clean. */
  UNDECIDED("not enough evidence either way"),
  /** Tensors are missing, extra, reshaped or re-typed: there is nothing to compare. */
  INCOMPARABLE("another architecture, or a structure that is not known"),
  /** The file could not be read safely. */
  UNREADABLE("damaged, unsafe or not a checkpoint");

  private final String plainWords;

  Verdict(String plainWords) {
    this.plainWords = plainWords;
  }

  /** One line for a newcomer. */
  public String plainWords() {
    return plainWords;
  }
}
