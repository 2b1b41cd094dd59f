package org.findthelady.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RowPairingTest {
  private static final int ROWS = 40;
  private static final int WIDTH = 16;

  private final float[] ours = new float[ROWS * WIDTH];

  /** Rows from 20 on are nearly one and the same, as those of tokens that were never trained. */
  RowPairingTest() {
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < ours.length; i++) {
      boolean trained = i < 20 * WIDTH;
      ours[i] = (float) (trained ? random.nextGaussian() : 1 + 1e-4 * random.nextGaussian());
    }
  }

  @Test
  void rowsThatHoldTheNumbersOfAnotherOneWereMovedHoweverAlikeBothAre() throws IOException {
    float[] theirs = ours.clone();
    System.arraycopy(ours, 23 * WIDTH, theirs, 31 * WIDTH, WIDTH);
    System.arraycopy(ours, 31 * WIDTH, theirs, 23 * WIDTH, WIDTH);
    RowPairing rows = RowPairing.of(ours, theirs, WIDTH, 1e9);
    assertThat(rows.theirs()[23]).isEqualTo(31);
    assertThat(rows.theirs()[31]).isEqualTo(23);
    assertThat(rows.relativeDifference()).isZero();
  }

  @Test
  void rowsThatNoiseMadeUnlikeThemselvesWereNotMovedToOthersThatAreAsMuchAlike()
      throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    float[] theirs = ours.clone();
    for (int i = 0; i < theirs.length; i++) {
      theirs[i] += (float) (0.7 * random.nextGaussian());
    }
    assertThat(RowPairing.of(ours, theirs, WIDTH, 1e9).isPlain()).isTrue();
  }

  /** Of 160,000 pairs of 32 numbers some have a cosine of 0.6 by chance. */
  @Test
  void strangersAreNotPairedByChance() throws IOException {
    for (int seed = 0; seed < 5; seed++) {
      float[] one = table(seed);
      assertThat(RowPairing.of(one, table(seed + 100), 32, 1e12).isPlain()).isTrue();
    }
  }

  private static float[] table(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] table = new float[400 * 32];
    for (int i = 0; i < table.length; i++) {
      table[i] = (float) random.nextGaussian();
    }
    return table;
  }
}
