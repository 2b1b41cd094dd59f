package org.findthelady.job;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorMover;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.GatheredWeights;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.RotaryRecognition;
import org.findthelady.match.StackedWeights;
import org.findthelady.match.TensorComparison;
import org.findthelady.match.Weights;

/** The open files of a pair in one thread. */
final class PairReaders implements Closeable {
  private static final int SAME_BYTES_PIECE = 1 << 20;

  private final PairContext context;
  private final CountingReader reference;
  private final CountingReader suspect;
  private final Comparing comparing;

  PairReaders(PairContext context, MatchOptions options) {
    this.context = context;
    this.reference = reader(context, context.reference());
    this.suspect = reader(context, context.suspect());
    this.comparing =
        new Comparing(
            reference,
            suspect,
            new TensorMover(Math.min(options.blockBytes(), TensorMover.DEFAULT_BUDGET_BYTES)));
  }

  private static CountingReader reader(PairContext context, Checkpoint checkpoint) {
    return new CountingReader(
        Checkpoints.format(checkpoint.format()).reader(context.store(), checkpoint));
  }

  Weights referenceWeights(long cacheBytes) {
    return new StackedWeights(
        context.structure(),
        new CheckpointWeights(context.reference().byName(), reference, cacheBytes));
  }

  Weights suspectWeights(long cacheBytes) {
    Weights weights = new CheckpointWeights(context.suspectTensors(), suspect, cacheBytes);
    return new StackedWeights(
        context.structure(),
        context.conversion().isEmpty()
            ? weights
            : new GatheredWeights(weights, context.conversion()));
  }

  /** Tensor bytes read of both. */
  long bytesRead() {
    return reference.bytes() + suspect.bytes();
  }

  CountingReader suspect() {
    return suspect;
  }

  /**
   * Compares one tensor of the reference with the suspect's.
   *
   * @param move of the suspect's tensor into reference order
   */
  TensorComparison compare(TensorInfo tensor, Move move) throws IOException {
    return comparing.compare(tensor, move);
  }

  /** Whether every compared tensor is the same bytes as it lies; stops at the first that is not. */
  boolean sameBytes() throws IOException {
    Map<String, TensorInfo> theirs = context.suspectTensors();
    byte[] ours = new byte[SAME_BYTES_PIECE];
    byte[] other = new byte[SAME_BYTES_PIECE];
    for (TensorInfo tensor : context.compared()) {
      TensorInfo their = theirs.get(tensor.name());
      if (their.dtype() != tensor.dtype()) {
        return false;
      }
      for (long at = 0; at < tensor.length(); at += SAME_BYTES_PIECE) {
        int count = (int) Math.min(SAME_BYTES_PIECE, tensor.length() - at);
        reference.read(tensor, at, java.nio.ByteBuffer.wrap(ours, 0, count));
        suspect.read(their, at, java.nio.ByteBuffer.wrap(other, 0, count));
        if (!Arrays.equals(ours, 0, count, other, 0, count)) {
          return false;
        }
      }
    }
    return true;
  }

  /** How the suspect's rotary rows must be converted first; null if they need not be. */
  RotaryRecognition.Conversion conversion() throws IOException {
    return context.structure().rotary().isEmpty()
        ? null
        : RotaryRecognition.recognise(context.structure(), referenceWeights(0), suspectWeights(0))
            .orElse(null);
  }

  @Override
  public void close() throws IOException {
    try (suspect) {
      reference.close();
    }
  }
}
