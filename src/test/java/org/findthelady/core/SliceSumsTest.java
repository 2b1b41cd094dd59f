package org.findthelady.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SliceSumsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 5, 7, 24})
  void addsUpEverySliceOfNumbersThatComeInPieces(int piece) {
    float[] values = new float[24];
    double[][] expected = {new double[2], new double[3], new double[4]};
    for (int i = 0; i < values.length; i++) {
      values[i] = i == 5 ? Float.NaN : i;
      double square = i == 5 ? 0 : (double) i * i;
      expected[0][i / 12] += square;
      expected[1][i / 4 % 3] += square;
      expected[2][i % 4] += square;
    }
    SliceSums sums = new SliceSums(Shape.of(2, 3, 4), true);
    for (int from = 0; from < values.length; from += piece) {
      int count = Math.min(piece, values.length - from);
      float[] some = new float[count + 3];
      System.arraycopy(values, from, some, 0, count);
      sums.add(some, count);
    }
    assertThat(sums.sums()).isDeepEqualTo(expected);
  }
}
