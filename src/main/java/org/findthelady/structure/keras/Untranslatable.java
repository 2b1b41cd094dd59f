package org.findthelady.structure.keras;

/** A layer, or a use of one, that has no counterpart in the graph; what it touches is frozen. */
final class Untranslatable extends RuntimeException {
  private static final long serialVersionUID = 1;

  Untranslatable(String message) {
    super(message);
  }
}
