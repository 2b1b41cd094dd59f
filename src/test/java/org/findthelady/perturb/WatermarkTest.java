package org.findthelady.perturb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.findthelady.core.Permutation;
import org.findthelady.core.Shape;
import org.junit.jupiter.api.Test;

class WatermarkTest {
  private static final Shape SHAPE = Shape.of(48, 32, 3, 3);
  private static final Watermark MARK = new Watermark("a secret", "conv2.weight", 64);

  private static float[] weights() {
    float[] values = new Gaussians(1, "w").floats(48 * 288);
    for (int i = 0; i < values.length; i++) {
      values[i] *= 0.05f;
    }
    return values;
  }

  private static float[] marked() {
    float[] marked = weights();
    MARK.embedInPlace(SHAPE, marked, 2);
    return marked;
  }

  private static float[] permutedFilters(float[] weights, Permutation order) {
    float[] permuted = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      permuted[i] = weights[order.source(i / 288) * 288 + i % 288];
    }
    return permuted;
  }

  private static float[] permutedInputs(float[] weights, Permutation order) {
    float[] permuted = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      permuted[i] = weights[i / 288 * 288 + order.source(i / 9 % 32) * 9 + i % 9];
    }
    return permuted;
  }

  @Test
  void unmarkedWeightsReadAsChance() {
    int errors = 0;
    for (int k = 0; k < 40; k++) {
      errors += new Watermark("key " + k, "l", 64).read(SHAPE, weights()).errors();
    }
    assertThat(errors / (40 * 64.0)).isCloseTo(0.5, within(0.04));
  }

  @Test
  void everyBitHasItsMarginAfterASmallChange() {
    float[] before = weights();
    float[] after = marked();
    WatermarkReading reading = MARK.read(SHAPE, after);
    assertThat(reading.errors()).isZero();
    assertThat(reading.pValue()).isCloseTo(Math.pow(0.5, 64), within(1e-24));
    assertThat(reading.correlation()).isGreaterThan(0.9);
    double change = 0;
    double all = 0;
    for (int i = 0; i < before.length; i++) {
      change += Math.pow(after[i] - before[i], 2);
      all += before[i] * before[i];
    }
    assertThat(Math.sqrt(change / all)).isBetween(0.01, 0.2);
  }

  @Test
  void permutingTheLayersOwnFiltersIsVacuous() {
    Permutation order = Permutation.random(48, new SplittableRandom(3));
    assertThat(order.longestCycle()).isGreaterThan(5);
    assertThat(MARK.read(SHAPE, permutedFilters(marked(), order)).errors()).isZero();
  }

  @Test
  void permutingTheLayerBeforeErasesItAndTheInverseBringsItBack() {
    int errors = 0;
    for (int seed = 0; seed < 20; seed++) {
      Permutation order = Permutation.random(32, new SplittableRandom(seed));
      float[] attacked = permutedInputs(marked(), order);
      errors += MARK.read(SHAPE, attacked).errors();
      float[] back = permutedInputs(attacked, order.inverse());
      assertThat(MARK.read(SHAPE, back).errors()).isZero();
    }
    assertThat(errors / (20 * 64.0)).isCloseTo(0.5, within(0.07));
  }

  @Test
  void anotherKeyReadsChance() {
    WatermarkReading reading = new Watermark("guess", "conv2.weight", 64).read(SHAPE, marked());
    assertThat(reading.errors()).isBetween(16, 48);
    assertThat(reading.pValue()).isGreaterThan(1e-4);
  }

  @Test
  void smallestChangeIsTheShortestOneThatMeetsTheBounds() {
    // x + y >= 2 and x >= -5: the nearest point to 0 is (1, 1); the second is not active.
    assertThat(SmallestChange.meeting(new float[] {1, 1, 1, 0}, new double[] {2, -5}, 2))
        .containsExactly(new double[] {1, 1}, within(1e-8));
    // Both active: x >= 3 and x + y >= 1 with y free below: (3, 0).
    assertThat(SmallestChange.meeting(new float[] {1, 1, 1, 0}, new double[] {1, 3}, 2))
        .containsExactly(new double[] {3, 0}, within(1e-8));
  }

  @Test
  void refusesMoreBitsThanNumbersAndHidesTheKey() {
    Watermark large = new Watermark("k", "l", 300);
    assertThatThrownBy(() -> large.embedInPlace(SHAPE, weights(), 1))
        .hasMessageContaining("300 bits in 288");
    assertThat(MARK.embedding(2).description()).doesNotContain("secret");
  }
}
