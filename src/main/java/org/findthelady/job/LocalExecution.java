package org.findthelady.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.MatchResult;
import org.findthelady.match.Matcher;
import org.findthelady.match.TensorComparison;
import org.findthelady.structure.Assignment;

/**
 * A whole pair in the calling thread: what a Spark task does with a small model. The reference is
 * one that this process has opened already, if it has; files of both are read once.
 */
final class LocalExecution implements Execution {
  /** Files of a suspect up to this size together are held in memory. */
  private static final long HELD_BYTES = FleetPlan.LARGE_BYTES;

  private final long referenceBytes;
  private HeldStore suspects;
  private long bytesRead;

  LocalExecution() {
    this(References.DEFAULT_BYTES);
  }

  /**
   * @param referenceBytes that this process keeps of references
   */
  LocalExecution(long referenceBytes) {
    this.referenceBytes = referenceBytes;
  }

  @Override
  public OpenedReference reference(Pair pair) {
    return References.shared()
        .open(pair.store(), pair.reference(), pair.structure(), referenceBytes);
  }

  @Override
  public Store store(Pair pair, OpenedReference reference) {
    bytesRead = 0;
    if (suspects == null) {
      suspects = new HeldStore(pair.store(), HELD_BYTES);
    }
    if (reference.store() instanceof HeldStore files) {
      return new HeldStore(suspects, files, 0);
    }
    return suspects;
  }

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

  /** Files that are held count once, whoever read them. */
  @Override
  public long bytesRead(PairContext context, long beside) {
    long files = context.suspect().files().stream().mapToLong(FileInfo::length).sum();
    boolean held = files <= HELD_BYTES && context.reference().tensorBytes() <= referenceBytes;
    return held ? context.bytes() : beside + bytesRead;
  }
}
