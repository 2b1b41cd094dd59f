package org.findthelady.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

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
