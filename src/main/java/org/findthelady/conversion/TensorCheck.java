package org.findthelady.conversion;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.align.Counterpart;
import org.findthelady.align.View;
import org.findthelady.align.ViewReader;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.PackedWeight;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorMover;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;

/** Streams one converted tensor beside the original's, the latter in the converted one's order. */
public final class TensorCheck {
  private static final int PIECE_ELEMENTS = 1 << 15;
  private static final int LARGEST_PIECE = 1 << 20;

  /** A scaled number, the factor that a normalisation shows, and the scale of its block. */
  private static final int SCALED_ROUNDINGS = 3;

  private static final long MOVER_BYTES = 32L << 20;

  /** Types that compilers round wider numbers to before they convert them. */
  static final List<DType> FIRST = List.of(DType.BF16, DType.F16);

  private final Store store;
  private final Checkpoint converted;
  private final Checkpoint original;
  private final Map<TensorInfo, PackedWeight> packed;
  private final Set<TensorInfo> products;
  private final Set<TensorInfo> originalProducts;

  /**
   * @param store where both are read
   */
  public TensorCheck(Store store, Checkpoint converted, Checkpoint original) {
    this.store = store;
    this.converted = converted;
    this.original = original;
    this.packed = converted.packing().byShown();
    this.products = converted.packing().products();
    this.originalProducts = original.packing().products();
  }

  private TensorReader stored(Checkpoint checkpoint) {
    return Checkpoints.format(checkpoint.format()).reader(store, checkpoint);
  }

  /**
   * Checks a tensor. Thread-safe.
   *
   * @param pair the converted tensor as reference, the original's as suspect
   * @param from the original's tensor that elements come from: another one where stacks move
   * @param move of that one, as it is seen, into the converted one's order
   */
  public CheckedTensor run(Counterpart pair, View from, Move move) throws IOException {
    return run(pair, from, move, null);
  }

  /** Hands both tensors' numbers on. */
  void stream(Counterpart pair, View from, Move move, PieceCheck to) throws IOException {
    View view = pair.reference();
    try (TensorReader converted = stored(this.converted);
        TensorReader original = stored(this.original)) {
      stream(
          view,
          new ViewReader(converted, List.of(view)),
          new ViewReader(original, List.of(from)),
          move,
          new Sink.To(List.of(to), PIECE_ELEMENTS));
    }
  }

  /**
   * Checks a tensor.
   *
   * @param factors that the original's numbers were multiplied with first; null for none
   */
  CheckedTensor run(Counterpart pair, View from, Move move, Factors factors) throws IOException {
    View view = pair.reference();
    try (TensorReader converted = stored(this.converted);
        TensorReader original = stored(this.original)) {
      Scheme scheme = view.showsElements() ? scheme(view, converted) : null;
      boolean numbers = move.source().dtype().decodable() && view.shown().dtype().decodable();
      boolean codes = this.converted.packing().isUndecoded(view.source().name());
      if (scheme == null || codes || !numbers || TensorMover.splits(move)) {
        return CheckedTensor.notChecked(pair);
      }
      scheme = factors != null && factors.fitted() ? scheme.fitted() : scheme;
      boolean computed =
          pair.folded()
              || products.contains(view.source())
              || originalProducts.contains(from.source());
      Sides sides = new Sides(pair, from, move, scheme, computed, converted, original, factors);
      Tally plusOne = new Tally();
      Tally tally = tally(sides, null, plusOne);
      boolean norms = plusOne.elements > 0 && tally.codesOff > 0 && plusOne.codesOff == 0;
      Map<DType, Tally> rounded = new EnumMap<>(DType.class);
      boolean wide = from.source().dtype() == DType.F32 && !computed && factors == null;
      for (DType type : wide && !norms && tally.codesOff > 0 ? FIRST : List.<DType>of()) {
        rounded.put(type, tally(sides, type, new Tally()));
      }
      return new CheckedTensor(
          pair, scheme, norms ? plusOne : tally, rounded, norms, scaled(factors));
    }
  }

