package org.findthelady.core;

/**
 * What an audit says of one suspect checkpoint, from the most to the least like the reference.
 * Everything that depends on which verdict it is stands here, so that a new one is a line here, a
 * rule in {@code match.verdict.Judge} and a colour in report/audit.css.
 */
public enum Verdict {
  /** The same bytes in the same places. */
  IDENTICAL("=", Rank.COPY, "the same weights in the same places"),
  /** The same bytes after re-synchronisation. */
  PERMUTED("⇄", Rank.COPY, "the same weights, neurons shuffled; every byte equal once put back"),
  /** Some neurons' norms differ while their direction holds. */
  RESCALED(
      "⤢",
      Rank.COPY,
      "the same directions, but some neurons were scaled or had their sign flipped"),
  /** Weights in another basis, which keeps the function: equal but for rounding once undone. */
  ROTATED(
      "↻",
      Rank.COPY,
      "the same function in another basis; the weights are equal but for rounding once undone"),
  /** Better alike than chance allows, with other weights. Says nothing of who was first. */
  DERIVED("≈", Rank.COPY, "a common origin, but the weights differ"),
  /** Same shapes, but no better a match than an unrelated model gives. */
  UNRELATED("≠", Rank.OTHER, "other weights, no more alike than by chance"),
  /** Could be matched neither with confidence nor ruled out: an unknown, never clean. */
  UNDECIDED("?", Rank.UNKNOWN, "not enough evidence either way"),
  /** Tensors are missing, extra, reshaped or re-typed: there is nothing to compare. */
  INCOMPARABLE(
      "∅", Rank.APART, "no tensors that answer to each other, or weights packed in an unknown way"),
  /** The file could not be read safely. */
  UNREADABLE("✕", Rank.UNREAD, "damaged, unsafe or not a checkpoint");

  /** How near a verdict is to the reference. An unknown is nearer than a clean bill. */
  private enum Rank {
    COPY(0),
    UNKNOWN(1),
    OTHER(4),
    APART(3),
    UNREAD(2);

    private final int gravity;

    Rank(int gravity) {
      this.gravity = gravity;
    }
  }

  private final String glyph;
  private final Rank rank;
  private final String plainWords;

  Verdict(String glyph, Rank rank, String plainWords) {
    this.glyph = glyph;
    this.rank = rank;
    this.plainWords = plainWords;
  }

  /** One line for a newcomer. */
  public String plainWords() {
    return plainWords;
  }

  /** A sign that tells it apart without colour. */
  public String glyph() {
    return glyph;
  }

  /** Whether the suspect's neurons were found, so that it can be put back in order. */
  public boolean isCopy() {
    return rank == Rank.COPY;
  }

  /** Whether the suspect's weights are the reference's, put otherwise or multiplied. */
  public boolean isSameWeights() {
    return isCopy() && this != DERIVED;
  }

  /** Whether the suspect's weights are the reference's own bytes, in whatever order. */
  public boolean isUnchanged() {
    return this == IDENTICAL || this == PERMUTED;
  }

  /** Whether nothing can be said of the suspect. */
  public boolean isUnknown() {
    return rank == Rank.UNKNOWN || rank == Rank.UNREAD;
  }

  /** Whether weights of both were held against each other. */
  public boolean isCompared() {
    return rank != Rank.APART && rank != Rank.UNREAD;
  }

  /**
   * Compares how soon a reader should see two verdicts: what is made from a reference, then what
   * nothing can be said of, then the rest.
   *
   * @return negative if this one comes first, 0 only for the same verdict
   */
  public int compareGravity(Verdict other) {
    int byRank = Integer.compare(rank.gravity, other.rank.gravity);
    return byRank != 0 ? byRank : compareTo(other);
  }

  /**
   * Compares how near two suspects are to their references: of several references a suspect is
   * reported against the nearest.
   *
   * @return negative if this one is nearer, 0 if only for the same verdict
   */
  public int compareNearness(Verdict other) {
    int byRank = rank.compareTo(other.rank);
    return byRank != 0 ? byRank : compareTo(other);
  }
}
