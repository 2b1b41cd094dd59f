package org.findthelady.structure.trace;

/** A use of an operator that its rule does not cover; whatever it touches is frozen. */
final class Untraceable extends RuntimeException {
  private static final long serialVersionUID = 1;

  Untraceable(String message) {
    super(message);
  }
}
