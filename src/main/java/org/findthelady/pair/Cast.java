package org.findthelady.pair;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.findthelady.align.Counterpart;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorMover;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;

/** Counts what a cast of the reference to another type does not explain, and what overflows. */
final class Cast {
  /**
   * Roundings on the way to a product: of a norm, its quotient, the product, and the stored one.
   */
  private static final int PRODUCT_STEPS = 8;

  private final TensorReader reference;
  private final TensorReader suspect;
  private final TensorMover mover;

  /**
   * @param reference reads the reference as it is seen
   * @param suspect reads the suspect as it is seen
   */
  Cast(TensorReader reference, TensorReader suspect, TensorMover mover) {
    this.reference = reference;
    this.suspect = suspect;
    this.mover = mover;
  }

  /** Whether a pair's numbers are the same but for their floating-point type. */
  static boolean mayExplain(Counterpart pair) {
    return pair.reference().isStored()
        && pair.suspect().shown().dtype() == pair.suspect().source().dtype()
        && pair.reference().source().dtype().floating()
        && pair.suspect().source().dtype().floating()
        && pair.reference().source().dtype() != pair.suspect().source().dtype()
        && !pair.folded();
  }

  /** Whether a pair's numbers could be rounded to a narrower type and be stored as before. */
  static boolean mayBeNarrowed(Counterpart pair) {
    DType type = pair.suspect().source().dtype();
    return pair.reference().isStored()
        && pair.suspect().isStored()
        && type == pair.reference().source().dtype()
        && (type == DType.F32 || type == DType.F64)
        && !pair.folded();
  }

  /**
   * What a cast does not explain.
   *
   * @param beyond values that are not the reference's, cast
   * @param infinite values that the type cannot hold and that became infinite
   */
  record Gap(long beyond, long infinite) {}

  /** Holds a pair against the reference's values, cast to the suspect's type. */
  Gap gap(Counterpart pair, Move move) throws IOException {
    return gap(pair, move, move.source().dtype(), 0);
  }

  /**
   * Holds a pair against the reference's values, cast.
   *
   * @param move of the suspect's tensor, as it is seen, into reference order
   * @param narrow type that the values were cast to before they were stored
   * @param added to the reference's before that; either side may then have been rounded
   */
  Gap gap(Counterpart pair, Move move, DType narrow, float added) throws IOException {
    return gap(new Sink(pair.reference().shown(), move.source().dtype(), narrow, added), move);
  }

  /** Holds a pair against the reference's values, of which either may be a product. */
  Gap ofProducts(Counterpart pair, Move move) throws IOException {
    Sink sink = new Sink(pair.reference().shown(), move.source().dtype(), null, 0);
    return gap(sink, move);
  }

  private Gap gap(Sink sink, Move move) throws IOException {
    mover.write(sink, suspect, move);
    return new Gap(sink.beyond, sink.infinite);
  }

  /** Receives the moved suspect's values in order. */
  private final class Sink extends OutputStream {
    private final TensorInfo tensor;
    private final DType type;
    private final DType narrow;
    private final float added;
    private long element;
    private long beyond;
    private long infinite;

    Sink(TensorInfo tensor, DType type, DType narrow, float added) {
      this.tensor = tensor;
      this.type = type;
      this.narrow = narrow;
      this.added = added;
    }

    @Override
    public void write(int value) {
      throw new IllegalStateException("numbers are written whole");
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int count = length / type.blockBytes();
      float[] theirs = new float[count];
      float[] ours = new float[count];
      Floats.decode(type, ByteBuffer.wrap(bytes, offset, length), theirs, 0, count);
      byte[] packed = new byte[Math.multiplyExact(count, tensor.dtype().blockBytes())];
      reference.read(tensor, element * tensor.dtype().blockBytes(), ByteBuffer.wrap(packed));
      Floats.decode(tensor.dtype(), ByteBuffer.wrap(packed), ours, 0, count);
      element += count;
      if (added != 0 || narrow == null) {
        beyond += apart(ours, theirs);
        return;
      }
      boolean[] finite = new boolean[count];
      for (int i = 0; i < count; i++) {
        finite[i] = Float.isFinite(ours[i]);
      }
      ByteBuffer cast = ByteBuffer.allocate(Math.multiplyExact(count, narrow.blockBytes()));
      Floats.encode(narrow, ours, 0, count, cast);
      Floats.decode(narrow, cast.flip(), ours, 0, count);
      for (int i = 0; i < count; i++) {
        beyond += ours[i] == theirs[i] || (Float.isNaN(ours[i]) && Float.isNaN(theirs[i])) ? 0 : 1;
        infinite += finite[i] && Float.isInfinite(ours[i]) ? 1 : 0;
      }
    }

    /** Numbers that are further apart than rounding either side leaves them. */
    private int apart(float[] ours, float[] theirs) {
      double step = Math.max(step(tensor.dtype()), step(type));
      int apart = 0;
      for (int i = 0; i < ours.length; i++) {
        double wanted = (double) ours[i] + added;
        double allowed =
            added == 0
                ? PRODUCT_STEPS * step * Math.abs(wanted)
                : step * Math.max(Math.abs(ours[i]), Math.max(1, Math.abs(wanted)));
        apart += Math.abs(wanted - theirs[i]) <= allowed ? 0 : 1;
      }
      return apart;
    }

    private static double step(DType type) {
      return switch (type) {
        case BF16 -> 0x1p-8;
        case F16 -> 0x1p-11;
        case F32, F64 -> 0x1p-23;
        default -> 0x1p-4;
      };
    }
  }
}
