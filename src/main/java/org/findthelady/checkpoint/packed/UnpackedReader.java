package org.findthelady.checkpoint.packed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.findthelady.checkpoint.PackedValues;
import org.findthelady.checkpoint.PackedWeight;
import org.findthelady.checkpoint.Packing;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;

/**
 * Reads packed weights as the float32 numbers that they stand for, and all other tensors, parts of
 * packed weights too, as they are stored. Weights that were read last stay open while what they may
 * hold is little. Closing this closes the reader beneath.
 */
final class UnpackedReader implements TensorReader {
  private static final int PIECE_ELEMENTS = 1 << 16;

  /** What weights that are kept open may hold, but for the last one. */
  private static final long MOST_OPEN_BYTES = 128L << 20;

  private final TensorReader stored;
  private final Map<TensorInfo, PackedWeight> weights;
  private final Map<TensorInfo, PackedValues> open = new LinkedHashMap<>(16, 0.75f, true);
  private final UnaryOperator<CheckpointException> located;
  private TensorInfo lastTensor;
  private PackedWeight lastWeight;
  private PackedWeight lastOpened;
  private PackedValues lastValues;
  private long openBytes;
  private float[] piece = new float[0];

  /**
   * @param located names the file where only the tensor is named
   */
  UnpackedReader(TensorReader stored, Packing packing, UnaryOperator<CheckpointException> located) {
    this.stored = stored;
    this.located = located;
    this.weights = packing.byShown();
  }

  @Override
  public void read(TensorInfo tensor, long firstByte, ByteBuffer target) throws IOException {
    PackedWeight weight = weight(tensor);
    if (weight == null) {
      stored.read(tensor, firstByte, target);
      return;
    }
    int bytes = target.remaining();
    int width = tensor.dtype().blockBytes();
    if (firstByte < 0
        || firstByte > tensor.length() - bytes
        || firstByte % width != 0
        || bytes % width != 0) {
      throw new IllegalArgumentException(
          "Tensor '%s' has %d bytes of whole numbers, %d at %d were asked for"
              .formatted(tensor.name(), tensor.length(), bytes, firstByte));
    }
    if (piece.length == 0) {
      piece = new float[PIECE_ELEMENTS];
    }
    PackedValues values = values(weight);
    long first = firstByte / width;
    for (int left = bytes / width; left > 0; ) {
      int count = Math.min(PIECE_ELEMENTS, left);
      values.read(first, piece, 0, count);
      Floats.encode(tensor.dtype(), piece, 0, count, target);
      first += count;
      left -= count;
    }
  }

  /** The weight of a tensor; short reads feel its hash, so the last one is known by identity. */
  @SuppressWarnings("ReferenceEquality")
  private PackedWeight weight(TensorInfo tensor) {
    if (tensor != lastTensor) {
      lastWeight = weights.get(tensor);
      lastTensor = tensor;
    }
    return lastWeight;
  }

  @SuppressWarnings("ReferenceEquality")
  private PackedValues values(PackedWeight weight) throws IOException {
    if (weight == lastOpened) {
      return lastValues;
    }
    PackedValues values = open.get(weight.shown());
    if (values == null) {
      openBytes += weight.heldBytes();
      Iterator<TensorInfo> oldest = open.keySet().iterator();
      while (openBytes > MOST_OPEN_BYTES && oldest.hasNext()) {
        openBytes -= weights.get(oldest.next()).heldBytes();
        oldest.remove();
      }
      try {
        values = weight.open(stored);
      } catch (CheckpointException e) {
        throw located.apply(e);
      }
      open.put(weight.shown(), values);
    }
    lastOpened = weight;
    lastValues = values;
    return values;
  }

  @Override
  public int gapBytes() {
    return stored.gapBytes();
  }

  @Override
  public void close() throws IOException {
    stored.close();
  }
}
