package org.findthelady.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
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

  @Test
  void ofRowsThatAreNearlyOneAndTheSameThoseAreGoneWhoseNumbersAreGone() throws IOException {
    float[] theirs = new float[(ROWS - 2) * WIDTH];
    int at = 0;
    for (int row = 0; row < ROWS; row++) {
      if (row != 23 && row != 31) {
        System.arraycopy(ours, row * WIDTH, theirs, at++ * WIDTH, WIDTH);
      }
    }
    int[] found = RowPairing.of(ours, theirs, WIDTH, 1e9).theirs();
    for (int row = 0; row < ROWS; row++) {
      assertThat(found[row] < 0).as("row " + row).isEqualTo(row == 23 || row == 31);
    }
  }

  @Test
  void rowsUnderNoiseLargerThanTheirNumbersStayWhereTheyLie() throws IOException {
    for (int seed = 0; seed < 10; seed++) {
      float[] one = table(seed);
      float[] noised = one.clone();
      SplittableRandom random = new SplittableRandom(50 + seed);
      for (int i = 0; i < noised.length; i++) {
        // Half of the rows are much alike, as those of tokens that were never trained.
        one[i] = i / 32 % 2 == 0 ? one[i] : one[i % 32] + 0.3f * one[i];
        noised[i] = one[i] + 1.5f * (float) random.nextGaussian();
      }
      assertThat(RowPairing.of(one, noised, 32, 1e12).isPlain()).as("seed " + seed).isTrue();
    }
  }

  /** Of 160,000 pairs of 32 numbers some have a cosine of 0.6 by chance. */
  @Test
  void strangersAreNotPairedByChance() throws IOException {
    for (int seed = 0; seed < 5; seed++) {
      float[] one = table(seed);
      assertThat(RowPairing.of(one, table(seed + 100), 32, 1e12).isPlain()).isTrue();
    }
  }

  /** All rows that were never trained are most like the one of them that drifted least. */
  @Test
  void rowsThatAnAdapterDriftedApartStayWhereTheyLie() throws IOException {
    SplittableRandom random = new SplittableRandom(4);
    int width = 4 * WIDTH;
    float[] one = new float[ROWS * width];
    for (int i = 0; i < one.length; i++) {
      one[i] = (float) (1 + 1e-4 * random.nextGaussian());
    }
    float[] drifted = one.clone();
    double[] down = random.doubles(width, -1, 1).toArray();
    for (int row = 0; row < ROWS; row++) {
      double up = row == 31 ? 1.3 : random.nextDouble(5, 9);
      for (int i = 0; i < width; i++) {
        drifted[row * width + i] += (float) (up * down[i]);
      }
    }
    assertThat(RowPairing.of(one, drifted, width, 1e9).isPlain()).isTrue();
  }

  @Test
  void rowsThatNoiseMadeUnlikeThemselvesStayBeforeRowsThatWereAdded() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      float[] theirs = Arrays.copyOf(ours, ours.length + 3 * WIDTH);
      for (int i = 0; i < theirs.length; i++) {
        theirs[i] += (float) ((i < ours.length ? 0.7 : 1) * random.nextGaussian());
      }
      RowPairing rows = RowPairing.of(ours, theirs, WIDTH, 1e9);
      assertThat(rows.theirs()).as("seed " + seed).isEqualTo(IntStream.range(0, ROWS).toArray());
      assertThat(rows.added()).containsExactly(ROWS, ROWS + 1, ROWS + 2);
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
