package org.findthelady.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.LocalRunner;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.MatchResult;
import org.findthelady.match.Matcher;
import org.findthelady.match.Sameness;
import org.findthelady.match.TensorComparison;
import org.findthelady.match.Weights;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Structure;

/**
 * A whole pair in the calling thread: what a Spark task does with a small model. The reference is
 * one that this process has opened already, if it has; files of both are read once.
 */
final class LocalExecution implements Execution {
  /** Files of a suspect up to this size together are held in memory. */
  private static final long HELD_BYTES = FleetPlan.LARGE_BYTES;

  private final long referenceBytes;
  private final Fingerprints fingerprints;
  private Pair pair;
  private OpenedReference opened;
  private HeldStore suspects;
  private long bytesRead;

  LocalExecution() {
    this(References.DEFAULT_BYTES, Fingerprints.none());
  }

  /**
   * @param referenceBytes that this process keeps of references
   * @param fingerprints of the references, as far as they are known
   */
  LocalExecution(long referenceBytes, Fingerprints fingerprints) {
    this.referenceBytes = referenceBytes;
    this.fingerprints = fingerprints;
  }

  @Override
  public OpenedReference reference(Pair pair) {
    return References.shared()
        .open(pair.store(), pair.reference(), pair.structure(), referenceBytes);
  }

  @Override
  public Store store(Pair judged, OpenedReference reference) {
    bytesRead = 0;
    pair = judged;
    opened = reference;
    if (suspects == null) {
      suspects = new HeldStore(judged.store(), HELD_BYTES);
    }
    if (reference.store() instanceof HeldStore files) {
      return new HeldStore(suspects, files, 0);
    }
    return suspects;
  }

  @Override
  public MatchResult match(PairContext context, MatchOptions options, Sameness same)
      throws IOException {
    try (PairReaders readers = new PairReaders(context, options)) {
      Structure structure = context.structure();
      Weights reference = readers.referenceWeights(options.blockBytes());
      Weights suspect = readers.suspectWeights(options.blockBytes());
      MatchResult result =
          Matcher.match(
              structure,
              reference,
              suspect,
              options,
              new LocalRunner(structure, reference, suspect),
              fingerprints.of(pair, opened, context),
              same);
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
