package org.findthelady.checkpoint.numpy;

import java.io.IOException;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.DecodingReader;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;

/**
 * Unpacks arrays that are deflated, in the other byte order or in Fortran order, each whole, up to
 * 1 GiB.
 */
final class ArrayDecoder implements DecodingReader.Decoder {
  static final long LARGEST_UNPACKED_BYTES = 1L << 30;

  private final Store store;
  private final Checkpoint checkpoint;
  private final Map<String, ArrayPlace> places;

  private ArrayDecoder(Store store, Checkpoint checkpoint, Map<String, ArrayPlace> places) {
    this.store = store;
    this.checkpoint = checkpoint;
    this.places = places;
  }

  /** Reads all arrays of a checkpoint. */
  static TensorReader reader(Store store, Checkpoint checkpoint) {
    Map<String, ArrayPlace> places =
        checkpoint
            .encoding()
            .layout(ArrayPlace.Places.class)
            .map(ArrayPlace.Places::byName)
            .orElse(Map.of());
    return new DecodingReader(
        store, checkpoint, places.keySet(), new ArrayDecoder(store, checkpoint, places));
  }

  @Override
  public byte[] decode(TensorInfo tensor) throws IOException {
    ArrayPlace place = places.get(tensor.name());
    if (tensor.length() > LARGEST_UNPACKED_BYTES) {
      throw new CheckpointException(
          Reason.LIMIT,
          "%s: tensor '%s' of %d bytes is not packed; such are read up to %d"
              .formatted(
                  checkpoint.location().path(),
                  tensor.name(),
                  tensor.length(),
                  LARGEST_UNPACKED_BYTES));
    }
    byte[] bytes = new byte[(int) tensor.length()];
    try (SeekableInput input = store.open(checkpoint.files().get(tensor.file()))) {
      if (place.deflated()) {
        try (InflatedRange range = new InflatedRange(input, place.position(), place.stored())) {
          range.read(place.header(), bytes, 0, bytes.length);
        }
      } else {
        input.readFully(place.position(), bytes, 0, bytes.length);
      }
    }
    int unit = tensor.dtype().blockBytes();
    if (place.bigEndian()) {
      // A complex number is two numbers.
      reverse(bytes, tensor.dtype().name().startsWith("C") ? unit / 2 : unit);
    }
    return place.fortran() ? rowMajor(bytes, tensor.shape().toArray(), unit) : bytes;
  }

  private static void reverse(byte[] bytes, int unit) {
    for (int at = 0; at < bytes.length; at += unit) {
      for (int i = 0; i < unit / 2; i++) {
        byte kept = bytes[at + i];
        bytes[at + i] = bytes[at + unit - 1 - i];
        bytes[at + unit - 1 - i] = kept;
      }
    }
  }

  /** Turns the first axis from the fastest into the slowest. */
  private static byte[] rowMajor(byte[] columns, long[] lengths, int unit) {
    byte[] rows = new byte[columns.length];
    long[] strides = new long[lengths.length];
    long stride = unit;
    for (int axis = 0; axis < lengths.length; axis++) {
      strides[axis] = stride;
      stride *= lengths[axis];
    }
    long[] index = new long[lengths.length];
    long from = 0;
    for (int to = 0; to < rows.length; to += unit) {
      System.arraycopy(columns, (int) from, rows, to, unit);
      for (int axis = lengths.length - 1; axis >= 0; axis--) {
        from += strides[axis];
        if (++index[axis] < lengths[axis]) {
          break;
        }
        from -= strides[axis] * lengths[axis];
        index[axis] = 0;
      }
    }
    return rows;
  }
}
