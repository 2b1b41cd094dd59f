package org.findthelady.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Move;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.MatchResult;
import org.findthelady.match.Matcher;
import org.findthelady.match.TensorComparison;
import org.findthelady.structure.Assignment;

/** A whole pair in the calling thread: what one Spark task does with a small model. */
final class LocalExecution implements Execution {
  private long bytesRead;

  @Override
  public MatchResult match(PairContext context, MatchOptions options) throws IOException {
    try (PairReaders readers = new PairReaders(context, options)) {
      MatchResult result =
          Matcher.match(
              context.structure(),
              readers.referenceWeights(options.blockBytes()),
              readers.suspectWeights(options.blockBytes()),
              options);
      bytesRead += readers.bytesRead();
      return result;
    }
  }

  @Override
  public List<TensorComparison> compare(
      PairContext context, MatchOptions options, List<TensorInfo> tensors, Assignment resync)
      throws IOException {
    if (tensors.isEmpty()) {
      return List.of();
    }
    try (PairReaders readers = new PairReaders(context, options)) {
      Map<String, Move> moves = context.moves(resync);
      List<TensorComparison> comparisons = new ArrayList<>();
      for (TensorInfo tensor : tensors) {
        comparisons.add(readers.compare(tensor, moves.get(tensor.name())));
      }
      bytesRead += readers.bytesRead();
      return comparisons;
    }
  }

  @Override
  public long bytesRead() {
    return bytesRead;
  }
}
