package org.findthelady.checkpoint.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;

/**
 * Turns the bytes of tensors from one byte order into the other. In blocks the 16-bit scales are
 * turned, codes are bytes.
 */
final class SwappedReader implements TensorReader {
  /** Where blocks have 16-bit numbers and nothing else of more than a byte. */
  private static final Map<DType, int[]> HALVES =
      Map.ofEntries(
          Map.entry(DType.Q4_0, new int[] {0}),
          Map.entry(DType.Q4_1, new int[] {0, 2}),
          Map.entry(DType.Q8_0, new int[] {0}),
          Map.entry(DType.Q2_K, new int[] {80, 82}),
          Map.entry(DType.Q3_K, new int[] {108}),
          Map.entry(DType.Q4_K, new int[] {0, 2}),
          Map.entry(DType.Q5_K, new int[] {0, 2}),
          Map.entry(DType.Q6_K, new int[] {208}),
          Map.entry(DType.IQ4_NL, new int[] {0}),
          Map.entry(DType.TQ1_0, new int[] {52}),
          Map.entry(DType.TQ2_0, new int[] {64}),
          Map.entry(DType.Q1_0, new int[] {0}),
          Map.entry(DType.Q2_0, new int[] {0}),
          Map.entry(DType.MXFP4, new int[0]),
          Map.entry(DType.NVFP4, new int[0]));

  private final TensorReader bytes;

  SwappedReader(TensorReader bytes) {
    this.bytes = bytes;
  }

  @Override
  public void read(TensorInfo tensor, long firstByte, ByteBuffer target) throws IOException {
    DType type = tensor.dtype();
    int block = type.blockBytes();
    int[] halves = HALVES.get(type);
    if (type.blockElements() > 1 && halves == null) {
      throw new CheckpointException(
          Reason.UNSUPPORTED,
          "Tensor '%s': blocks of %s are not known in big-endian order"
              .formatted(tensor.name(), type));
    }
    // A stretch may begin and end inside an element.
    long from = firstByte / block * block;
    int lead = (int) (firstByte - from);
    int length = Math.toIntExact((lead + target.remaining() + (long) block - 1) / block * block);
    byte[] whole = new byte[length];
    bytes.read(tensor, from, ByteBuffer.wrap(whole));
    for (int at = 0; at < length; at += block) {
      if (halves == null) {
        turn(whole, at, block);
      } else {
        for (int half : halves) {
          turn(whole, at + half, 2);
        }
      }
    }
    target.put(whole, lead, target.remaining());
  }

  private static void turn(byte[] bytes, int at, int count) {
    for (int i = 0; i < count / 2; i++) {
      byte first = bytes[at + i];
      bytes[at + i] = bytes[at + count - 1 - i];
      bytes[at + count - 1 - i] = first;
    }
  }

  @Override
  public int gapBytes() {
    return bytes.gapBytes();
  }

  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
