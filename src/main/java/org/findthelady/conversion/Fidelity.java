package org.findthelady.conversion;

/** What a conversion, or one tensor of it, is to its original. */
public enum Fidelity {
  /** Every stored value is what the scheme makes of the original. */
  FAITHFUL("faithful"),
  /** As near as a scheme that searches or feeds errors back leaves numbers, and no nearer. */
  WITHIN_TOLERANCE("within the tolerance of its scheme"),
  /** Some of it has no counterpart or is stored in a way that is not checked; the rest is right. */
  NOT_ALL_CHECKED("not all of it could be checked"),
  /** Values that no rounding explains. */
  NOT_FAITHFUL("not faithful");

  private final String words;

  Fidelity(String words) {
    this.words = words;
  }

  /** For people. */
  public String words() {
    return words;
  }
}
