package org.findthelady.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.Permutation;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorMoverTest {
  private static final long SMALL_BUDGET = 8 << 10;

  @ParameterizedTest
  @EnumSource(DType.class)
  void agreesWithNaiveGatherForRandomShapes(DType dtype) throws IOException {
    SplittableRandom random = new SplittableRandom(dtype.name().hashCode());
    for (int trial = 0; trial < 60; trial++) {
      Move move = randomMove(dtype, random.nextInt(6), trial % 3 == 0 ? 200_000 : 2_000, random);
      byte[] bytes = new byte[(int) move.source().length()];
      random.nextBytes(bytes);
      long budget = trial % 2 == 0 ? SMALL_BUDGET : 1 << 20;
      assertThat(moved(bytes, move, budget))
          .as("%s %s", move.source(), Arrays.deepToString(move.gathers()))
          .isEqualTo(naive(bytes, move));
    }
  }

  @Test
  void mergesBlocksOfChannelsIntoRuns() throws IOException {
    int[] heads = Permutation.random(16, new SplittableRandom(5)).toArray();
    int[] rows = new int[16 * 64];
    Arrays.setAll(rows, i -> heads[i / 64] * 64 + i % 64);
    TensorInfo tensor = tensor(DType.BF16, 24, rows.length);
    byte[] bytes = new byte[(int) tensor.length()];
    new SplittableRandom(6).nextBytes(bytes);
    Move move = new Move(tensor, new int[][] {null, rows});
    assertThat(moved(bytes, move, SMALL_BUDGET)).isEqualTo(naive(bytes, move));
  }

  @Test
  void undoesItselfWithTheInverse() throws IOException {
    Permutation out = Permutation.random(301, new SplittableRandom(7));
    Permutation in = Permutation.random(97, new SplittableRandom(8));
    assertThat(out.longestCycle()).isGreaterThan(20);
    TensorInfo tensor = tensor(DType.F32, 301, 97, 3);
    byte[] bytes = new byte[(int) tensor.length()];
    new SplittableRandom(9).nextBytes(bytes);
    byte[] there =
        moved(bytes, new Move(tensor, new int[][] {out.toArray(), in.toArray(), null}), 1 << 20);
    byte[] back =
        moved(
            there,
            new Move(tensor, new int[][] {out.inverse().toArray(), in.inverse().toArray(), null}),
            SMALL_BUDGET);
    assertThat(there).isNotEqualTo(bytes);
    assertThat(back).isEqualTo(bytes);
  }

  @Test
  void refusesToSplitABlock() {
    TensorInfo tensor = tensor(DType.Q8_0, 4, 64);
    int[] columns = Permutation.random(64, new SplittableRandom(1)).toArray();
    assertThatThrownBy(
            () -> moved(new byte[272], new Move(tensor, new int[][] {null, columns}), 1 << 20))
        .isInstanceOfSatisfying(
            CheckpointException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED))
        .hasMessageContaining("Tensor 't'")
        .hasMessageContaining("blocks of 32");
  }

  @Test
  void movesRowsAndWholeBlocksOfQuantisedTypes() throws IOException {
    TensorInfo tensor = tensor(DType.Q4_K, 3, 1024);
    int[] columns = new int[1024];
    int[] blocks = {2, 0, 3, 1};
    Arrays.setAll(columns, i -> blocks[i / 256] * 256 + i % 256);
    Move move = new Move(tensor, new int[][] {{2, 0, 1}, columns});
    byte[] bytes = new byte[(int) tensor.length()];
    new SplittableRandom(2).nextBytes(bytes);
    assertThat(moved(bytes, move, 1 << 20)).isEqualTo(naive(bytes, move));
  }

  @Test
  void refusesGathersThatDoNotFit() {
    TensorInfo tensor = tensor(DType.F32, 3, 2);
    for (int[][] gathers :
        new int[][][] {{{0, 1, 3}, null}, {{0, 1}, null}, {null}, {{0, -1, 2}, null}}) {
      assertThatThrownBy(() -> moved(new byte[24], new Move(tensor, gathers), 1 << 20))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Tensor 't'");
    }
  }

  @Test
  void streamsTensorsBeyondTwoGibibytesWithinTheBudget() throws IOException {
    // 3 rows of 900 MB, each filled with its index; the budget is 16 MiB.
    long row = 900_000_000;
    TensorInfo tensor = tensor(DType.F64, 3, row / 8);
    PatternReader reader = new PatternReader(row);
    RunStream out = new RunStream();
    new TensorMover(16 << 20).write(out, reader, new Move(tensor, new int[][] {{2, 0, 1}, null}));
    assertThat(out.runs.toString()).isEqualTo("2x900000000 0x900000000 1x900000000 ");
    assertThat(reader.largest).isLessThanOrEqualTo(8 << 20);
  }

  @Test
  void readsEachByteOfALargeTensorOnceWhenRowsMove() throws IOException {
    TensorInfo tensor = tensor(DType.BF16, 2_000, 512);
    byte[] bytes = new byte[(int) tensor.length()];
    new SplittableRandom(3).nextBytes(bytes);
    Move move =
        new Move(
            tensor,
            new int[][] {Permutation.random(2_000, new SplittableRandom(4)).toArray(), null});
    ArrayReader reader = new ArrayReader(bytes, 0);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TensorMover.writeTo(out, reader, move, 64 << 10);
    assertThat(out.toByteArray()).isEqualTo(naive(bytes, move));
    assertThat(reader.total).isEqualTo(bytes.length);
  }

  @Test
  void readsTheNextTensorAheadAndEachByteOnce() throws IOException {
    List<Move> moves = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(11);
    long at = 0;
    for (long rows : new long[] {1_000, 2, 1_200, 900, 3, 5_000, 1_100, 1_000}) {
      Shape shape = Shape.of(rows, 600);
      int[] order = rows == 900 ? null : Permutation.random((int) rows, random).toArray();
      moves.add(
          new Move(
              new TensorInfo("t" + at, DType.BF16, shape, 0, at, DType.BF16.bytes(shape)),
              new int[][] {order, Permutation.random(600, random).toArray()}));
      at += 2 * rows * 600;
    }
    byte[] bytes = new byte[(int) at];
    random.nextBytes(bytes);
    FileReader reader = new FileReader(bytes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    try (TensorMover mover = new TensorMover(4 << 20)) {
      for (int i = 0; i < moves.size(); i++) {
        mover.write(out, reader, moves.get(i), i + 1 < moves.size() ? moves.get(i + 1) : null);
        TensorInfo tensor = moves.get(i).source();
        int from = (int) tensor.offset();
        expected.write(
            naive(Arrays.copyOfRange(bytes, from, from + (int) tensor.length()), moves.get(i)));
      }
    }
    assertThat(out.toByteArray()).isEqualTo(expected.toByteArray());
    assertThat(reader.total).isEqualTo(at);
    assertThat(reader.threads).hasSizeGreaterThan(1);
  }

  @Test
  void saysWhatFailedAheadWhenItIsWanted() throws IOException {
    Move move = Move.none(tensor(DType.BF16, 1_000, 600));
    byte[] bytes = new byte[(int) move.source().length()];
    TensorInfo broken = new TensorInfo("next", DType.U8, Shape.of(2 << 20), 0, 0, 2 << 20);
    FileReader reader = new FileReader(bytes);
    try (TensorMover mover = new TensorMover(8 << 20)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      mover.write(out, reader, move, Move.none(broken));
      assertThat(out.size()).isEqualTo(bytes.length);
      assertThatThrownBy(() -> mover.write(out, reader, Move.none(broken), null))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("'next' is cut off");
    }
  }

  private static TensorInfo tensor(DType dtype, long... lengths) {
    Shape shape = Shape.of(lengths);
    return new TensorInfo("t", dtype, shape, 0, 0, dtype.bytes(shape));
  }

  private static Move randomMove(DType dtype, int rank, int most, SplittableRandom random) {
    int block = dtype.blockElements();
    int axes = block > 1 ? Math.max(rank, 1) : rank;
    long[] lengths = new long[axes];
    long room = Math.max(1, most / dtype.blockBytes());
    for (int axis = 0; axis < axes; axis++) {
      lengths[axis] = random.nextInt(40) == 0 ? 0 : 1 + random.nextLong(Math.min(room, 700));
      room = Math.max(1, room / Math.max(1, lengths[axis]));
    }
    if (block > 1) {
      lengths[axes - 1] *= block;
    }
    int[][] gathers = new int[axes][];
    for (int axis = 0; axis < axes; axis++) {
      int length = (int) lengths[axis];
      if (random.nextInt(3) > 0) {
        int unit = axis == axes - 1 ? block : 1;
        int[] units = Permutation.random(length / unit, random).toArray();
        gathers[axis] = new int[length];
        Arrays.setAll(gathers[axis], i -> units[i / unit] * unit + i % unit);
      }
    }
    return new Move(tensor(dtype, lengths), gathers);
  }

  /** One block at a time, by its coordinates. */
  private static byte[] naive(byte[] bytes, Move move) {
    TensorInfo tensor = move.source();
    int unit = tensor.dtype().blockBytes();
    int block = tensor.dtype().blockElements();
    long[] lengths = tensor.shape().toArray();
    byte[] result = new byte[bytes.length];
    for (int b = 0; b < bytes.length / unit; b++) {
      long element = (long) b * block;
      long source = 0;
      long stride = 1;
      for (int axis = lengths.length - 1; axis >= 0; axis--) {
        int index = (int) (element % lengths[axis]);
        element /= lengths[axis];
        source += stride * (move.gathers()[axis] == null ? index : move.gathers()[axis][index]);
        stride *= lengths[axis];
      }
      System.arraycopy(bytes, (int) (source / block) * unit, result, b * unit, unit);
    }
    return result;
  }

  private static byte[] moved(byte[] bytes, Move move, long budget) throws IOException {
    ArrayReader reader = new ArrayReader(bytes, 16 << 10);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TensorMover.writeTo(out, reader, move, budget);
    assertThat(reader.largest).isLessThanOrEqualTo(Math.max(budget, SMALL_BUDGET) / 2);
    return out.toByteArray();
  }

  private static final class ArrayReader implements TensorReader {
    private final byte[] bytes;
    private final int gap;
    private long largest;
    private long total;

    ArrayReader(byte[] bytes, int gap) {
      this.bytes = bytes;
      this.gap = gap;
    }

    @Override
    public void read(TensorInfo tensor, long firstByte, ByteBuffer target) {
      largest = Math.max(largest, target.remaining());
      total += target.remaining();
      target.put(bytes, (int) firstByte, target.remaining());
    }

    @Override
    public int gapBytes() {
      return gap;
    }

    @Override
    public void close() {}
  }

  /** Reads one at a time from a file. */
  private static final class FileReader implements TensorReader {
    private final byte[] bytes;
    private final AtomicInteger busy = new AtomicInteger();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private long total;

    FileReader(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public void read(TensorInfo tensor, long firstByte, ByteBuffer target) throws IOException {
      assertThat(busy.incrementAndGet()).isOne();
      threads.add(Thread.currentThread());
      if (tensor.offset() + firstByte + target.remaining() > bytes.length) {
        throw new IOException("'" + tensor.name() + "' is cut off");
      }
      total += target.remaining();
      target.put(bytes, (int) (tensor.offset() + firstByte), target.remaining());
      busy.decrementAndGet();
    }

    @Override
    public int gapBytes() {
      return 0;
    }

    @Override
    public void close() {}
  }

  private static final class PatternReader implements TensorReader {
    private final long row;
    private long largest;

    PatternReader(long row) {
      this.row = row;
    }

    @Override
    public void read(TensorInfo tensor, long firstByte, ByteBuffer target) {
      int count = target.remaining();
      largest = Math.max(largest, count);
      assertThat(firstByte / row).isEqualTo((firstByte + count - 1) / row);
      int from = target.arrayOffset() + target.position();
      Arrays.fill(target.array(), from, from + count, (byte) (firstByte / row));
      target.position(target.limit());
    }

    @Override
    public void close() {}
  }

  /** Keeps the run lengths of what is written. */
  private static final class RunStream extends OutputStream {
    private final StringBuilder runs = new StringBuilder();
    private int value = -1;
    private long run;

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      assertThat(
              Arrays.mismatch(bytes, offset, offset + count - 1, bytes, offset + 1, offset + count))
          .isEqualTo(-1);
      if (bytes[offset] != value) {
        value = bytes[offset];
        run = 0;
      }
      run += count;
      if (run == 900_000_000) {
        runs.append(value).append('x').append(run).append(' ');
      }
    }
  }
}
