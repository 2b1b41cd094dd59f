package org.findthelady.cli;

import java.util.List;
import org.findthelady.core.UserException;
import org.findthelady.pair.StructureChoice;

/** One path, or two with --pair. */
final class PairedPaths {
  private PairedPaths() {}

  /**
   * The first path.
   *
   * @throws UserException if their number does not go with the options
   */
  static String reference(List<String> paths, boolean pair, StructureOptions structure) {
    if (paths.size() != (pair ? 2 : 1)) {
      throw new UserException(
          pair
              ? "--pair needs two checkpoints, reference first; " + paths.size() + " is given"
              : "two checkpoints are given; add --pair to find groups from both");
    }
    if (pair && !structure.choice().equals(StructureChoice.AUTOMATIC)) {
      throw new UserException("--pair finds the structure itself: leave out what names one");
    }
    return paths.get(0);
  }

  /** The second path; null without --pair. */
  static String suspect(List<String> paths, boolean pair) {
    return pair ? paths.get(1) : null;
  }
}
