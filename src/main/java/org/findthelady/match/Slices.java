package org.findthelady.match;

import java.io.IOException;
import java.util.Arrays;
import org.findthelady.core.Shape;

/** A tensor's slices along its first axis, reference and suspect, the suspect's in order. */
final class Slices {
  private static final int BATCH = 1 << 16;

  private final Weights reference;
  private final Weights suspect;
  private final String tensor;
  private final int count;
  private final int rest;
  private final int batch;
  private final int[] order;
  private final int[] restMap;
  private final float[] here;
  private final float[] there;
  private final float[] read;
  private final float[] held;
  private int first = -1;
  private int last;

  Slices(Weights reference, Weights suspect, String tensor, Shape shape, int[][] gathers) {
    this.reference = reference;
    this.suspect = suspect;
    this.tensor = tensor;
    this.count = shape.rank() == 0 ? 1 : shape.intLength(0);
    this.rest = shape.rank() == 0 ? 1 : Math.toIntExact(shape.elements(1, shape.rank()));
    this.batch = Math.max(1, Math.min(count, BATCH / Math.max(1, rest)));
    this.order = gathers.length == 0 ? null : gathers[0];
    this.restMap = EvidenceReader.composed(shape, gathers, 1, shape.rank());
    this.held = new float[Math.multiplyExact(batch, rest)];
    this.read = order == null ? new float[held.length] : null;
    this.here = new float[rest];
    this.there = new float[rest];
  }

  int count() {
    return count;
  }

  float[] here() {
    return here;
  }

  float[] there() {
    return there;
  }

  /** Reads slice {@code index} of both. */
  void read(int index) throws IOException {
    if (first < 0 || index < first || index >= last) {
      first = index;
      last = Math.min(count, index + batch);
      reference.read(tensor, (long) first * rest, held, 0, (last - first) * rest);
      if (read != null) {
        suspect.read(tensor, (long) first * rest, read, 0, (last - first) * rest);
      }
    }
    int at = (index - first) * rest;
    System.arraycopy(held, at, here, 0, rest);
    float[] from = read;
    if (read == null) {
      from = restMap == null ? there : scratch();
      suspect.read(tensor, (long) order[index] * rest, from, 0, rest);
      at = 0;
    }
    if (restMap != null) {
      for (int x = 0; x < rest; x++) {
        there[x] = from[at + restMap[x]];
      }
    } else if (from != there) {
      System.arraycopy(from, at, there, 0, rest);
    }
  }

  /** Reads a slice and compares every bit. */
  boolean readEqual(int index) throws IOException {
    read(index);
    if (Arrays.mismatch(here, there) < 0) {
      for (int x = 0; x < rest; x++) {
        if (Float.floatToRawIntBits(here[x]) != Float.floatToRawIntBits(there[x])) {
          return false;
        }
      }
      return true;
    }
    return false;
  }

  private float[] spare;

  private float[] scratch() {
    if (spare == null) {
      spare = new float[rest];
    }
    return spare;
  }
}
