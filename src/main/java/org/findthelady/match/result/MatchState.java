package org.findthelady.match.result;

/** What is known of one neuron's place. */
public enum MatchState {
  /** The evidence names one source. */
  MATCHED(0),
  /** Its candidates are identical in every weight: any order is right; index order was taken. */
  INTERCHANGEABLE(1),
  /** The evidence does not tell; the place given is a guess. */
  AMBIGUOUS(2);

  private final byte code;

  MatchState(int code) {
    this.code = (byte) code;
  }

  /** How {@link GroupMatch#states} writes this state. */
  public byte code() {
    return code;
  }

  /** The state written so. */
  public static MatchState of(byte code) {
    return switch (code) {
      case 0 -> MATCHED;
      case 1 -> INTERCHANGEABLE;
      case 2 -> AMBIGUOUS;
      default -> throw new IllegalArgumentException("no state " + code);
    };
  }
}
