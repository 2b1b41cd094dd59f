package org.findthelady.match;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.findthelady.match.kernel.Blas;
import org.findthelady.match.kernel.Sketch;
import org.findthelady.match.kernel.SketchScores;
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
 * Products of rows with the best few of each row and column kept, on one core, beside sgemm on
 * square matrices of the cache's size; scores are gigaflop a second.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 6, time = 1)
@Fork(1)
public class ProductBenchmark {
  private static final int ROWS = 4096;
  private static final int SQUARE = 1024;
  private static final int LONG_GIGAFLOP = 34;
  private static final int SHORT_GIGAFLOP = 2;

  private final float[] one = new float[SQUARE * SQUARE];
  private final float[] other = new float[SQUARE * SQUARE];
  private final float[] product = new float[SQUARE * SQUARE];
  private final Sketch here64 = new Sketch(ROWS, 64, 1);
  private final Sketch there64 = new Sketch(ROWS, 64, 1);
  private final Sketch here1024 = new Sketch(ROWS, 1024, 1);
  private final Sketch there1024 = new Sketch(ROWS, 1024, 1);

  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    for (float[] values :
        new float[][] {
          one, other, here64.sums(), there64.sums(), here1024.sums(), there1024.sums()
        }) {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble() - 0.5f;
      }
    }
  }

  /** The multiplier's peak. */
  @Benchmark
  @OperationsPerInvocation(2)
  public float sgemm() {
    Blas.addProduct(false, SQUARE, SQUARE, SQUARE, 1, one, 0, SQUARE, other, 0, SQUARE, product, 0);
    return product[3];
  }

  /** Sketches of 64 sums: 2 gigaflop and 16.8 million scores. */
  @Benchmark
  @OperationsPerInvocation(SHORT_GIGAFLOP)
  public float sketches() {
    return new SketchScores(here64, there64, 3).rows().score(0, 0);
  }

  /** Rows of 1,024 numbers: 34 gigaflop. */
  @Benchmark
  @OperationsPerInvocation(LONG_GIGAFLOP)
  public float block() {
    return new SketchScores(here1024, there1024, 3).rows().score(0, 0);
  }
}
