package org.findthelady.experiment;

/** How a permutation is looked for. */
public enum Method {
  /** The paper's: cosines of incoming weights, row-wise maximum. */
  PAPER("paper: incoming weights, row-wise maximum"),
  /** Ours: all evidence, one-to-one, refined. */
  FTL("ftl: all evidence, one-to-one"),
  /**
   * Ours with every other group already in its true order: what is lost by the order of solving
   * shows beside it.
   */
  ORACLE("ours, all other groups in true order"),
  /**
   * What no method can beat on average: the attack and its true strength are known, all other
   * groups are in their true order, and neurons are placed by greatest likelihood.
   */
  LIMIT("information limit");

  private final String words;

  Method(String words) {
    this.words = words;
  }

  /** For legends. */
  public String words() {
    return words;
  }
}