  private Scheme scheme(View view, TensorReader reader) throws IOException {
    try {
      return Scheme.of(packed.get(view.source()), view, reader).orElse(null);
    } catch (CheckpointException e) {
      throw converted.stored().located(e);
    }
  }

  private static CheckedTensor.Scaled scaled(Factors factors) {
    if (factors == null) {
      return CheckedTensor.Scaled.NO;
    }
    return factors.fitted() ? CheckedTensor.Scaled.FITTED : CheckedTensor.Scaled.KNOWN;
  }

  /**
   * What a check reads.
   *
   * @param computed whether one side's numbers are products, which are rounded once more
   * @param factors that the original's numbers are multiplied with first; null for none
   */
  private record Sides(
      Counterpart pair,
      View from,
      Move move,
      Scheme scheme,
      boolean computed,
      TensorReader converted,
      TensorReader original,
      Factors factors) {}

  /**
   * Streams both.
   *
   * @param first type that the original's numbers are rounded to first; null for none
   * @param plusOne counts as if the numbers were stored as 1 + w, where they may be
   */
  private static Tally tally(Sides sides, DType first, Tally plusOne) throws IOException {
    View view = sides.pair().reference();
    Scheme scheme = sides.scheme();
    Tally tally = new Tally();
    List<PieceCheck> checks =
        scheme.isPlain()
            ? casts(sides, tally, plusOne)
            : List.of(
                new LevelCheck(
                    scheme, tally, view, sides.factors() == null ? 1 : SCALED_ROUNDINGS));
    if (sides.factors() != null) {
      long width = view.shown().shape().length(1);
      checks = checks.stream().map(check -> sides.factors().before(check, width)).toList();
    }
    stream(
        view,
        new ViewReader(sides.converted(), List.of(view)),
        new ViewReader(sides.original(), List.of(sides.from())),
        sides.move(),
        new Sink.To(first == null ? checks : rounded(checks, first), pieceElements(scheme)));
    return tally;
  }

  private static void stream(
      View view, TensorReader converted, TensorReader original, Move move, Sink.To to)
      throws IOException {
    Sink sink = new Sink(view, move.source().dtype(), converted, to.checks(), to.pieceElements());
    new TensorMover(MOVER_BYTES).write(sink, original, move);
    sink.finish();
  }

  private static List<PieceCheck> rounded(List<PieceCheck> checks, DType type) {
    return List.of(
        piece -> {
          float[] original = piece.original().clone();
          Floats.roundInPlace(type, original, piece.count());
          for (PieceCheck check : checks) {
            check.add(new Piece(piece.first(), piece.count(), original, piece.converted()));
          }
        });
  }

  private static List<PieceCheck> casts(Sides sides, Tally tally, Tally plusOne) {
    View view = sides.pair().reference();
    TensorInfo source = view.source();
    PieceCheck cast = new CastCheck(source, tally, sides.computed(), 0);
    return view.shown().shape().rank() == 1 && source.dtype().floating()
        ? List.of(cast, new CastCheck(source, plusOne, sides.computed(), 1))
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
  private static final class Sink extends OutputStream {
    /** Who receives pieces of both, and how long they are. */
    private record To(List<PieceCheck> checks, int pieceElements) {}

    private final View view;
    private final TensorInfo shown;
    private final DType type;
    private final TensorReader converted;
    private final List<PieceCheck> checks;
    private final float[] numbers;
    private int held;
    private long done;

    Sink(
        View view, DType type, TensorReader converted, List<PieceCheck> checks, int pieceElements) {
      this.view = view;
      this.shown = view.shown();
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

    private static float[] part(float[] all, int from, int count) {
      return from == 0 ? all : Arrays.copyOfRange(all, from, from + count);
    }
  }
}
