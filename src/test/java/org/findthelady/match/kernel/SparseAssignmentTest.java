package org.findthelady.match.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.findthelady.core.Permutation;
import org.findthelady.match.Hungarian;
import org.findthelady.match.task.ScoreBlock;
import org.junit.jupiter.api.Test;

class SparseAssignmentTest {
  @Test
  void reachesTheFullOptimumFromShortLists() throws Exception {
    for (int seed = 0; seed < 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int n = 1 + random.nextInt(60);
      double[][] score = new double[n][n];
      Permutation truth = Permutation.random(n, random);
      double signal = random.nextInt(4) * 0.5;
      boolean coarse = random.nextInt(3) == 0;
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          double value = random.nextGaussian() + (truth.source(i) == j ? signal : 0);
          score[i][j] = (float) (coarse ? Math.rint(value) : value);
        }
      }
      int[] chosen = solve(score, 2);
      assertThat(Permutation.ofSources(chosen).size()).isEqualTo(n);
      double total = 0;
      for (int i = 0; i < n; i++) {
        total += score[i][chosen[i]];
      }
      assertThat(total).as("seed %d", seed).isCloseTo(Hungarian.best(score), within(1e-6));
    }
  }

  @Test
  void keepsRowsThatMustNotBeChosenOutOfTheWay() throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    int n = 40;
    double[][] score = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        boolean broken = i == 7 || j == 11;
        score[i][j] = broken ? ScoreBlock.IMPOSSIBLE : (i == j ? 1 : random.nextDouble() * 0.4);
      }
    }
    int[] chosen = solve(score, 3);
    for (int i = 0; i < n; i++) {
      if (i != 7 && i != 11) {
        assertThat(chosen[i]).isEqualTo(i);
      }
    }
  }

  private static int[] solve(double[][] score, int keep) throws Exception {
    int n = score.length;
    return SparseAssignment.solve(
        lists(score, allRows(n), Math.min(n, keep)), (rows, length) -> lists(score, rows, length));
  }

  private static int[] allRows(int n) {
    return Permutation.identity(n).toArray();
  }

  private static TopLists lists(double[][] score, int[] rows, int length) {
    TopLists lists = new TopLists(rows.length, length);
    for (int k = 0; k < rows.length; k++) {
      for (int j = 0; j < score.length; j++) {
        lists.offer(k, j, (float) score[rows[k]][j]);
      }
    }
    return lists;
  }
}
