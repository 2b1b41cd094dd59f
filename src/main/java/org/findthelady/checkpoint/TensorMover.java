package org.findthelady.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.TensorInfo;

/**
 * Writes moved tensors as packed bytes within a memory budget. A tensor larger than half the budget
 * is made in parts, a batch of output rows at a time, each read in file order with near ranges
 * merged; of others the next may be read while one is written. Reuses its buffers; not thread-safe.
 */
public final class TensorMover implements AutoCloseable {
  /** Enough for whole tensors of small models and long reads of large ones. */
  public static final long DEFAULT_BUDGET_BYTES = 256L << 20;

  private static final int SMALLEST_HALF_BYTES = 4 << 10;
  private static final int LARGEST_HALF_BYTES = 1 << 30;

  /** Rows are handed on in pieces of this size, which are then still in a core's cache. */
  private static final int PIECE_BYTES = 1 << 18;

  /** Shorter rows are not worth handling one by one. */
  private static final int LEAST_ROW_BYTES = 512;

  private final int halfBytes;
  private byte[] input = new byte[0];
  private byte[] output = new byte[0];
  private final ReadAhead ahead = new ReadAhead();

  /** A mover with the default budget. */
  public TensorMover() {
    this(DEFAULT_BUDGET_BYTES);
  }

  /**
   * @param budgetBytes for buffers; at least 8 KiB and at most 2 GiB of it are used
   */
  public TensorMover(long budgetBytes) {
    halfBytes = (int) Math.max(SMALLEST_HALF_BYTES, Math.min(budgetBytes / 2, LARGEST_HALF_BYTES));
  }

  /** Writes one tensor with a mover of its own. */
  public static void writeTo(OutputStream out, TensorReader reader, Move move, long budgetBytes)
      throws IOException {
    new TensorMover(budgetBytes).write(out, reader, move);
  }

  /**
   * Whether {@link #write} can make this move; asked before anything is written.
   *
   * @throws org.findthelady.core.CheckpointException with UNSUPPORTED if the move would split a
   *     block of a quantised type
   */
  public static void check(Move move) {
    TensorGather.of(move);
  }

  /** Whether a move would split a block of a quantised type, so that only values can be moved. */
  public static boolean splits(Move move) {
    try {
      check(move);
      return false;
    } catch (CheckpointException e) {
      return true;
    }
  }

  /**
   * Writes the packed bytes of the moved tensor.
   *
   * @param reader where the move's source is read
   * @throws org.findthelady.core.CheckpointException with UNSUPPORTED if the move would split a
   *     block of a quantised type
   */
  public void write(OutputStream out, TensorReader reader, Move move) throws IOException {
    write(out, reader, move, null);
  }

  /**
   * The same, and reads what is written next meanwhile. Nobody else may use the reader until that
   * is written or this mover is closed.
   *
   * @param next the next move; null if there is none
   */
  public void write(OutputStream out, TensorReader reader, Move move, Move next)
      throws IOException {
    TensorInfo tensor = move.source();
    TensorGather gather = TensorGather.of(move);
    byte[] read = ahead.take(tensor, input);
    if (read != null) {
      input = read;
    }
    int needed = (int) Math.min(halfBytes, tensor.length());
    if (input.length < needed) {
      input = new byte[needed];
    }
    Pass pass = new Pass(out, reader, tensor, gather);
    if (tensor.length() > halfBytes) {
      pass.write(0, 0, tensor.length());
      return;
    }
    if (read == null) {
      pass.read(0, needed);
    }
    if (next != null && next.source().length() <= halfBytes) {
      ahead.start(reader, next.source());
    }
    if (gather.rank() == 0) {
      out.write(input, 0, needed);
    } else {
      pass.writeHeld(0, needed);
    }
  }

  /** Waits for what is being read ahead. */
  @Override
  public void close() {
    ahead.close();
  }

  private void grow(int bytes) {
    if (output.length < bytes) {
      output = new byte[bytes];
    }
  }

  /** One tensor on its way. */
  private final class Pass {
    private final OutputStream out;
    private final TensorReader reader;
    private final TensorInfo tensor;
    private final TensorGather gather;

