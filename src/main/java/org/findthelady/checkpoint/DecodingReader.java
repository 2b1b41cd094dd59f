package org.findthelady.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import org.findthelady.core.TensorInfo;

/**
 * Reads packed tensors by range. A tensor that is stored in another way is decoded whole, and the
 * last one is kept.
 */
public final class DecodingReader implements TensorReader {
  /** Decodes tensors that are not packed. */
  public interface Decoder {
    /** The packed bytes of a tensor, row-major and little-endian. */
    byte[] decode(TensorInfo tensor) throws IOException;
  }

  private final PackedReader packed;
  private final Set<String> encoded;
  private final Decoder decoder;
  private String decodedName;
  private byte[] decoded;

  /**
   * @param encoded names of the tensors that are not packed
   * @param decoder asked for those only
   */
  public DecodingReader(Store store, Checkpoint checkpoint, Set<String> encoded, Decoder decoder) {
    this.packed = new PackedReader(store, checkpoint);
    this.encoded = Set.copyOf(encoded);
    this.decoder = decoder;
  }

  @Override
  public void read(TensorInfo tensor, long firstByte, ByteBuffer target) throws IOException {
    if (!encoded.contains(tensor.name())) {
      packed.read(tensor, firstByte, target);
      return;
    }
    if (!tensor.name().equals(decodedName)) {
      decoded = decoder.decode(tensor);
      decodedName = tensor.name();
    }
    target.put(decoded, Math.toIntExact(firstByte), target.remaining());
  }

  @Override
  public void expect(TensorInfo tensor, long[] firstBytes, long count) throws IOException {
    if (!encoded.contains(tensor.name())) {
      packed.expect(tensor, firstBytes, count);
    }
  }

  @Override
  public int gapBytes() {
    return packed.gapBytes();
  }

  @Override
  public void close() throws IOException {
    decoded = null;
    decodedName = null;
    packed.close();
  }
}
