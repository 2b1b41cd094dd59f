package org.findthelady.match.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.findthelady.core.Permutation;
import org.findthelady.match.Hungarian;
import org.junit.jupiter.api.Test;

class LinearAssignmentTest {
  @Test
  void reachesTheOptimumOfTheSlowOracle() {
    for (int seed = 0; seed < 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int n = 1 + random.nextInt(60);
      boolean coarse = random.nextInt(3) == 0;
      float[] scores = new float[n * n];
      double[][] same = new double[n][n];
      for (int at = 0; at < scores.length; at++) {
        double value = random.nextGaussian() * (random.nextInt(50) == 0 ? 1e6 : 1);
        scores[at] = (float) (coarse ? Math.rint(value) : value);
        same[at / n][at % n] = scores[at];
      }
      int[] chosen = LinearAssignment.greatest(scores, n);
      assertThat(Permutation.ofSources(chosen).size()).isEqualTo(n);
      double total = 0;
      for (int i = 0; i < n; i++) {
        total += scores[i * n + chosen[i]];
      }
      assertThat(total).as("seed %d", seed).isCloseTo(Hungarian.best(same), within(1e-5));
    }
  }

  @Test
  void refusesScoresThatAreNotSquare() {
    assertThatThrownBy(() -> LinearAssignment.greatest(new float[5], 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5 scores for 2 rows");
  }
}
