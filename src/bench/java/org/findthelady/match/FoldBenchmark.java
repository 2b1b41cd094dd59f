package org.findthelady.match;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.match.kernel.Sketch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Decode, fold and norms of 128 MiB of bf16 on one core, beside reading the same bytes and doing
 * nothing; scores are MiB a second.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 6, time = 1)
@Fork(1)
public class FoldBenchmark {
  private static final int ROWS = 16384;
  private static final int COLUMNS = 4096;
  private static final int MEBIBYTES = ROWS * COLUMNS / (1 << 19);
  private static final int LENGTH = 64;
  private static final int BATCH = 64;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final byte[] bytes = new byte[2 * ROWS * COLUMNS];
  private final float[] panel = new float[BATCH * COLUMNS];

  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    for (int at = 0; at < bytes.length; at += 2) {
      bytes[at] = (byte) random.nextInt();
      bytes[at + 1] = (byte) (0x3f ^ (random.nextInt() & 0x80));
    }
  }

  /** The memory's bandwidth, as Java sees it. */
  @Benchmark
  @OperationsPerInvocation(MEBIBYTES)
  public long read() {
    long one = 0;
    long two = 0;
    for (int at = 0; at < bytes.length; at += 16) {
      one += (long) LONGS.get(bytes, at);
      two += (long) LONGS.get(bytes, at + 8);
    }
    return one ^ two;
  }

  /** Values only. */
  @Benchmark
  @OperationsPerInvocation(MEBIBYTES)
  public float decode() {
    for (int row = 0; row < ROWS; row += BATCH) {
      decode(row);
    }
    return panel[7];
  }

  /** Neurons are rows: each is folded by itself. */
  @Benchmark
  @OperationsPerInvocation(MEBIBYTES)
  public double foldRows() {
    Sketch sketch = new Sketch(ROWS, LENGTH, 1);
    for (int row = 0; row < ROWS; row += BATCH) {
      decode(row);
      sketch.addRows(0, row, row + BATCH, panel, COLUMNS, 1);
    }
    sketch.finish();
    return sketch.squares()[5];
  }

  /** Neurons are columns: each row is added to one sum of all neurons. */
  @Benchmark
  @OperationsPerInvocation(MEBIBYTES)
  public double foldColumns() {
    Sketch sketch = new Sketch(COLUMNS, LENGTH, 1);
    for (int row = 0; row < ROWS; row += BATCH) {
      decode(row);
      for (int k = 0; k < BATCH; k++) {
        sketch.addColumn(0, row + k, panel, k * COLUMNS, 1);
      }
    }
    sketch.finish();
    return sketch.squares()[5];
  }

  private void decode(int row) {
    Floats.decode(DType.BF16, bytes, 2 * row * COLUMNS, panel, 0, BATCH * COLUMNS);
  }
}
