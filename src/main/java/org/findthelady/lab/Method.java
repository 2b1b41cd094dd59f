package org.findthelady.lab;

/** How a permutation is looked for. */
public enum Method {
  /** The paper's: cosines of incoming weights, row-wise maximum. */
  PAPER("paper: incoming weights, row-wise maximum"),
  /** Ours: all evidence, one-to-one, refined. */
  FTL("ftl: all evidence, one-to-one"),
  /**
   * Ours with every other group already in its true order: what the evidence itself gives, a bound
   * on any order of solving.
   */
  ORACLE("bound: all other groups in true order");

  private final String words;

  Method(String words) {
    this.words = words;
  }

  /** For legends. */
  public String words() {
    return words;
  }
}
