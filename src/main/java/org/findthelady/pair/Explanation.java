package org.findthelady.pair;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.findthelady.align.Counterpart;
import org.findthelady.checkpoint.Move;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.structure.GroupPermutations;

/** Whether the way in which two checkpoints are stored explains every difference of values. */
final class Explanation {
  /** Values that are computed in another order of float32 operations are this near. */
  private static final double ROUNDING = 1e-6;

  /** Larger pairs are not read once more for it. */
  private static final long MOST_BYTES = 1L << 30;

  private Explanation() {}

  /**
   * In words; empty if nothing is stored in another way.
   *
   * @param tensors what was compared, after {@code resync}
   */
  static String of(
      PairContext context,
      MatchOptions options,
      List<TensorComparison> tensors,
      GroupPermutations resync)
      throws IOException {
    Map<String, TensorComparison> compared = new HashMap<>();
    tensors.forEach(tensor -> compared.put(tensor.tensor(), tensor));
    boolean stored =
        context.alignment().counterparts().stream().anyMatch(c -> c.folded() || c.isRounded());
    if (!stored || context.bytes() > MOST_BYTES) {
      return "";
    }
    long beyond = 0;
    double largest = 0;
    boolean rounded = false;
    try (PairReaders readers = new PairReaders(context, options)) {
      for (Counterpart pair : context.alignment().counterparts()) {
        TensorComparison tensor = compared.get(pair.name());
        if (tensor == null || tensor.bytesEqual()) {
          continue;
        }
        if (pair.isRounded()) {
          Move move = context.move(pair.name(), resync);
          beyond += readers.rounding().beyond(pair, move);
          rounded = true;
        } else if (pair.folded()) {
          largest = Math.max(largest, tensor.relativeDifference());
        } else {
          return "";
        }
      }
    }
    return words(beyond, rounded, largest);
  }

  private static String words(long beyond, boolean rounded, double largest) {
    if (beyond > 0) {
      return "; %d values are further from the reference's than rounding to integers explains"
          .formatted(beyond);
    }
    if (largest > ROUNDING) {
      return "";
    }
    if (rounded) {
      return "; rounding to integers explains every difference";
    }
    return largest > 0
        ? String.format(
            Locale.ROOT,
            "; folding explains every difference: none is more than %.1e of its tensor",
            largest)
        : "";
  }
}
