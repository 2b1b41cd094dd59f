package org.findthelady.fleet;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.findthelady.align.Alignment;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Move;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Workload;
import org.findthelady.pair.AlignedPair;
import org.findthelady.pair.OpenedReference;
import org.findthelady.pair.PairContext;
import org.findthelady.pair.PairReaders;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.References;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * What a suspect comes to, all its references together, from headers alone.
 *
 * @param bytes of tensors that one task reads that does it whole: both sides once
 * @param memory bytes that such a task needs
 * @param overhead seconds that the pairs take however small they are
 * @param spreadTasks of a suspect that is spread
 * @param spreadBytes that these read
 * @param spreadMemory bytes that one of them needs
 */
public record PairWork(
    long bytes,
    double flops,
    long memory,
    double overhead,
    long spreadTasks,
    long spreadBytes,
    long spreadMemory) {
  private static final long MOST_MEASURED_BYTES = 32L << 20;
  private static final int ROUNDS = 6;
  private static final long MOST_NANOS = 1_000_000_000;
  static final PairWork NONE = new PairWork(0, 0, 0, Rates.SECONDS_A_PAIR, 0, 0, 0);

  /**
   * Looks at the headers of a pair.
   *
   * @param suspect opened
   * @param notes receives why a pair is no work
   */
  static PairWork of(PairRequest pair, Checkpoint suspect, List<String> notes) throws IOException {
    AlignedPair aligned = aligned(pair, suspect);
    Alignment alignment = aligned.alignment();
    if (!alignment.holds()) {
      notes.add(alignment.summary());
      return NONE;
    }
    Structure structure = aligned.structure(alignment).orElse(Structure.UNKNOWN);
    PairContext context = aligned.context(alignment, structure);
    MatchOptions options = pair.options();
    try (PairReaders shapes = new PairReaders(context, options)) {
      Workload load = Workload.of(structure, shapes.referenceWeights(0), options);
      long elements =
          2 * Math.max(1, suspect.tensors().stream().mapToLong(t -> t.shape().elements()).sum());
      double bytesAnElement = (double) context.bytes() / elements;
      long decoded = Math.min(options.blockBytes(), 2 * elements);
      return new PairWork(
          context.bytes(),
          load.flops(),
          context.bytes() + 2 * decoded,
          structure.isKnown() ? Rates.SECONDS_A_PAIR : Rates.SECONDS_A_FOUND_PAIR,
          load.tasks(),
          (long) (bytesAnElement * load.elements()),
          Math.min(options.blockBytes(), context.bytes()));
    }
  }

  private static AlignedPair aligned(PairRequest pair, Checkpoint suspect) {
    OpenedReference reference =
        References.shared()
            .open(pair.store(), pair.reference(), pair.structure(), References.DEFAULT_BYTES);
    return new AlignedPair(pair.store(), reference, suspect, pair.structure());
  }

  /**
   * Measures how fast one thread compares a pair: its largest tensor of up to 32 MiB, shuffled, a
   * few times.
   *
   * @return bytes of both sides a second; empty if there is nothing to compare
   */
  static OptionalDouble bytesPerSecond(PairRequest pair) throws IOException {
    AlignedPair aligned = aligned(pair, Checkpoints.open(pair.store(), pair.suspect()));
    Alignment alignment = aligned.alignment();
    Structure structure = aligned.structure(alignment).orElse(Structure.UNKNOWN);
    PairContext context = aligned.context(alignment, structure);
    Optional<TensorInfo> largest =
        alignment.compared().stream()
            .filter(tensor -> tensor.length() <= MOST_MEASURED_BYTES)
            .max(Comparator.comparingLong(TensorInfo::length));
    if (!alignment.holds() || largest.isEmpty()) {
      return OptionalDouble.empty();
    }
    TensorInfo tensor = largest.get();
    Move move = context.moves(GroupPermutations.random(structure, 1)).get(tensor.name());
    double best = 0;
    try (PairReaders readers = new PairReaders(context, pair.options())) {
      long began = System.nanoTime();
      for (int round = 0; round < ROUNDS || System.nanoTime() - began < MOST_NANOS; round++) {
        long before = readers.bytesRead();
        long started = System.nanoTime();
        readers.compare(tensor, move);
        double seconds = Math.max(1, System.nanoTime() - started) / 1e9;
        best = Math.max(best, (readers.bytesRead() - before) / seconds);
      }
    }
    return OptionalDouble.of(best);
  }

  /** Both together. */
  public PairWork plus(PairWork other) {
    return new PairWork(
        bytes + other.bytes,
        flops + other.flops,
        Math.max(memory, other.memory),
        overhead + other.overhead,
        spreadTasks + other.spreadTasks,
        spreadBytes + other.spreadBytes,
        Math.max(spreadMemory, other.spreadMemory));
  }
}
