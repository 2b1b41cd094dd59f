package org.findthelady.match.rows;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.findthelady.core.Shape;
import org.findthelady.core.UnitGather;
import org.findthelady.structure.TensorMove;

/**
 * A tensor's rows along its first axis as packed bytes, reference beside suspect, the suspect's in
 * reference order, batch by batch. A suspect tensor whose rows move is read once as a whole if it
 * fits, else row by row.
 */
public final class RowPairs {
  private static final int BATCH_ELEMENTS = 1 << 16;
  private final Weights reference;
  private final Weights suspect;
  private final String tensor;
  private final String source;
  private final int rows;
  private final int rest;
  private final int size;
  private final int batch;
  private final int[] order;
  private final UnitGather within;
  private final byte[] here;
  private final byte[] there;
  private final byte[] read;
  private final boolean whole;
  private boolean loaded;
  private int first;
  private int count;

  /**
   * @param gathers of the suspect's axes into reference order
   * @param bytes that a suspect tensor may take whole
   */
  public RowPairs(
      Weights reference, Weights suspect, String tensor, Shape shape, int[][] gathers, long bytes) {
    this(reference, suspect, tensor, shape, new TensorMove(tensor, gathers), bytes);
  }

  /**
   * The same of a tensor that may take its numbers from another one, as parts of a stack do.
   *
   * @param move of the suspect into reference order
   */
  public RowPairs(
      Weights reference, Weights suspect, String tensor, Shape shape, TensorMove move, long bytes) {
    int[][] gathers = move.gathers();
    this.reference = reference;
    this.suspect = suspect;
    this.tensor = tensor;
    this.source = move.source();
    this.rows = shape.rank() == 0 ? 1 : shape.intLength(0);
    this.rest = shape.rank() == 0 ? 1 : Math.toIntExact(shape.elements(1, shape.rank()));
    this.size = suspect.packedType(source).blockBytes();
    this.batch = Math.max(1, Math.min(rows, BATCH_ELEMENTS / Math.max(1, rest)));
    this.order = gathers.length == 0 ? null : gathers[0];
    int[] restMap = EvidenceReader.composed(shape, gathers, 1, shape.rank());
    this.within = restMap == null ? null : new UnitGather(restMap, size);
    long batchBytes = (long) batch * rest;
    this.here = new byte[Math.toIntExact(batchBytes * reference.packedType(tensor).blockBytes())];
    this.there = new byte[Math.toIntExact(batchBytes * size)];
    long all = (long) rows * rest * size;
    this.whole = order != null && all <= Math.min(bytes, Integer.MAX_VALUE - 8);
    this.read = whole ? new byte[(int) all] : within == null ? there : new byte[there.length];
  }

  /** Starts over. */
  public void rewind() {
    first = 0;
    count = 0;
  }

  /** Reads the next rows; false if there are none. */
  public boolean next() throws IOException {
    first += count;
    count = Math.min(batch, rows - first);
    if (count == 0 || rest == 0) {
      return false;
    }
    reference.readPacked(tensor, (long) first * rest, here, 0, count * rest);
    if (whole) {
      if (!loaded) {
        suspect.readPacked(source, 0, read, 0, rows * rest);
        loaded = true;
      }
      for (int row = 0; row < count; row++) {
        gather(order[first + row] * rest * size, row * rest * size);
      }
      return true;
    }
    if (order == null) {
      suspect.readPacked(source, (long) first * rest, read, 0, count * rest);
    } else {
      readRows();
    }
    for (int row = 0; within != null && row < count; row++) {
      gather(row * rest * size, row * rest * size);
    }
    return true;
  }

  private void readRows() throws IOException {
    int[] inFile =
        IntStream.range(0, count)
            .boxed()
            .sorted((one, other) -> Integer.compare(order[first + one], order[first + other]))
            .mapToInt(row -> row)
            .toArray();
    for (int row : inFile) {
      suspect.readPacked(source, (long) order[first + row] * rest, read, row * rest * size, rest);
    }
  }

  private void gather(int from, int to) {
    if (within == null) {
      System.arraycopy(read, from, there, to, rest * size);
    } else {
      within.apply(read, from, there, to);
    }
  }

  /** Whether the rows at hand are the same bytes; both sides of one type. */
  public boolean same() {
    return Arrays.equals(here, 0, count * rest * size, there, 0, count * rest * size);
  }

  /** First of the rows at hand. */
  public int first() {
    return first;
  }

  /** Rows at hand. */
  public int count() {
    return count;
  }

  /** Most rows that are ever at hand. */
  public int batch() {
    return batch;
  }

  /** The reference's. */
  public byte[] here() {
    return here;
  }

  /** The suspect's. */
  public byte[] there() {
    return there;
  }
}
