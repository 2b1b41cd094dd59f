package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.findthelady.align.Counterpart;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Move;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.structure.GroupPermutations;

/**
 * Normalisation weights of which one side stores w and the other 1 + w, as Gemma's are kept by
 * Hugging Face and in GGUF. Between formats that is a convention and no change; in one format it is
 * told, and stays a change of the function.
 *
 * @param tensors every comparison, those of the convention as of equal numbers if it changes
 *     nothing
 * @param names of the tensors
 * @param words for a reason; empty if there are none
 */
record OnePlus(List<TensorComparison> tensors, List<String> names, String words) {
  /** Numbers of a tensor below which a distance of 1 may be chance. */
  private static final int FEWEST = 4;

  /**
   * Looks at the terms that differ.
   *
   * @param tensors what was compared, after {@code resync}
   */
  static OnePlus in(
      PairContext context,
      MatchOptions options,
      List<TensorComparison> tensors,
      GroupPermutations resync)
      throws IOException {
    Map<String, Counterpart> pairs = context.alignment().byReference();
    List<String> more = new ArrayList<>();
    List<String> less = new ArrayList<>();
    try (PairReaders readers = new PairReaders(context, options)) {
      for (TensorComparison tensor : tensors) {
        Counterpart pair = pairs.get(tensor.tensor());
        if (mayBe(pair, tensor)) {
          Move move = context.move(tensor.tensor(), resync);
          if (readers.cast().gap(pair, move, move.source().dtype(), 1).beyond() == 0) {
            more.add(tensor.tensor());
          } else if (readers.cast().gap(pair, move, move.source().dtype(), -1).beyond() == 0) {
            less.add(tensor.tensor());
          }
        }
      }
    }
    List<String> names = more.size() >= less.size() ? more : less;
    if (names.isEmpty()) {
      return new OnePlus(tensors, names, "");
    }
    boolean convention = !kind(context.reference()).equals(kind(context.suspect()));
    String words =
        "; %d normalisation weights, such as '%s', are stored as %s: %s"
            .formatted(
                names.size(),
                names.get(0),
                names == more
                    ? "1 + w where the reference has w"
                    : "w where the reference has 1 + w",
                convention
                    ? "a convention, which changes nothing"
                    : "in one format that changes the function");
    return new OnePlus(convention ? same(tensors, names) : tensors, names, words);
  }

  private static boolean mayBe(Counterpart pair, TensorComparison tensor) {
    return pair != null
        && !tensor.sameValues()
        && tensor.elements() >= FEWEST
        && pair.reference().shown().shape().rank() == 1
        && pair.reference().source().dtype().floating()
        && pair.suspect().source().dtype().floating()
        && !pair.folded();
  }

  /** The format, and whose program wrote it where the file says so. */
  private static String kind(Checkpoint checkpoint) {
    return checkpoint.format() + " " + checkpoint.metadata().getOrDefault("format", "");
  }

  private static List<TensorComparison> same(List<TensorComparison> tensors, List<String> names) {
    return tensors.stream()
        .map(
            tensor ->
                names.contains(tensor.tensor()) ? TensorComparison.sameNumbers(tensor) : tensor)
        .toList();
  }
}
