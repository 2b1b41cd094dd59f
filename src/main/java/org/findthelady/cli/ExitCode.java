package org.findthelady.cli;

/** What the process returns; fixed, since schedulers depend on it. */
final class ExitCode {
  static final int DONE = 0;
  static final int INTERNAL = 1;
  static final int USAGE = 2;
  static final int FINDINGS = 3;
  static final int UNREADABLE = 4;
  static final int LOCKED = 5;

  /** Some models could not be looked at; a rerun tries these again. */
  static final int NOT_WHOLE = 6;

  private ExitCode() {}
}
