package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.findthelady.align.Counterpart;
import org.findthelady.checkpoint.Move;
import org.findthelady.core.DType;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.structure.GroupPermutations;

/** Whether the way in which two checkpoints are stored explains every difference of values. */
final class Explanation {
  /** Larger pairs are not read once more for it. */
  private static final long MOST_BYTES = 1L << 30;

  private final TreeSet<String> casts = new TreeSet<>();
  private boolean rounded;
  private boolean unexplained;
  private long beyond;
  private long infinite;
  private double largest;
  private boolean narrowed;

  /** Types that all values so far may have been rounded to and stored as before. */
  private final List<DType> narrow = new ArrayList<>(List.of(DType.F16, DType.BF16));

  /** How an explanation by a cast begins. */
  static final String CAST = "; a cast to ";

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
        context.alignment().counterparts().stream()
            .anyMatch(
                c -> c.folded() || c.isRounded() || Cast.mayExplain(c) || Cast.mayBeNarrowed(c));
    if (!stored || context.bytes() > MOST_BYTES) {
      return "";
    }
    Explanation explanation = new Explanation();
    try (PairReaders readers = new PairReaders(context, options)) {
      for (Counterpart pair : context.alignment().counterparts()) {
        TensorComparison tensor = compared.get(pair.name());
        if (tensor != null && !tensor.sameValues()) {
          explanation.add(pair, tensor, readers, context.move(pair.name(), resync));
        }
        if (explanation.unexplained) {
          return ""; // Nothing that is read after that changes it.
        }
      }
    }
    return explanation.inWords();
  }

  private void add(Counterpart pair, TensorComparison tensor, PairReaders readers, Move move)
      throws IOException {
    if (pair.isRounded()) {
      beyond += readers.rounding().beyond(pair, move);
      rounded = true;
    } else if (pair.folded()) {
      largest = Math.max(largest, tensor.relativeDifference());
    } else if (Cast.mayExplain(pair)) {
      Cast.Gap gap = readers.cast().gap(pair, move);
      unexplained |= gap.beyond() > 0;
      infinite += gap.infinite();
      casts.add(pair.suspect().source().dtype().name());
    } else if (!narrow.isEmpty() && Cast.mayBeNarrowed(pair)) {
      for (DType type : List.copyOf(narrow)) {
        if (readers.cast().gap(pair, move, type, 0).beyond() > 0) {
          narrow.remove(type);
        }
      }
      narrowed = true;
    } else {
      unexplained = true;
    }
    unexplained |= narrow.isEmpty();
  }

  private String inWords() {
    if (narrowed) {
      boolean alone = beyond == 0 && !rounded && largest == 0 && casts.isEmpty();
      return alone ? CAST + narrow.get(0) + " and back explains every difference" : "";
    }
    if (beyond > 0) {
      return "; %d values are further from the reference's than rounding to integers explains"
          .formatted(beyond);
    }
    if (largest > Thresholds.ROUNDING) {
      return "";
    }
    if (rounded) {
      return "; rounding to integers explains every difference";
    }
    if (!casts.isEmpty()) {
      String words = CAST + String.join(" and ", casts) + " explains every difference";
      return infinite == 0
          ? words
          : words + "; %d values were too large for it and became infinite".formatted(infinite);
    }
    return largest > 0
        ? String.format(
            Locale.ROOT,
            "; folding explains every difference: none is more than %.1e of its tensor",
            largest)
        : "";
  }
}
