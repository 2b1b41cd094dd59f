package org.findthelady.pair;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorMover;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.compare.TensorComparison;

/**
 * Streams a tensor of the reference beside the suspect's, the latter moved into reference order.
 * Bytes that are the same are not decoded.
 */
final class TensorDiffer {
  private static final int PIECE_ELEMENTS = 1 << 16;

  private final TensorReader referenceBytes;
  private final TensorReader suspectBytes;
  private final TensorMover mover;
  private float[] referenceValues;
  private float[] suspectValues;
  private byte[] expected = new byte[0];

  TensorDiffer(TensorReader referenceBytes, TensorReader suspectBytes, TensorMover mover) {
    this.referenceBytes = referenceBytes;
    this.suspectBytes = suspectBytes;
    this.mover = mover;
  }

  /**
   * Compares one tensor.
   *
   * @param reference the tensor in the reference
   * @param move from the suspect's tensor into reference order
   */
  TensorComparison compare(TensorInfo reference, Move move) throws IOException {
    TensorComparison comparison =
        new TensorComparison(reference.name(), reference.shape().rank() >= 2);
    Sink sink = new Sink(reference, move.source().dtype(), comparison);
    mover.write(sink, suspectBytes, move);
    sink.finish();
    return comparison;
  }

  /** Receives the moved suspect's bytes in order. */
  private final class Sink extends OutputStream {
    private final TensorInfo reference;
    private final DType suspectType;
    private final TensorComparison comparison;
    private long suspectPosition;
    private boolean same;

    Sink(TensorInfo reference, DType suspectType, TensorComparison comparison) {
      this.reference = reference;
      this.suspectType = suspectType;
      this.comparison = comparison;
      this.same = reference.dtype() == suspectType;
      if (!same) {
        comparison.bytesDiffer();
      }
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] suspect, int offset, int length) throws IOException {
      long elements = (long) length / suspectType.blockBytes();
      long first = suspectPosition / suspectType.blockBytes();
      int bytes = Math.toIntExact(elements * reference.dtype().blockBytes());
      read(first * reference.dtype().blockBytes(), bytes);
      if (same && !Arrays.equals(expected, 0, bytes, suspect, offset, offset + length)) {
        same = false;
        comparison.bytesDiffer();
        addSame(suspectPosition);
        read(first * reference.dtype().blockBytes(), bytes);
      }
      if (!same) {
        add(
            ByteBuffer.wrap(expected, 0, bytes),
            ByteBuffer.wrap(suspect, offset, length),
            elements);
      }
      suspectPosition += length;
    }

    /** Counts what was found the same before the first difference. */
    private void addSame(long bytes) throws IOException {
      int part = Math.max(1, expected.length / reference.dtype().blockBytes());
      for (long done = 0; done < bytes; ) {
        int count = (int) Math.min(bytes - done, (long) part * reference.dtype().blockBytes());
        read(done, count);
        add(
            ByteBuffer.wrap(expected, 0, count),
            ByteBuffer.wrap(expected, 0, count),
            count / reference.dtype().blockBytes());
        done += count;
      }
    }

    private void add(ByteBuffer referencePart, ByteBuffer suspectPart, long blocks) {
      if (!reference.dtype().decodable() || reference.dtype().blockElements() != 1) {
        return;
      }
      if (referenceValues == null) {
        referenceValues = new float[PIECE_ELEMENTS];
        suspectValues = new float[PIECE_ELEMENTS];
      }
      for (long done = 0; done < blocks; done += PIECE_ELEMENTS) {
        int count = (int) Math.min(PIECE_ELEMENTS, blocks - done);
        Floats.decode(reference.dtype(), referencePart, referenceValues, 0, count);
        Floats.decode(suspectType, suspectPart, suspectValues, 0, count);
        comparison.add(referenceValues, suspectValues, count);
      }
    }

    private void read(long position, int count) throws IOException {
      if (expected.length < count) {
        expected = new byte[count];
      }
      referenceBytes.read(reference, position, ByteBuffer.wrap(expected, 0, count));
    }

    void finish() {
      if (same) {
        comparison.allSame(reference.shape().elements());
      }
    }
  }
}
