package org.findthelady.pair;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.findthelady.align.Counterpart;
import org.findthelady.align.View;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.Quantisation;
import org.findthelady.checkpoint.TensorMover;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.kernel.Thresholds;

/** Counts values of a quantised tensor that rounding to its integers does not explain. */
final class Rounding {
  private final TensorReader reference;
  private final TensorReader suspect;
  private final TensorMover mover;

  /**
   * @param reference reads the reference as it is seen
   * @param suspect reads the suspect as it is seen
   */
  Rounding(TensorReader reference, TensorReader suspect, TensorMover mover) {
    this.reference = reference;
    this.suspect = suspect;
    this.mover = mover;
  }

  /**
   * How many values of a pair are further apart than half a step of the one that is quantised.
   *
   * @param move of the suspect's tensor, as it is seen, into reference order
   */
  long beyond(Counterpart pair, Move move) throws IOException {
    boolean theirs = pair.suspect().quantisation() != null;
    View quantised = theirs ? pair.suspect() : pair.reference();
    Quantisation quantisation = quantised.quantisation();
    Shape shape = quantised.shown().shape();
    int axis = -1;
    for (int a = 0; a < shape.rank() && quantisation.axis() >= 0; a++) {
      axis = quantised.sourceAxis(a) == quantisation.axis() ? a : axis;
    }
    float[] steps = quantisation.scales();
    if (theirs && axis >= 0 && move.gathers()[axis] != null) {
      int[] gather = move.gathers()[axis];
      float[] moved = new float[steps.length];
      for (int i = 0; i < moved.length; i++) {
        moved[i] = steps[gather[i]];
      }
      steps = moved;
    }
    long inner = axis < 0 ? 1 : shape.elements(axis + 1, shape.rank());
    Sink sink = new Sink(pair.reference().shown(), steps, inner);
    mover.write(sink, suspect, move);
    return sink.beyond;
  }

  /** Receives the moved suspect's float32 values in order. */
  private final class Sink extends OutputStream {
    private final TensorInfo tensor;
    private final float[] steps;
    private final long inner;
    private long element;
    private long beyond;

    Sink(TensorInfo tensor, float[] steps, long inner) {
      this.tensor = tensor;
      this.steps = steps;
      this.inner = inner;
    }

    @Override
    public void write(int value) {
      throw new IllegalStateException("numbers are written whole");
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int count = length / Float.BYTES;
      float[] theirs = new float[count];
      float[] ours = new float[count];
      Floats.decode(DType.F32, ByteBuffer.wrap(bytes, offset, length), theirs, 0, count);
      byte[] packed = new byte[count * tensor.dtype().blockBytes()];
      reference.read(tensor, element * tensor.dtype().blockBytes(), ByteBuffer.wrap(packed));
      Floats.decode(tensor.dtype(), ByteBuffer.wrap(packed), ours, 0, count);
      for (int i = 0; i < count; i++) {
        float step = steps[(int) ((element + i) / inner % steps.length)];
        double most =
            Thresholds.NEAREST_STEPS * Math.abs(step)
                + Thresholds.FOLDED_ROUNDING * Math.abs(ours[i]);
        if (!(Math.abs((double) ours[i] - theirs[i]) <= most)) {
          beyond++;
        }
      }
      element += count;
    }
  }
}
