package org.findthelady.match;

import java.io.IOException;
import java.util.List;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Structure;

/** Finds the permutation of every group that puts a suspect back in the reference's order. */
public final class Matcher {
  private Matcher() {}

  /** Matches in the calling thread: for small models. */
  public static MatchResult match(
      Structure structure, Weights reference, Weights suspect, MatchOptions options)
      throws IOException {
    return match(
        structure, reference, suspect, options, new LocalRunner(structure, reference, suspect));
  }

  /**
   * Matches with the heavy work sent through {@code runner}.
   *
   * @param reference for shapes only
   * @param suspect for shapes only; the same shapes as the reference
   */
  public static MatchResult match(
      Structure structure,
      Weights reference,
      Weights suspect,
      MatchOptions options,
      TaskRunner runner)
      throws IOException {
    return new MatchResult(
        Assignment.identity(), List.of(), Origin.untested(), List.of("nothing was matched yet"));
  }
}
