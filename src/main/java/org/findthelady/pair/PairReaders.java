package org.findthelady.pair;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.findthelady.align.Counterpart;
import org.findthelady.align.ViewReader;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorMover;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.rows.GatheredWeights;
import org.findthelady.match.rows.RotaryRecognition;
import org.findthelady.match.rows.StackedWeights;
import org.findthelady.match.rows.Weights;

/** The open files of a pair in one thread. */
public final class PairReaders implements Closeable {
  private static final int SAME_BYTES_PIECE = 1 << 20;

  private final PairContext context;
  private final CountingReader reference;
  private final CountingReader suspect;
  private final TensorMover mover;
  private final long holdBytes;
  private final TensorDiffer comparing;
  private final TensorDiffer storedComparing;
  private final TensorReader referenceView;
  private final TensorReader suspectView;
  private final Map<String, Counterpart> counterparts;

  public PairReaders(PairContext context, MatchOptions options) {
    this.context = context;
    this.reference = reader(context, context.reference());
    this.suspect = reader(context, context.suspect());
    this.referenceView = new ViewReader(reference, context.alignment().referenceViews());
    this.suspectView = new ViewReader(suspect, context.alignment().suspectViews());
    this.counterparts = context.alignment().byReference();
    this.mover = new TensorMover(Math.min(options.blockBytes(), TensorMover.DEFAULT_BUDGET_BYTES));
    this.holdBytes = options.blockBytes() / 4;
    this.comparing = new TensorDiffer(referenceView, suspectView, mover);
    this.storedComparing = new TensorDiffer(reference, suspect, mover);
  }

  /** The reference's tensors as they are stored. */
  static TensorReader reference(PairContext context) {
    return reader(context, context.reference());
  }

  /** The suspect's tensors as they are stored. */
  static TensorReader suspect(PairContext context) {
    return reader(context, context.suspect());
  }

  private static CountingReader reader(PairContext context, Checkpoint checkpoint) {
    return new CountingReader(
        Checkpoints.format(checkpoint.format()).reader(context.store(), checkpoint));
  }

  public Weights referenceWeights(long cacheBytes) {
    Map<String, TensorInfo> seen = context.reference().byName();
    context.compared().forEach(tensor -> seen.put(tensor.name(), tensor));
    return new StackedWeights(
        context.structure(), new CheckpointWeights(seen, referenceView, cacheBytes, holdBytes));
  }

  public Weights suspectWeights(long cacheBytes) {
    Weights weights =
        new CheckpointWeights(
            context.alignment().suspectTensors(), suspectView, cacheBytes, holdBytes);
    return new StackedWeights(
        context.structure(),
        context.conversion().isEmpty()
            ? weights
            : new GatheredWeights(weights, context.conversion()));
  }

  /** Tensor bytes read of both. */
  public long bytesRead() {
    return reference.bytes() + suspect.bytes();
  }

  /** The numbers of a tensor of the reference, row-major. */
  float[] reference(TensorInfo tensor) throws IOException {
    return referenceView.readFloats(tensor);
  }

  /** The numbers of a tensor of the suspect, as it is seen, once it is moved. */
  float[] suspect(Move move) throws IOException {
    ByteArrayOutputStream moved = new ByteArrayOutputStream();
    mover.write(moved, suspectView, move);
    DType type = move.source().dtype();
    float[] numbers = new float[moved.size() / type.blockBytes() * type.blockElements()];
    Floats.decode(type, moved.toByteArray(), 0, numbers, 0, numbers.length);
    return numbers;
  }

  /**
   * Compares one tensor of the reference with the suspect's: bytes with bytes where both are stored
   * alike, else values with values.
   *
   * @param tensor as it is seen
   * @param move of the suspect's tensor, as it is seen, into reference order
   */
  public TensorComparison compare(TensorInfo tensor, Move move) throws IOException {
    Counterpart pair = counterparts.get(tensor.name());
    if (pair.storedAlike() && !pair.suspect().isStored()) {
      TensorInfo source = context.alignment().storedSuspect(move.source());
      Move stored = new Move(source, move.gathers());
      TensorComparison same =
          TensorMover.splits(stored)
              ? null
              : storedComparing.compare(pair.reference().source(), stored);
      if (same != null && same.bytesEqual()) {
        return same;
      }
    }
    return comparing.compare(tensor, move);
  }

  /** Looks whether rounding to integers explains what differs. */
  Rounding rounding() {
    return new Rounding(referenceView, suspectView, mover);
  }

  /** Looks whether a cast explains what differs. */
  Cast cast() {
    return new Cast(referenceView, suspectView, mover);
  }

  /** Whether every compared tensor is the same bytes as it lies; stops at the first that is not. */
  boolean sameBytes() throws IOException {
    byte[] ours = new byte[SAME_BYTES_PIECE];
    byte[] other = new byte[SAME_BYTES_PIECE];
    for (Counterpart pair : context.alignment().counterparts()) {
      boolean alike = pair.storedAlike();
      TensorInfo our = alike ? pair.reference().source() : pair.reference().shown();
      TensorInfo their = alike ? pair.suspect().source() : pair.suspect().shown();
      if (their.dtype() != our.dtype()) {
        return false;
      }
      TensorReader ourReader = alike ? reference : referenceView;
      TensorReader theirReader = alike ? suspect : suspectView;
      for (long at = 0; at < our.length(); at += SAME_BYTES_PIECE) {
        int count = (int) Math.min(SAME_BYTES_PIECE, our.length() - at);
        ourReader.read(our, at, ByteBuffer.wrap(ours, 0, count));
        theirReader.read(their, at, ByteBuffer.wrap(other, 0, count));
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
