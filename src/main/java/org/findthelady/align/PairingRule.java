package org.findthelady.align;

/** How a pair of tensors was found. */
public enum PairingRule {
  /** The same name, but for a wrapper's prefix. */
  NAME("by name"),
  /** A declared mapping between two ways of naming. */
  DECLARED("by declared names"),
  /** What no permutation changes: shapes and sorted norms along axes. */
  SIGNATURE("by shape and norms"),
  /** The same bytes, whatever the names. */
  CONTENT("by content"),
  /** The same place in layers that are numbered otherwise. */
  LAYER("by layer"),
  /** Their own weights, once orders of units are known. */
  WEIGHTS("by their weights"),
  /** The order of storage among tensors of one shape. */
  ORDER("by order");

  private final String plainWords;

  PairingRule(String plainWords) {
    this.plainWords = plainWords;
  }

  /** For reports. */
  public String plainWords() {
    return plainWords;
  }
}
