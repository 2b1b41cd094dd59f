package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.match.ProposedOrder;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.rows.Weights;
import org.findthelady.match.task.LocalRunner;
import org.findthelady.storage.HeldStore;
import org.findthelady.storage.ListedStore;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * A whole pair in the calling thread: what a Spark task does with a small model. The reference is
 * one that this process has opened already, if it has; files of both are read once.
 */
public final class LocalExecution implements Execution {
  /** A suspect of more bytes than this is spread over executors instead. */
  public static final long LARGE_BYTES = 64L << 20;

  /** Files of a suspect up to this size together are held in memory. */
  private static final long HELD_BYTES = LARGE_BYTES;

  private final long referenceBytes;
  private final Fingerprints fingerprints;
  private final List<FileInfo> planned;
  private PairRequest pair;
  private OpenedReference opened;
  private HeldStore suspects;
  private long bytesRead;

  public LocalExecution() {
    this(References.DEFAULT_BYTES, Fingerprints.none(), List.of());
  }

  /**
   * @param referenceBytes that this process keeps of references
   * @param fingerprints of the references, as far as they are known
   * @param planned files of the suspect as they were listed; may be empty
   */
  public LocalExecution(long referenceBytes, Fingerprints fingerprints, List<FileInfo> planned) {
    this.planned = List.copyOf(planned);
    this.referenceBytes = referenceBytes;
    this.fingerprints = fingerprints;
  }

  @Override
  public OpenedReference reference(PairRequest pair) {
    return References.shared()
        .open(pair.store(), pair.reference(), pair.structure(), referenceBytes);
  }

  @Override
  public Store suspects(PairRequest judged) {
    if (suspects == null) {
      suspects = new HeldStore(new ListedStore(judged.store(), planned), HELD_BYTES);
    }
    return suspects;
  }

  @Override
  public Store store(PairRequest judged, OpenedReference reference) {
    bytesRead = 0;
    pair = judged;
    opened = reference;
    suspects(judged);
    if (reference.store() instanceof HeldStore files) {
      return new HeldStore(suspects, files, 0);
    }
    return suspects;
  }

  @Override
  public MatchSession match(PairContext context, MatchOptions options) {
    return new Session(context, options);
  }

  /** Matches in this thread. */
  private final class Session implements MatchSession {
    private final PairContext context;
    private final MatchOptions options;
    private final PairReaders readers;

    Session(PairContext context, MatchOptions options) {
      this.context = context;
      this.options = options;
      this.readers = new PairReaders(context, options);
    }

    @Override
    public ProposedOrder propose() throws IOException {
      Structure structure = context.structure();
      Weights reference = readers.referenceWeights(options.blockBytes());
      Weights suspect = readers.suspectWeights(options.blockBytes());
      return Matcher.propose(
          structure,
          reference,
          suspect,
          options,
          new LocalRunner(structure, reference, suspect),
          fingerprints.of(pair, opened, context));
    }

    @Override
    public void close() throws IOException {
      bytesRead += readers.bytesRead();
      readers.close();
    }
  }

  @Override
  public List<TensorComparison> compare(
      PairContext context, MatchOptions options, List<TensorInfo> tensors, GroupPermutations resync)
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
