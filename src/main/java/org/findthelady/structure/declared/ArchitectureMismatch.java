package org.findthelady.structure.declared;

/** A reason why a checkpoint does not fit an architecture; caught where files are compared. */
final class ArchitectureMismatch extends RuntimeException {
  private static final long serialVersionUID = 1;

  ArchitectureMismatch(String message) {
    super(message);
  }
}
