package org.findthelady.discover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.findthelady.core.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowReaderTest {
  private static final int[] SOME = {5, 0, 40, 17};

  /** A tensor whose numbers are their own places, too large to be read whole at once. */
  private static SeededPair counting(Shape shape) {
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return new SeededPair().with("t", shape, values);
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "2"})
  void readsTheSameNumbersOfBothSidesInRangesAndWhole(int axis) throws IOException {
    Shape shape = Shape.of(64, 1200, 48);
    SeededPair pair = counting(shape);
    assertThat(shape.elements()).isGreaterThan(PairedTensors.SMALL);
    int[][] sources = new int[3][];
    for (int other = 0; other < 3; other++) {
      sources[other] = UnitOrder.random(shape.intLength(other), new SplittableRandom(other));
    }
    RowReader reader = new RowReader(new PairedTensors(List.of("t"), pair, pair));
    for (int again = 0; again < 8; again++) {
      RowReader.Rows rows = reader.readSome("t", axis, sources, 100, SOME);
      assertThat(rows.rows()).isEqualTo(SOME.length);
      check(shape, axis, sources, rows);
    }
  }

  private static void check(Shape shape, int axis, int[][] sources, RowReader.Rows rows) {
    long[] strides = RowReader.strides(shape);
    for (int at = 0; at < rows.a().length; at++) {
      long place = (long) rows.a()[at];
      long expected = 0;
      for (int other = 0; other < 3; other++) {
        int digit = (int) (place / strides[other] % shape.length(other));
        if (other == axis) {
          assertThat(digit).isEqualTo(SOME[at / rows.width()]);
        }
        expected += strides[other] * sources[other][digit];
      }
      assertThat((long) rows.b()[at]).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "3", "41"})
  void rowsThatAreEqualTellTheirOrder(int repeated) {
    int rows = 400;
    int width = 16;
    float[] a = new float[rows * width];
    float[] b = new float[a.length];
    Random random = new Random(3);
    int[] order = UnitOrder.random(rows, new SplittableRandom(4));
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < width; k++) {
        a[i * width + k] = i < repeated ? 1 : (float) random.nextGaussian();
        b[order[i] * width + k] = a[i * width + k];
      }
    }
    EqualRows equal = new EqualRows(new RowReader.Rows(a, b, rows, width));
    assertThat(equal.tellOrder()).isEqualTo(repeated < 41);
    int[] found = equal.order();
    assertThat(found).doesNotHaveDuplicates().hasSize(rows);
    for (int i = repeated; i < rows; i++) {
      assertThat(found[i]).isEqualTo(order[i]);
    }
  }
}
