package org.findthelady.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InformationLimitTest {
  @Test
  void agreesWithTheNumbersDerivedForThePapersTable() {
    double c = InformationLimit.correlationUnderNoise(10);
    assertThat(InformationLimit.psi(512, 2304, c)).isCloseTo(94.8, within(0.05));
    assertThat(InformationLimit.psi(2048, 512, c)).isCloseTo(12.8, within(0.05));
  }

  @Test
  void hasTheRightLimits() {
    assertThat(InformationLimit.psi(1, 1, 0)).isCloseTo(100, within(1e-9));
    assertThat(InformationLimit.psi(50, 20, 0)).isCloseTo(2, within(1e-9));
    assertThat(InformationLimit.psi(2, 9, 1)).isCloseTo(99.865, within(1e-3));
    assertThat(InformationLimit.psi(4096, 10_000, 0.99)).isCloseTo(100, within(1e-9));
  }

  /** Row-wise maximum on seeded rows; the closed form is for large d, so d is not tiny here. */
  @ParameterizedTest
  @CsvSource({"64, 100, 3", "128, 200, 7", "200, 400, 9"})
  void agreesWithATrial(int neurons, int width, double omega) {
    int right = 0;
    int seeds = 12;
    for (int seed = 0; seed < seeds; seed++) {
      float[] rows = new Gaussians(seed, "rows").floats(neurons * width);
      float[] noisy = rows.clone();
      new Noise(omega, Layers.all(), seed)
          .applyInPlace("w", org.findthelady.core.Shape.of(neurons, width), noisy);
      right += matches(rows, noisy, neurons, width);
    }
    Interval measured = Interval.ofShare(right, (long) seeds * neurons);
    double limit =
        InformationLimit.psi(neurons, width, InformationLimit.correlationUnderNoise(omega));
    assertThat(measured.low() - 1).isLessThan(limit);
    assertThat(measured.high() + 1).isGreaterThan(limit);
  }

  private static int matches(float[] rows, float[] noisy, int neurons, int width) {
    int right = 0;
    for (int j = 0; j < neurons; j++) {
      int best = -1;
      double most = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < neurons; i++) {
        double dot = 0;
        double norm = 0;
        for (int k = 0; k < width; k++) {
          dot += rows[i * width + k] * noisy[j * width + k];
          norm += rows[i * width + k] * rows[i * width + k];
        }
        double cosine = dot / Math.sqrt(norm);
        if (cosine > most) {
          most = cosine;
          best = i;
        }
      }
      right += best == j ? 1 : 0;
    }
    return right;
  }

  @ParameterizedTest
  @CsvSource({"128, 200, 99", "128, 200, 98", "64, 1000, 99.5", "400, 500, 99"})
  void agreesWithATrialOfPruning(int neurons, int width, double percent) {
    int right = 0;
    int seeds = 12;
    for (int seed = 0; seed < seeds; seed++) {
      float[] rows = new Gaussians(seed, "rows").floats(neurons * width);
      float[] pruned = rows.clone();
      new Pruning(percent, Layers.all())
          .applyInPlace("w", org.findthelady.core.Shape.of(neurons, width), pruned);
      right += matches(rows, pruned, neurons, width);
    }
    Interval measured = Interval.ofShare(right, (long) seeds * neurons);
    double limit = InformationLimit.psiUnderPruning(neurons, width, percent);
    assertThat(limit).isBetween(measured.low() - 1, measured.high() + 1);
  }

  @Test
  void littlePruningLosesNothing() {
    assertThat(InformationLimit.psiUnderPruning(512, 2304, 0)).isCloseTo(100, within(1e-6));
    assertThat(InformationLimit.psiUnderPruning(512, 2304, 91)).isCloseTo(100, within(1e-3));
    assertThat(InformationLimit.psiUnderPruning(1, 10, 99)).isEqualTo(100);
  }

  @Test
  void intervalsAreTheTextbooksOnes() {
    Interval wilson = Interval.ofShare(0, 10);
    assertThat(wilson.low()).isEqualTo(0);
    assertThat(wilson.high()).isCloseTo(27.75, within(0.01));
    assertThat(Interval.ofShare(10, 10).high()).isCloseTo(100, within(1e-9));
    Interval mean = Interval.ofMean(1, 2, 3, 4);
    assertThat(mean.middle()).isEqualTo(2.5);
    assertThat(mean.high() - mean.middle()).isCloseTo(2.0542, within(1e-3));
    assertThat(Interval.ofMean(5).contains(1e9)).isTrue();
  }
}
