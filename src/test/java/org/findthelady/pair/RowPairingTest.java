package org.findthelady.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RowPairingTest {
  private static final int WIDTH = 32;
  private static final int ROWS = 400;

  private static float[] table(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] table = new float[ROWS * WIDTH];
    for (int i = 0; i < table.length; i++) {
      table[i] = (float) random.nextGaussian();
    }
    return table;
  }

  /** Of 160,000 pairs of 32 numbers some have a cosine of 0.6 by chance. */
  @Test
  void strangersAreNotPairedByChance() throws Exception {
    for (int seed = 0; seed < 5; seed++) {
      RowPairing rows = RowPairing.of(table(seed), table(seed + 100), WIDTH, 1e12);
      assertThat(rows.isPlain()).as("seed " + seed).isTrue();
    }
  }

  @Test
  void rowsThatWereSwappedAreFound() throws Exception {
    float[] ours = table(1);
    float[] theirs = ours.clone();
    System.arraycopy(ours, 7 * WIDTH, theirs, 9 * WIDTH, WIDTH);
    System.arraycopy(ours, 9 * WIDTH, theirs, 7 * WIDTH, WIDTH);
    RowPairing rows = RowPairing.of(ours, theirs, WIDTH, 1e12);
    assertThat(rows.theirs()[7]).isEqualTo(9);
    assertThat(rows.theirs()[9]).isEqualTo(7);
    assertThat(rows.relativeDifference()).isZero();
  }
}
