package org.findthelady.pair;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;
import org.findthelady.storage.ByteFanOut;

/** Sees a file of tensors being written and compares each with what it should be. */
final class SameBytes implements ByteFanOut.Consumer {
  /**
   * A tensor's place in the file.
   *
   * @param expected a tensor as long, of which {@code reference} gives the bytes
   */
  record Place(long offset, TensorInfo expected) {
    long end() {
      return offset + expected.length();
    }
  }

  private final List<Place> places;
  private final TensorReader reference;
  private byte[] expected = new byte[0];
  private long position;
  private int next;
  private volatile String differing;

  /**
   * @param places by offset, none overlapping another
   * @param reference nobody else uses it meanwhile
   */
  SameBytes(List<Place> places, TensorReader reference) {
    this.places = List.copyOf(places);
    this.reference = reference;
  }

  @Override
  public void accept(byte[] source, int offset, int count) throws IOException {
    long end = position + count;
    while (next < places.size() && places.get(next).offset() < end) {
      Place place = places.get(next);
      long from = Math.max(position, place.offset());
      int part = (int) (Math.min(end, place.end()) - from);
      compare(place, from, source, offset + (int) (from - position), part);
      if (place.end() > end) {
        break;
      }
      next++;
    }
    position = end;
  }

  private void compare(Place place, long from, byte[] source, int offset, int count)
      throws IOException {
    if (expected.length < count) {
      expected = new byte[count];
    }
    reference.read(place.expected(), from - place.offset(), ByteBuffer.wrap(expected, 0, count));
    if (!Arrays.equals(expected, 0, count, source, offset, offset + count)) {
      differing = place.expected().name();
      throw new IOException("'" + differing + "' differs: the rest need not be written");
    }
  }

  /** The first tensor that differs; empty if none was seen to. */
  Optional<String> differing() {
    return Optional.ofNullable(differing);
  }

  /** Whether every place was seen to its end. */
  boolean isComplete() {
    return next == places.size();
  }
}
