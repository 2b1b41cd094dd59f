package org.findthelady.structure;

/** Why nothing on an axis moves. Reports and architecture files show {@link #text()}. */
public enum FreezeReason {
  /** Something on the axis moves. */
  NONE(""),
  /** The axis has one index. */
  SINGLE_INDEX("a single index"),
  /** Every index of the axis plays a part of its own, as in a table of positions. */
  ALL_DIFFERENT("no two of its indices are alike"),
  /** No operator of the graph uses the tensor. */
  NOT_REACHED("not reached by the trace"),
  /** The graph has no such tensor. */
  NOT_IN_GRAPH("not in the graph"),
  /** The architecture does not name the tensor. */
  NOT_NAMED("not named by the architecture"),
  /** A symmetry was found that a structure cannot express, or that a check refuted. */
  BY_POSITION("its units are told apart by position"),
  /** The checkpoint has no configuration that says how long a part of the axis is. */
  SIZE_NOT_KNOWN(""),
  /** What an architecture file or an operator says in its own words. */
  STATED("");

  private final String text;

  FreezeReason(String text) {
    this.text = text;
  }

  /** In words; empty where the words are not fixed. */
  public String text() {
    return text;
  }

  /** The reason that a file or an operator states in words. */
  static FreezeReason stated(String words) {
    for (FreezeReason reason : values()) {
      if (reason != STATED && reason.text.equals(words)) {
        return reason;
      }
    }
    return STATED;
  }
}
