package org.findthelady.conversion;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.findthelady.align.Counterpart;
import org.findthelady.align.View;
import org.findthelady.align.ViewReader;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorMover;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;
import org.findthelady.pair.PairContext;

/** Streams one converted tensor beside the original's, the latter in the converted one's order. */
final class TensorCheck {
  private static final int PIECE_ELEMENTS = 1 << 15;
  private static final int LARGEST_PIECE = 1 << 20;
  private static final long MOVER_BYTES = 32L << 20;

  private final PairContext context;
  private final Counterpart pair;

  TensorCheck(PairContext context, Counterpart pair) {
    this.context = context;
    this.pair = pair;
  }

  private TensorReader stored(Checkpoint checkpoint) {
    return Checkpoints.format(checkpoint.format()).reader(context.store(), checkpoint);
  }

  /**
   * Checks the tensor.
   *
   * @param move of the original's, as it is seen, into the converted one's order
   */
  CheckedTensor run(Move move) throws IOException {
    View view = pair.reference();
    try (TensorReader converted = stored(context.reference());
        TensorReader original = stored(context.suspect())) {
      Scheme scheme =
          view.showsElements()
              ? Scheme.of(context.reference(), view, converted).orElse(null)
              : null;
      if (scheme == null || TensorMover.splits(move)) {
        return CheckedTensor.notChecked(pair);
      }
      boolean whole = view.excerpt() == null;
      Tally tally = new Tally();
      Tally plusOne = new Tally();
      List<PieceCheck> checks = checks(scheme, tally, plusOne, whole);
      Sink sink =
          new Sink(
              move.source().dtype(),
              new ViewReader(converted, List.of(view)),
              checks,
              pieceElements(scheme));
      new TensorMover(MOVER_BYTES)
          .write(sink, new ViewReader(original, List.of(sourceView(move))), move);
      sink.finish();
      boolean norms = checks.size() > 1 && tally.codesOff > 0 && plusOne.codesOff == 0;
      return new CheckedTensor(pair, scheme, norms ? plusOne : tally, norms);
    }
  }

  /** The view of the tensor that elements come from: another one where stacks move. */
  private View sourceView(Move move) {
    return context.alignment().suspectViews().stream()
        .filter(view -> view.shown().equals(move.source()))
        .findFirst()
        .orElse(pair.suspect());
  }

  private List<PieceCheck> checks(Scheme scheme, Tally tally, Tally plusOne, boolean whole) {
    if (!scheme.isPlain()) {
      return List.of(new LevelCheck(scheme, tally, whole));
    }
    TensorInfo source = pair.reference().source();
    PieceCheck cast = new CastCheck(source, tally, pair.folded(), 0);
    return pair.reference().shown().shape().rank() == 1 && source.dtype().floating()
        ? List.of(cast, new CastCheck(source, plusOne, pair.folded(), 1))
        : List.of(cast);
  }

  /** A multiple of the blocks of any type, and of those that share a scale. */
  private static int pieceElements(Scheme scheme) {
    int run = scheme.isPlain() ? 0 : scheme.levels().run();
    if (run == 0 || PIECE_ELEMENTS % run == 0 || run > LARGEST_PIECE / 256) {
      return PIECE_ELEMENTS;
    }
    return 256 * run;
  }

  /** Receives the original's numbers in the converted one's order. */
  private final class Sink extends OutputStream {
    private final TensorInfo shown = pair.reference().shown();
    private final DType type;
    private final TensorReader converted;
    private final List<PieceCheck> checks;
    private final float[] numbers;
    private int held;
    private long done;

    Sink(DType type, TensorReader converted, List<PieceCheck> checks, int pieceElements) {
      this.type = type;
      this.converted = converted;
      this.checks = checks;
      this.numbers = new float[pieceElements];
    }

    @Override
    public void write(int value) {
      throw new IllegalStateException("numbers are written whole");
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int each = type.blockElements();
      int blocks = length / type.blockBytes();
      for (int block = 0; block < blocks; ) {
        int part = Math.min(blocks - block, (numbers.length - held) / each);
        ByteBuffer packed =
            ByteBuffer.wrap(bytes, offset + block * type.blockBytes(), part * type.blockBytes());
        Floats.decode(type, packed, numbers, held, part * each);
        held += part * each;
        block += part;
        if (held == numbers.length) {
          handOn();
        }
      }
    }

    void finish() throws IOException {
      if (held > 0) {
        handOn();
      }
    }

    private void handOn() throws IOException {
      DType stored = shown.dtype();
      byte[] bytes = new byte[held / stored.blockElements() * stored.blockBytes()];
      converted.read(
          shown, done / stored.blockElements() * stored.blockBytes(), ByteBuffer.wrap(bytes));
      float[] values = new float[held];
      Floats.decode(stored, bytes, 0, values, 0, held);
      View view = pair.reference();
      for (int from = 0; from < held; ) {
        int count = (int) Math.min(held - from, view.together(done + from));
        Piece piece =
            new Piece(
                view.storedElement(done + from),
                count,
                part(numbers, from, count),
                part(values, from, count));
        for (PieceCheck check : checks) {
          check.add(piece);
        }
        from += count;
      }
      done += held;
      held = 0;
    }

    private float[] part(float[] all, int from, int count) {
      return from == 0 ? all : Arrays.copyOfRange(all, from, from + count);
    }
  }
}
