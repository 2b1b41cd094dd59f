package org.findthelady.match.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.match.Structures;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sums of 16-bit numbers, of which long rows are decoded in an order of their own. */
class TensorPairSumsTest {
  private static final int ROWS = 41;

  private final SplittableRandom random = new SplittableRandom(4);

  @ParameterizedTest
  @CsvSource({
    "BF16, 1024, 1",
    "BF16, 512, 3",
    "BF16, 1000, 1",
    "BF16, 7, 9",
    "F16, 1024, 1",
    "F16, 512, 3"
  })
  void sumsUpEachUnitOfSixteenBitNumbers(DType type, int columns, int kernel) {
    int rest = columns * kernel;
    Group left = Group.root("rows", ROWS);
    Group right = Group.root("columns", columns);
    List<Axis> axes =
        List.of(Structures.all(left), Structures.all(right), Structures.frozen(kernel));
    Map<String, List<Axis>> byName = new LinkedHashMap<>();
    byName.put("weight", axes);
    Structure structure = new Structure("one", List.of(left, right), byName);
    float[] a = new float[ROWS * rest];
    float[] b = new float[a.length];
    byte[] packedA = packed(type, a, 0);
    // All rows but two are the same: few enough for sums of differences by column.
    System.arraycopy(a, 0, b, 0, b.length);
    for (int x = 0; x < rest; x += 3) {
      b[5 * rest + x] = (float) random.nextGaussian();
      b[30 * rest + x] = 0;
    }
    b[6 * rest + 1] = 0;
    byte[] packedB = packed(type, b, 1);

    TensorPairSums sums =
        new TensorPairSums("weight", Shape.of(ROWS, columns, kernel), axes, type, type, 8);
    for (int first = 0; first < ROWS; first += 8) {
      int count = Math.min(8, ROWS - first);
      sums.add(
          first,
          count,
          part(packedA, first * rest, count * rest),
          part(packedB, first * rest, count * rest));
    }
    TensorPairResult found = sums.result(structure);

    long different = 0;
    long zeros = 0;
    for (int i = 0; i < a.length; i++) {
      different += a[i] == b[i] ? 0 : 1;
      zeros += b[i] == 0 ? 1 : 0;
    }
    assertThat(found.comparison().different()).isEqualTo(different);
    assertThat(found.comparison().suspectZeroShare()).isEqualTo(zeros / (double) b.length);
    for (AxisSums axis : found.axes()) {
      int units = axis.axis() == 0 ? ROWS : columns;
      double[] dots = new double[units];
      double[] there = new double[units];
      double[] gaps = new double[units];
      for (int i = 0; i < a.length; i++) {
        int unit = axis.axis() == 0 ? i / rest : i % rest / kernel;
        dots[unit] += (double) a[i] * b[i];
        there[unit] += (double) b[i] * b[i];
        gaps[unit] += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
      }
      for (int unit = 0; unit < units; unit++) {
        assertThat(axis.dots()[unit]).isCloseTo((float) dots[unit], within(1e-4f * rest));
        assertThat(axis.suspectSquares()[unit])
            .isCloseTo((float) there[unit], within(1e-5f * (float) there[unit]));
        assertThat(axis.gap(unit))
            .isCloseTo((float) gaps[unit], within(1e-5f * (float) gaps[unit]));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1024", "30"})
  void countsRowsThatAreNotFiniteApart(int columns) {
    float[] a = new float[4 * columns];
    byte[] here = packed(DType.BF16, a, 0);
    float[] b = a.clone();
    b[columns + 3] = Float.NaN;
    b[2 * columns + 5] = -b[2 * columns + 5];
    byte[] there = packed(DType.BF16, b, 1);
    Group rows = Group.root("rows", 4);
    Group within = Group.root("columns", columns);
    List<Axis> axes = List.of(Structures.all(rows), Structures.all(within));
    TensorPairSums sums =
        new TensorPairSums("weight", Shape.of(4, columns), axes, DType.BF16, DType.BF16, 4);
    sums.add(0, 4, here, there);
    TensorComparison comparison =
        sums.result(new Structure("one", List.of(rows, within), Map.of("weight", axes)))
            .comparison();
    assertThat(comparison.notFinite()).isEqualTo(1);
    assertThat(comparison.different()).isEqualTo(1);
    assertThat(comparison.kept()).isEqualTo(a.length - 1);
  }

  /** Fills numbers at random where {@code keep} is 0, and rounds them to the type. */
  private byte[] packed(DType type, float[] values, int keep) {
    for (int i = 0; i < values.length && keep == 0; i++) {
      values[i] = (float) random.nextGaussian() + 0.5f;
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    Floats.encode(type, values, 0, values.length, bytes);
    Floats.decode(type, bytes.array(), 0, values, 0, values.length);
    return bytes.array();
  }

  private static byte[] part(byte[] packed, int from, int count) {
    return Arrays.copyOfRange(packed, 2 * from, 2 * (from + count));
  }
}
