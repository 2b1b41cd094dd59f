package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntBinaryOperator;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The vector kernel against decoding first, and both against sums in double precision. */
class PackedFoldTest {
  private static final long SEED = 9;
  private static final long STREAM = 5;

  @BeforeEach
  void needsTheKernel() {
    assumeThat(FoldKernel.fastest()).isPresent();
  }

  /** Of one kind: plain values, or now and then what single precision cannot square. */
  private static byte[] packed(int count, String kind, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      double value = random.nextGaussian();
      values[i] =
          (float)
              switch (kind) {
                case "tiny" -> 1e-30 * value;
                case "subnormal" -> 1e-39 * value;
                case "huge" -> 1e25 * value;
                case "mixed" -> random.nextInt(50) == 0 ? 1e17 * value : 1e-20 * value;
                case "zero" -> 0;
                default -> value;
              };
      if (kind.equals("odd") && random.nextInt(200) == 0) {
        values[i] = random.nextBoolean() ? Float.NaN : Float.NEGATIVE_INFINITY;
      }
    }
    byte[] bytes = new byte[2 * count + PackedFold.SPARE_BYTES];
    Arrays.fill(bytes, (byte) 0x7f);
    Floats.encode(DType.BF16, values, 0, count, ByteBuffer.wrap(bytes, 0, 2 * count));
    return bytes;
  }

  private static float[] decoded(byte[] packed, int count) {
    float[] values = new float[count];
    Floats.decode(DType.BF16, packed, 0, values, 0, count);
    return values;
  }

  /** Sums, squares and sums of absolute values in double precision. */
  private record Oracle(double[][] sums, double[][] sizes, double[] squares) {
    static Oracle of(
        int rows, int columns, int length, float weight, IntBinaryOperator at, float[] values) {
      Buckets buckets = new Buckets(SEED, STREAM, length);
      Oracle oracle =
          new Oracle(new double[rows][length], new double[rows][length], new double[rows]);
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          double value = values[at.applyAsInt(row, column)];
          double signed = Math.sqrt(weight) * (buckets.negative(column) ? -value : value);
          oracle.sums[row][buckets.bucket(column)] += signed;
          oracle.sizes[row][buckets.bucket(column)] += Math.abs(signed);
          oracle.squares[row] += weight * value * value;
        }
      }
      return oracle;
    }

    void assertHolds(Sketch sketch, boolean squaresHold) {
      int length = sketch.length();
      for (int row = 0; row < squares.length; row++) {
        double square = sketch.squares()[row];
        if (squaresHold && Double.isFinite(squares[row])) {
          assertThat(Math.abs(square - squares[row]))
              .isLessThanOrEqualTo(21 * 0x1p-24 * squares[row]);
        } else if (squaresHold) {
          assertThat(Double.valueOf(square)).isEqualTo(Double.valueOf(squares[row]));
        }
        for (int k = 0; k < length; k++) {
          double sum = sketch.sums()[row * length + k];
          if (Double.isFinite(sums[row][k])) {
            assertThat(Math.abs(sum - sums[row][k]))
                .isLessThanOrEqualTo(1e-5 * sizes[row][k] + 1e-44);
          } else {
            assertThat(Double.isFinite(sum)).isFalse();
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1,256,64,plain", "15,1000,64,plain", "16,257,64,odd", "17,4096,128,plain", "33,3,256,plain",
    "100,2000,256,mixed", "250,300,64,tiny", "31,900,64,zero", "48,700,64,huge", "5,9000,1024,plain"
  })
  void addsColumns(int rows, int columns, int length, String kind) {
    byte[] packed = packed(rows * columns, kind, 3);
    float[] values = decoded(packed, rows * columns);
    int[] order = order(columns);
    int[] placeOf = new int[columns];
    for (int k = 0; k < columns; k++) {
      placeOf[order[k]] = k;
    }
    float weight = 0.3f;
    Sketch quick = new Sketch(rows, length, SEED);
    PackedFold fold = PackedFold.of(quick).orElseThrow();
    Sketch plain = new Sketch(rows, length, SEED);
    int half = columns / 2;
    fold.addColumns(STREAM, order, 0, half, packed, 0, weight);
    fold.addColumns(STREAM, order, half, columns - half, packed, 2 * half * rows, weight);
    for (int k = 0; k < columns; k++) {
      plain.addColumn(STREAM, order[k], values, k * rows, weight);
    }
    fold.finish();
    quick.finish();
    plain.finish();
    Oracle oracle =
        Oracle.of(
            rows, columns, length, weight, (row, column) -> placeOf[column] * rows + row, values);
    boolean single = kind.equals("plain") || kind.equals("zero") || kind.equals("odd");
    oracle.assertHolds(quick, single);
    oracle.assertHolds(plain, single);
    if (kind.equals("huge")) {
      assertThat(quick.squares()).containsOnly(Double.POSITIVE_INFINITY);
      assertThat(plain.squares()).containsOnly(Double.POSITIVE_INFINITY);
    }
  }

  private static int[] order(int count) {
    int[] order = new int[count];
    SplittableRandom random = new SplittableRandom(8);
    for (int i = 0; i < count; i++) {
      int k = random.nextInt(i + 1);
      order[i] = order[k];
      order[k] = i;
    }
    return order;
  }

  @ParameterizedTest
  @CsvSource({
    "1,256,64,plain", "9,1000,64,plain", "16,257,64,odd", "17,4096,128,plain", "33,1111,256,plain",
    "40,2000,256,mixed", "25,300,64,tiny", "31,900,64,zero", "48,700,64,huge",
        "20,600,64,subnormal",
    "5,9001,1024,plain", "3,64,64,plain"
  })
  void addsRows(int rows, int columns, int length, String kind) {
    byte[] packed = packed(rows * columns, kind, 4);
    float[] values = decoded(packed, rows * columns);
    float weight = 2.5f;
    Sketch quick = new Sketch(rows, length, SEED);
    PackedFold fold = PackedFold.of(quick).orElseThrow();
    Sketch plain = new Sketch(rows, length, SEED);
    int half = rows / 2;
    fold.addRows(STREAM, 0, half, packed, 0, columns, weight);
    fold.addRows(STREAM, half, rows, packed, 2 * half * columns, columns, weight);
    plain.addRows(STREAM, 0, rows, values, columns, weight);
    fold.finish();
    quick.finish();
    plain.finish();
    Oracle oracle =
        Oracle.of(rows, columns, length, weight, (row, column) -> row * columns + column, values);
    oracle.assertHolds(quick, true);
    oracle.assertHolds(plain, true);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void changesStreamsAndWidths(long seed) {
    int rows = 12;
    SplittableRandom random = new SplittableRandom(seed);
    Sketch quick = new Sketch(rows, 64, SEED);
    PackedFold fold = PackedFold.of(quick).orElseThrow();
    Sketch plain = new Sketch(rows, 64, SEED);
    for (int stream = 0; stream < 6; stream++) {
      int columns = 200 + random.nextInt(900);
      byte[] packed = packed(rows * columns, "plain", stream);
      float[] values = decoded(packed, rows * columns);
      float weight = 1 + stream;
      if (random.nextBoolean()) {
        fold.addRows(stream, 0, rows, packed, 0, columns, weight);
        plain.addRows(stream, 0, rows, values, columns, weight);
      } else {
        fold.addColumns(stream, order(columns), 0, columns, packed, 0, weight);
        int[] order = order(columns);
        for (int k = 0; k < columns; k++) {
          plain.addColumn(stream, order[k], values, k * rows, weight);
        }
      }
    }
    fold.finish();
    quick.finish();
    plain.finish();
    for (int row = 0; row < rows; row++) {
      assertThat(quick.squares()[row] / plain.squares()[row] - 1).isBetween(-3e-6, 3e-6);
    }
    for (int k = 0; k < 64 * rows; k++) {
      assertThat(quick.sums()[k] - plain.sums()[k]).isBetween(-1e-3f, 1e-3f);
    }
  }
}
