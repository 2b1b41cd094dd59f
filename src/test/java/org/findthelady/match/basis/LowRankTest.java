package org.findthelady.match.basis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LowRankTest {
  private static final int ROWS = 2048;
  private static final int WIDTH = 96;

  private final float[] one = normal(1, 1);

  @Test
  void tellsTheRankOfAnAddedProduct() {
    for (int rank : new int[] {1, 4, 16}) {
      assertThat(LowRank.of(one, plus(rank, 0, ROWS), WIDTH, 0)).isEqualTo(rank);
    }
  }

  /** Also where the rows that are looked at first hold rounding alone, or nothing. */
  @Test
  void tellsItWhereOnlyAFewRowsDiffer() {
    float[] moved = plus(8, 1, 7);
    assertThat(LowRank.of(one, moved, WIDTH, 0)).isBetween(5, 6);
    float[] rounded = moved.clone();
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = Math.nextUp(rounded[i]);
    }
    assertThat(LowRank.of(one, rounded, WIDTH, 0)).isBetween(5, 6);
  }

  @Test
  void noiseHasNoLowRank() {
    float[] noised = one.clone();
    float[] noise = normal(2, 1e-3);
    for (int i = 0; i < noised.length; i++) {
      noised[i] += noise[i];
    }
    assertThat(LowRank.of(one, noised, WIDTH, 0)).isZero();
    assertThat(LowRank.of(one, plus(40, 0, ROWS), WIDTH, 0)).isZero();
    assertThat(LowRank.of(one, one, WIDTH, 0)).isZero();
  }

  /** With a product of this rank added to some rows. */
  private float[] plus(int rank, int first, int end) {
    float[] left = normal(3, 1);
    float[] right = normal(4, 1);
    float[] sum = one.clone();
    for (int row = first; row < end; row++) {
      for (int column = 0; column < WIDTH; column++) {
        double added = 0;
        for (int k = 0; k < rank; k++) {
          added += (double) left[row * WIDTH + k] * right[k * WIDTH + column];
        }
        sum[row * WIDTH + column] += (float) added;
      }
    }
    return sum;
  }

  private static float[] normal(long seed, double deviation) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[ROWS * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }
}
