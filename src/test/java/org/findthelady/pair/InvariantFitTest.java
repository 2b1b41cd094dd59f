package org.findthelady.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class InvariantFitTest {
  private static final SplittableRandom RANDOM = new SplittableRandom(3);

  @Test
  void twoSamplesOfOneDistributionAreSeldomTooNear() {
    for (int n : new int[] {16, 64, 512}) {
      int near = 0;
      for (int trial = 0; trial < 400; trial++) {
        near += InvariantFit.chance(sample(n), sample(n)) < 0.1 ? 1 : 0;
      }
      assertThat(near).isLessThan(60);
    }
  }

  @Test
  void aSampleWithALittleNoiseIsTooNear() {
    for (int n : new int[] {16, 64, 512}) {
      double[] one = sample(n);
      double[] other =
          Arrays.stream(one).map(x -> x + 0.2 / n * RANDOM.nextGaussian()).sorted().toArray();
      assertThat(InvariantFit.chance(one, other)).isLessThan(0.1);
    }
  }

  @Test
  void samplesOfOtherDistributionsAreFar() {
    for (double distance : new double[] {0.3, 1, 5}) {
      double[] moved = Arrays.stream(sample(512)).map(x -> x + distance).toArray();
      assertThat(InvariantFit.chance(sample(512), moved)).isGreaterThan(0.9);
    }
  }

  @Test
  void fewAxesSayNothing() {
    assertThat(new InvariantFit(3, 0, 0).isChance()).isFalse();
    assertThat(new InvariantFit(40, 4, 40).isChance()).isTrue();
    assertThat(new InvariantFit(40, 8, 70).isChance()).isFalse();
  }

  /** Strangers of one distribution: two of ten axes are alike by chance more often than not. */
  @Test
  void strangersWithTheirShareOfAxesAlikeAreStrangers() {
    int unrelated = 0;
    for (int trial = 0; trial < 100; trial++) {
      double surprise = 0;
      for (int axis = 0; axis < 10; axis++) {
        surprise -= Math.log(Math.min(1, InvariantFit.chance(sample(64), sample(64))));
      }
      unrelated += new InvariantFit(10, 2, surprise).isChance() ? 1 : 0;
    }
    assertThat(unrelated).isGreaterThanOrEqualTo(99);
  }

  /** Samples that are divided by their medians are nearer than samples as they are. */
  @Test
  void manyAxesOfSeededStrangersAreStrangers() {
    double surprise = 0;
    for (int axis = 0; axis < 400; axis++) {
      surprise -= Math.log(Math.min(1, InvariantFit.chanceOfScaled(norms(512), norms(512))));
    }
    assertThat(new InvariantFit(400, 40, surprise).isChance()).isTrue();
  }

  @Test
  void normsOfARelativeAreTooNear() {
    for (int n : new int[] {32, 512}) {
      double[] one = norms(n);
      double[] other = Arrays.stream(one).map(x -> x * (1 + 0.02 / n)).sorted().toArray();
      assertThat(InvariantFit.chanceOfScaled(one, other)).isLessThan(0.01);
    }
  }

  /** Norms of rows of a Gaussian matrix over their median. */
  private static double[] norms(int n) {
    double[] norms = RANDOM.doubles(n).map(x -> 1 + RANDOM.nextGaussian() / 16).sorted().toArray();
    double median = norms[n / 2];
    return Arrays.stream(norms).map(x -> x / median).toArray();
  }

  private static double[] sample(int n) {
    return RANDOM.doubles(n).sorted().toArray();
  }
}
