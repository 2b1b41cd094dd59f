package org.findthelady.pair;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.rows.Weights;

/**
 * The tensors of a checkpoint as floats, under the reference's names. A checkpoint that fits the
 * cache is decoded once; a larger one is read by ranges.
 */
final class CheckpointWeights implements Weights {
  private static final int PIECE_BYTES = 1 << 18;

  private final Map<String, TensorInfo> tensors;
  private final TensorReader reader;
  private final boolean cached;
  private final Map<String, float[]> decoded = new HashMap<>();
  private final long holdBytes;
  private String held;
  private byte[] heldBytes = new byte[0];
  private byte[] piece = new byte[0];

  /**
   * @param tensors the checkpoint's tensors by the reference's names
   * @param cacheBytes decoded tensors are kept if all of them fit in this many bytes
   * @param holdBytes one tensor of no more bytes is kept as it is stored, if it is to be
   */
  CheckpointWeights(
      Map<String, TensorInfo> tensors, TensorReader reader, long cacheBytes, long holdBytes) {
    this.tensors = tensors;
    this.reader = reader;
    this.holdBytes = Math.min(holdBytes, Integer.MAX_VALUE - 8);
    long elements = 0;
    for (TensorInfo tensor : tensors.values()) {
      elements += tensor.shape().elements();
    }
    this.cached = elements * Float.BYTES <= cacheBytes;
  }

  @Override
  public boolean has(String tensor) {
    TensorInfo info = tensors.get(tensor);
    return info != null && info.dtype().decodable();
  }

  @Override
  public Shape shape(String tensor) {
    return info(tensor).shape();
  }

  @Override
  public void read(String tensor, long firstElement, float[] target, int offset, int count)
      throws IOException {
    TensorInfo info = info(tensor);
    if (!cached) {
      decode(info, firstElement, target, offset, count);
      return;
    }
    float[] values = decoded.get(tensor);
    if (values == null) {
      values = new float[Math.toIntExact(info.shape().elements())];
      decode(info, 0, values, 0, values.length);
      decoded.put(tensor, values);
    }
    System.arraycopy(values, Math.toIntExact(firstElement), target, offset, count);
  }

  @Override
  public DType packedType(String tensor) {
    DType type = info(tensor).dtype();
    return type.blockElements() == 1 ? type : DType.F32;
  }

  @Override
  public void readPacked(String tensor, long firstElement, byte[] target, int offset, int count)
      throws IOException {
    TensorInfo info = info(tensor);
    if (info.dtype().blockElements() != 1) {
      Weights.super.readPacked(tensor, firstElement, target, offset, count);
      return;
    }
    int size = info.dtype().blockBytes();
    reader.read(
        info,
        firstElement * size,
        ByteBuffer.wrap(target, offset, Math.multiplyExact(count, size)));
  }

  @Override
  public void hold(String tensor) throws IOException {
    TensorInfo info = info(tensor);
    if (cached || info.name().equals(held) || info.length() > holdBytes) {
      return;
    }
    int length = (int) info.length();
    held = null;
    if (heldBytes.length < length) {
      heldBytes = new byte[length];
    }
    reader.read(info, 0, ByteBuffer.wrap(heldBytes, 0, length));
    held = info.name();
  }

  @Override
  public void expect(String tensor, long[] firstElements, long count) throws IOException {
    TensorInfo info = info(tensor);
    if (!cached && info.dtype().blockElements() == 1) {
      int size = info.dtype().blockBytes();
      long[] firstBytes = Arrays.stream(firstElements).map(first -> first * size).toArray();
      reader.expect(info, firstBytes, count * size);
    }
  }

  /** By file, then by offset in it. */
  @Override
  public long place(String tensor) {
    TensorInfo info = info(tensor);
    return ((long) info.file() << 44) + info.offset();
  }

  private void decode(TensorInfo info, long firstElement, float[] target, int offset, int count)
      throws IOException {
    DType type = info.dtype();
    if (info.name().equals(held)) {
      long firstByte = firstElement / type.blockElements() * type.blockBytes();
      Floats.decode(type, heldBytes, (int) firstByte, target, offset, count);
      return;
    }
    int most = PIECE_BYTES / type.blockBytes() * type.blockElements();
    for (int done = 0; done < count; ) {
      int part = Math.min(most, count - done);
      long firstByte = (firstElement + done) / type.blockElements() * type.blockBytes();
      int bytes = part / type.blockElements() * type.blockBytes();
      if (piece.length < bytes) {
        piece = new byte[bytes];
      }
      reader.read(info, firstByte, ByteBuffer.wrap(piece, 0, bytes));
      Floats.decode(type, piece, 0, target, offset + done, part);
      done += part;
    }
  }

  private TensorInfo info(String tensor) {
    TensorInfo info = tensors.get(tensor);
    if (info == null) {
      throw new IllegalArgumentException("no tensor '" + tensor + "'");
    }
    return info;
  }
}
