package org.findthelady.match.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CombinedPTest {
  private static final int ROUNDS = 20_000;

  @Test
  void holdsItsLevelOnIndependentAndDependentGroups() {
    for (double correlation : new double[] {0, 0.3, 0.6, 0.9, 0.99}) {
      SplittableRandom random = new SplittableRandom(1);
      int five = 0;
      int one = 0;
      for (int round = 0; round < ROUNDS; round++) {
        double shared = random.nextGaussian();
        List<Double> logs = new ArrayList<>();
        for (int group = 0; group < 20; group++) {
          double z =
              Math.sqrt(correlation) * shared + Math.sqrt(1 - correlation) * random.nextGaussian();
          logs.add(NormalTail.log(z));
        }
        double log = CombinedP.log(logs);
        five += log < Math.log(0.05) ? 1 : 0;
        one += log < Math.log(0.001) ? 1 : 0;
      }
      assertThat(five / (double) ROUNDS)
          .as("correlation " + correlation)
          .isBetween(0.03, correlation == 0 ? 0.055 : 0.075);
      assertThat(one / (double) ROUNDS).as("correlation " + correlation).isLessThan(0.0025);
    }
  }

  @Test
  void oneStrongGroupSuffices() {
    List<Double> logs = new ArrayList<>(Collections.nCopies(99, Math.log(0.7)));
    logs.add(Math.log(1e-12));
    assertThat(CombinedP.log(logs)).isLessThan(Math.log(2e-10));
    logs.set(99, -2000.0);
    assertThat(CombinedP.log(logs)).isLessThan(-1990);
  }

  @Test
  void nothingIsNoEvidence() {
    assertThat(CombinedP.log(List.of())).isZero();
    assertThat(CombinedP.log(List.of(Double.NaN))).isZero();
  }
}
