package org.findthelady.match;

import java.util.Arrays;
import java.util.Optional;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;

/**
 * Folds packed bf16 into a sketch, with a kernel that decodes and adds in one pass. What it adds is
 * what {@link Sketch} adds, to rounding: squares of rows are summed 16 at a time in single
 * precision, those of slices four at a time and then {@value #FLUSH} such sums, and all else in
 * double; so each is wrong by at most 20 units of 2^-24 of itself. Not thread-safe.
 */
final class PackedFold {
  /** Bytes behind the last slice that may be read; what they hold does not matter. */
  static final int SPARE_BYTES = 2 * Buckets.PIECE;

  private static final int FLUSH = 16;
  private static final int TOGETHER = 4;

  /** Mean square from which on single precision holds what matters of the squares. */
  private static final double LEAST_SQUARE = 1e-30;

  private final FoldKernel kernel;
  private final Sketch sketch;
  private final int leaves;
  private final int length;
  private float[][] byBucket;
  private float[] lanes;
  private double[] squares;
  private RowSteps steps;
  private float[] wide;
  private byte[] tail;

  private PackedFold(FoldKernel kernel, Sketch sketch) {
    this.kernel = kernel;
    this.sketch = sketch;
    this.leaves = sketch.squares().length;
    this.length = sketch.length();
  }

  /** Empty where there is no kernel that is faster than decoding first. */
  static Optional<PackedFold> of(Sketch sketch) {
    return FoldKernel.fastest().map(kernel -> new PackedFold(kernel, sketch));
  }

  /** Columns in a row of which so many go to each sum that they are added together. */
  int columnsTogether() {
    return TOGETHER * length;
  }

  /** Whether rows of so many columns are worth it. */
  boolean takesRows(int columns) {
    return columns >= Buckets.RUN * length;
  }

  /**
   * Adds columns of all rows.
   *
   * @param order for every column of the stream its number in reference order
   * @param first the first of {@code count} columns that are added
   * @param packed [column x row] from byte {@code at} on, and {@value #SPARE_BYTES} bytes more
   */
  void addColumns(
      long stream, int[] order, int first, int count, byte[] packed, int at, float weight) {
    int whole = (leaves + Buckets.PIECE - 1) / Buckets.PIECE * Buckets.PIECE;
    if (byBucket == null) {
      byBucket = new float[length][whole];
      lanes = new float[whole];
      squares = new double[whole];
    }
    Buckets buckets = sketch.buckets(stream);
    int[] sizes = new int[length];
    int[] bucketOf = new int[count];
    for (int k = 0; k < count; k++) {
      bucketOf[k] = buckets.bucket(order[first + k]);
      sizes[bucketOf[k]]++;
    }
    int[] ends = new int[length];
    for (int bucket = 1; bucket < length; bucket++) {
      ends[bucket] = ends[bucket - 1] + sizes[bucket - 1];
    }
    int[] starts = new int[count];
    float[] signs = new float[count];
    float root = (float) Math.sqrt(weight);
    for (int k = 0; k < count; k++) {
      int to = ends[bucketOf[k]]++;
      starts[to] = at + 2 * leaves * k;
      signs[to] = buckets.negative(order[first + k]) ? -root : root;
    }
    // Sums in the order in which columns first come to them: memory is read in long stretches.
    int pending = 0;
    for (int k = 0, done = 0; done < count; k++) {
      float[] sums = byBucket[bucketOf[k]];
      int end = ends[bucketOf[k]];
      for (int next = end - sizes[bucketOf[k]]; next < end; ) {
        int together = next + TOGETHER <= end ? TOGETHER : 1;
        if (together == TOGETHER) {
          kernel.addSlices(packed, starts, signs, next, sums, lanes);
        } else {
          kernel.addSlice(packed, starts[next], signs[next], sums, lanes);
        }
        next += together;
        done += together;
        if (++pending == FLUSH) {
          flush(weight);
          pending = 0;
        }
      }
      sizes[bucketOf[k]] = 0;
    }
    flush(weight);
  }

  private void flush(float weight) {
    flush(weight, lanes, squares);
  }

  private static void flush(double weight, float[] lanes, double[] squares) {
    for (int i = 0; i < lanes.length; i++) {
      squares[i] += weight * lanes[i];
      lanes[i] = 0;
    }
  }

  private static int place(int leaf) {
    int inPiece = leaf % Buckets.PIECE;
    return leaf - inPiece + inPiece % 2 * (Buckets.PIECE / 2) + inPiece / 2;
  }

  /**
   * Adds columns {@code 0 .. columns} of a stream to some rows.
   *
   * @param packed [row x column] of rows {@code from .. to}, from byte {@code at} on
   */
  void addRows(long stream, int from, int to, byte[] packed, int at, int columns, float weight) {
    Buckets buckets = sketch.buckets(stream);
    if (steps == null || !steps.are(buckets, columns)) {
      steps = new RowSteps(buckets, columns);
      wide = new float[2 * length];
      tail = new byte[2 * steps.runColumns()];
    }
    float root = (float) Math.sqrt(weight);
    int wholeBytes = 2 * steps.wholeColumns();
    int restBytes = 2 * columns - wholeBytes;
    for (int row = from; row < to; row++) {
      int start = at + 2 * columns * (row - from);
      double square = kernel.addRow(packed, start, steps, 0, steps.wholeSteps(), wide);
      if (restBytes > 0) {
        System.arraycopy(packed, start + wholeBytes, tail, 0, restBytes);
        square += kernel.addRow(tail, -wholeBytes, steps, steps.wholeSteps(), steps.steps(), wide);
      }
      if (square >= LEAST_SQUARE * columns && square < Double.POSITIVE_INFINITY) {
        kernel.wrap(wide, root, sketch.sums(), row * length);
        sketch.squares()[row] += square * weight;
      } else {
        Arrays.fill(wide, 0);
        float[] values = new float[columns];
        Floats.decode(DType.BF16, packed, start, values, 0, columns);
        sketch.addRows(stream, row, row + 1, values, columns, weight);
      }
    }
  }

  /** Ends adding; the sketch is to be finished besides. */
  void finish() {
    if (byBucket == null) {
      return;
    }
    float[] sums = sketch.sums();
    for (int from = 0; from < leaves; from += Buckets.PIECE) {
      for (int bucket = 0; bucket < length; bucket++) {
        addPiece(byBucket[bucket], from, sums, bucket);
      }
    }
    for (int leaf = 0; leaf < leaves; leaf++) {
      sketch.squares()[leaf] += squares[place(leaf)];
    }
    byBucket = null;
  }

  private void addPiece(float[] row, int from, float[] sums, int bucket) {
    int to = Math.min(leaves, from + Buckets.PIECE);
    for (int leaf = from, at = from; leaf < to; leaf += 2, at++) {
      sums[leaf * length + bucket] += row[at];
    }
    for (int leaf = from + 1, at = from + Buckets.PIECE / 2; leaf < to; leaf += 2, at++) {
      sums[leaf * length + bucket] += row[at];
    }
  }
}