    Pass(OutputStream out, TensorReader reader, TensorInfo tensor, TensorGather gather) {
      this.out = out;
      this.reader = reader;
      this.tensor = tensor;
      this.gather = gather;
    }

    /** Writes the part of {@code length} bytes at {@code base} that the axes from here on span. */
    void write(int axis, long base, long length) throws IOException {
      if (axis == gather.rank()) {
        copy(base, length);
      } else if (length <= halfBytes) {
        read(base, (int) length);
        writeHeld(axis, (int) length);
      } else if (gather.rowBytes(axis) > halfBytes) {
        for (long i = 0; i < gather.length(axis); i++) {
          long row = gather.rowBytes(axis);
          write(axis + 1, base + gather.source(axis, i) * row, row);
        }
      } else {
        writeBatches(axis, base);
      }
    }

    /** Writes the part that the axes from here on span and that the input holds. */
    private void writeHeld(int axis, int length) throws IOException {
      if (gather.rowBytes(axis) < LEAST_ROW_BYTES) {
        grow(length);
        gather.apply(axis, input, 0, output, 0);
        out.write(output, 0, length);
        return;
      }
      int row = (int) gather.rowBytes(axis);
      int rows = (int) gather.length(axis);
      int batch = Math.max(1, PIECE_BYTES / row);
      grow(Math.min(batch, rows) * row);
      for (int from = 0; from < rows; from += batch) {
        int count = Math.min(batch, rows - from);
        for (int k = 0; k < count; k++) {
          int source = (int) gather.source(axis, from + k);
          gather.apply(axis + 1, input, source * row, output, k * row);
        }
        out.write(output, 0, count * row);
      }
    }

    private void copy(long base, long length) throws IOException {
      for (long done = 0; done < length; done += halfBytes) {
        int count = (int) Math.min(halfBytes, length - done);
        read(base + done, count);
        out.write(input, 0, count);
      }
    }

    private void writeBatches(int axis, long base) throws IOException {
      int row = (int) gather.rowBytes(axis);
      int batch = Math.max(1, Math.min(halfBytes / row, halfBytes / 16));
      grow((int) Math.min(batch, gather.length(axis)) * row);
      for (long from = 0; from < gather.length(axis); from += batch) {
        int rows = (int) Math.min(batch, gather.length(axis) - from);
        gatherRows(axis, base, from, rows);
        out.write(output, 0, rows * row);
      }
    }

    /** Fills the output with rows, reading their sources in file order. */
    private void gatherRows(int axis, long base, long from, int rows) throws IOException {
      int row = (int) gather.rowBytes(axis);
      long[] order = new long[rows];
      for (int i = 0; i < rows; i++) {
        order[i] = ((gather.source(axis, from + i) - sourceBase(axis, from)) << 32) | i;
      }
      Arrays.sort(order);
      int start = 0;
      while (start < rows) {
        int end = spanEnd(order, start, row);
        long first = order[start] >> 32;
        read(
            base + (sourceBase(axis, from) + first) * row,
            (int) ((order[end - 1] >> 32) - first + 1) * row);
        for (int k = start; k < end; k++) {
          int at = (int) ((order[k] >> 32) - first) * row;
          gather.apply(axis + 1, input, at, output, (int) order[k] * row);
        }
        start = end;
      }
    }

    /** Rows of an axis that stays may count beyond an int; they are counted from the batch on. */
    private long sourceBase(int axis, long from) {
      return gather.stays(axis) ? from : 0;
    }

    private int spanEnd(long[] order, int start, int row) {
      long first = order[start] >> 32;
      int end = start + 1;
      while (end < order.length) {
        long next = order[end] >> 32;
        long gap = (next - (order[end - 1] >> 32) - 1) * row;
        if (gap > reader.gapBytes() || (next - first + 1) * row > input.length) {
          break;
        }
        end++;
      }
      return end;
    }

    private void read(long position, int count) throws IOException {
      reader.read(tensor, position, ByteBuffer.wrap(input, 0, count));
    }
  }
}
