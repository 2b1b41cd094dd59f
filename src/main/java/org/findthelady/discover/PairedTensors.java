package org.findthelady.discover;

import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.findthelady.core.Shape;
import org.findthelady.match.rows.Weights;

/**
 * The tensors of two checkpoints that answer to each other, of equal shapes. Small tensors stay in
 * memory once read, up to a bound; the others are read in ranges.
 */
final class PairedTensors {
  /** Numbers of both sides that are kept. */
  private static final long MOST_HELD = 1 << 26;

  /** Numbers of one tensor that is kept. */
  private static final long MOST_OF_ONE = 1 << 24;

  /** Numbers of a tensor that is always read whole. */
  static final long SMALL = 1 << 20;

  private final List<String> names;
  private final Weights reference;
  private final Weights suspect;
  private final Map<String, float[]> held = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, Long> read = new HashMap<>();
  private final Map<String, String> elsewhere = new TreeMap<>();
  private long heldNumbers;

  /**
   * @param names of the tensors; those of other shapes on the two sides are refused
   */
  PairedTensors(List<String> names, Weights reference, Weights suspect) {
    this.names = List.copyOf(names);
    this.reference = Objects.requireNonNull(reference);
    this.suspect = Objects.requireNonNull(suspect);
    for (String name : names) {
      if (!reference.shape(name).equals(suspect.shape(name))) {
        throw new IllegalArgumentException(
            "tensor '%s': shape %s in the reference, %s in the suspect"
                .formatted(name, reference.shape(name), suspect.shape(name)));
      }
    }
  }

  List<String> names() {
    return names;
  }

  /** Lets a tensor of the reference answer to another one of the suspect, of the same shape. */
  void answer(String tensor, String ofSuspect) {
    if (tensor.equals(ofSuspect)) {
      elsewhere.remove(tensor);
    } else {
      elsewhere.put(tensor, ofSuspect);
    }
  }

  /** The suspect's name for a tensor of the reference. */
  String theirs(String tensor) {
    return elsewhere.getOrDefault(tensor, tensor);
  }

  /** Tensors that answer to one of another name, with that name. */
  Map<String, String> elsewhere() {
    return Map.copyOf(elsewhere);
  }

  Shape shape(String tensor) {
    return reference.shape(tensor);
  }

  /** Reads row-major elements of one side. */
  void read(boolean ofSuspect, String tensor, long first, float[] target, int offset, int count)
      throws IOException {
    float[] values;
    synchronized (held) {
      values = held.get(key(ofSuspect, tensor));
    }
    if (values == null && shape(tensor).elements() <= SMALL) {
      values = whole(ofSuspect, tensor, count);
    }
    if (values == null) {
      side(ofSuspect).read(stored(ofSuspect, tensor), first, target, offset, count);
    } else {
      System.arraycopy(values, (int) first, target, offset, count);
    }
  }

  /**
   * All elements of one side, to be read only, if that is the cheapest way to some of them: a small
   * tensor, or one of which as much has been read as it holds.
   *
   * @param numbers that would be read otherwise
   * @return null if they are better read by ranges
   */
  float[] whole(boolean ofSuspect, String tensor, long numbers) throws IOException {
    String key = key(ofSuspect, tensor);
    int elements;
    float[] values;
    synchronized (held) {
      values = held.get(key);
      if (values != null || shape(tensor).elements() > MOST_OF_ONE) {
        return values;
      }
      elements = (int) shape(tensor).elements();
      if (elements > SMALL && read.merge(key, numbers, Long::sum) <= elements / 2) {
        return null;
      }
      read.remove(key);
      values = room(elements);
    }
    side(ofSuspect).read(stored(ofSuspect, tensor), 0, values, 0, values.length);
    synchronized (held) {
      held.put(key, values);
    }
    return values;
  }

  /** An array for a tensor, if need be that of another one which is held no longer. */
  private float[] room(int elements) {
    heldNumbers += elements;
    float[] room = null;
    Iterator<float[]> oldest = held.values().iterator();
    while (heldNumbers > MOST_HELD && oldest.hasNext()) {
      float[] given = oldest.next();
      oldest.remove();
      heldNumbers -= given.length;
      room = given.length == elements ? given : room;
    }
    return room == null ? new float[elements] : room;
  }

  private String key(boolean ofSuspect, String tensor) {
    return (ofSuspect ? "b" : "a") + stored(ofSuspect, tensor);
  }

  private String stored(boolean ofSuspect, String tensor) {
    return ofSuspect ? theirs(tensor) : tensor;
  }

  private Weights side(boolean ofSuspect) {
    return ofSuspect ? suspect : reference;
  }
}
