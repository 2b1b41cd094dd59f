package org.findthelady.match.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.junit.jupiter.api.Test;

class RoundedPartsTest {
  private static final int ROWS = 24;
  private static final int WIDTH = 36;

  private final float[] from = normal();

  @Test
  void tellsGridsOfRowsColumnsAndBlocks() {
    assertThat(parts(rounded(WIDTH, 1, 8))).isEqualTo("8 bits, equal steps, a row each");
    assertThat(parts(rounded(ROWS, WIDTH, 8))).isEqualTo("8 bits, equal steps, a column each");
    assertThat(parts(rounded(32, 1, 4))).isEqualTo("4 bits, equal steps, blocks of 32");
    assertThat(parts(rounded(ROWS * WIDTH, 1, 4))).isEqualTo("4 bits, equal steps");
  }

  /** As a depthwise kernel of Keras has its channels, and a dense one its inputs. */
  @Test
  void tellsGridsOfAMiddleAxisAndBlocksOfAColumn() {
    RoundedParts middle =
        RoundedParts.of(from, rounded(ROWS, WIDTH, 4), Shape.of(ROWS / 3, 3, WIDTH, 1), 0);
    assertThat(middle).isEqualTo(new RoundedParts(4, "equal steps, an index of axis 3 each"));
    float[] turned = turned(from, WIDTH);
    float[] blocks = turned(minMax(turned, 32, 4), from.length / WIDTH);
    RoundedParts column = RoundedParts.of(from, blocks, shape(from, WIDTH), 0);
    assertThat(column).isEqualTo(new RoundedParts(4, "equal steps, blocks of 32 of a column"));
  }

  private static Shape shape(float[] values, int width) {
    return Shape.of(values.length / width, width);
  }

  private static float[] turned(float[] values, int width) {
    float[] turned = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      turned[i % width * (values.length / width) + i / width] = values[i];
    }
    return turned;
  }

  @Test
  void tellsBlocksOfLevelsThatAreNotEquallySpaced() {
    float[] levels = {-1, -0.6f, -0.37f, -0.21f, -0.09f, 0, 0.11f, 0.26f, 0.44f, 0.63f, 1};
    float[] to = from.clone();
    for (int block = 0; block < to.length; block += 64) {
      int end = Math.min(to.length, block + 64);
      float scale = most(block, end, 1);
      for (int i = block; i < end; i++) {
        float best = 0;
        for (float level : levels) {
          best =
              Math.abs(from[i] - level * scale) < Math.abs(from[i] - best) ? level * scale : best;
        }
        to[i] = best;
      }
    }
    assertThat(parts(to)).startsWith("4 bits, levels of any distance, blocks of");
  }

  @Test
  void tellsEightBitFloatsWithAScaleForEachRow() {
    for (int line : new int[] {WIDTH, ROWS * WIDTH}) {
      float[] to = new float[from.length];
      for (int at = 0; at < to.length; at += line) {
        float scale = most(at, at + line, 1) / 448;
        ByteBuffer packed = ByteBuffer.allocate(line);
        float[] scaled = new float[line];
        for (int i = 0; i < line; i++) {
          scaled[i] = from[at + i] / scale;
        }
        Floats.encode(DType.F8_E4M3, scaled, 0, line, packed);
        Floats.decode(DType.F8_E4M3, packed.flip(), to, at, line);
        for (int i = at; i < at + line; i++) {
          to[i] *= scale;
        }
      }
      String each = line == WIDTH ? ", a row each" : "";
      assertThat(parts(to)).isEqualTo("8 bits, 8-bit floats times a scale" + each);
      to[7] *= 1.2f;
      assertThat(parts(to)).doesNotContain("8-bit floats");
    }
  }

  /** Few numbers, and steps that hardly any two of them are apart. */
  @Test
  void tellsGridsOfShortRows() {
    for (int width : new int[] {8, 9, 12, 18, 27}) {
      int whole = from.length / width * width;
      float[] ours = Arrays.copyOf(from, whole);
      for (int bits : new int[] {2, 3, 4, 6, 8}) {
        RoundedParts parts =
            RoundedParts.of(ours, minMax(ours, width, bits), shape(ours, width), 0);
        assertThat(parts).as("%d bits of %d", bits, width).isNotNull();
        assertThat(parts.bits()).isEqualTo(bits);
        assertThat(parts.where()).isEqualTo("equal steps, a row each");
      }
    }
  }

  /** A row's largest number stays; others become as large, or zero. */
  @Test
  void tellsShortRowsOfThreeLevels() {
    float[] ours = Arrays.copyOf(from, 16 * 9);
    for (int i = 0; i < ours.length; i++) {
      ours[i] *= ours[i] * ours[i];
    }
    for (int i = 0; i < 9; i++) {
      ours[i] = 0.6f + i / 20f; // becomes one level
    }
    float[] to = ours.clone();
    float[] pruned = ours.clone();
    for (int row = 0; row < to.length; row += 9) {
      float most = 0;
      for (int i = row; i < row + 9; i++) {
        most = Math.max(most, Math.abs(ours[i]));
      }
      for (int i = row; i < row + 9; i++) {
        to[i] = Math.round(ours[i] / most) * most;
        pruned[i] = to[i] == 0 ? 0 : ours[i];
      }
    }
    assertThat(RoundedParts.of(ours, to, shape(ours, 9), 0))
        .isEqualTo(new RoundedParts(2, "equal steps, a row each"));
    assertThat(RoundedParts.of(ours, pruned, shape(ours, 9), 0)).isNull();
  }

  @Test
  void shortRowsThatWereNoisedClippedOrMostlyPrunedAreOnNoGrid() {
    SplittableRandom random = new SplittableRandom(5);
    for (int width : new int[] {4, 8, 9}) {
      float[] ours = Arrays.copyOf(from, from.length / width * width);
      float[] noised = ours.clone();
      float[] clipped = ours.clone();
      float[] pruned = ours.clone();
      for (int i = 0; i < ours.length; i++) {
        noised[i] += (float) (1e-3 * random.nextGaussian());
        clipped[i] = Math.max(-0.7f, Math.min(0.7f, ours[i]));
        pruned[i] = Math.abs(ours[i]) < 1.5 ? 0 : ours[i] * 1.001f;
      }
      for (float[] to : List.of(noised, clipped, pruned)) {
        assertThat(RoundedParts.of(ours, to, shape(ours, width), 0)).isNull();
      }
    }
  }

  /** Rows of zeros do not count: rounding leaves them as they are. */
  @Test
  void fewRoundedRowsAreNoRoundingOfTheTensor() {
    float[] rounded = rounded(WIDTH, 1, 4);
    float[] to = from.clone();
    System.arraycopy(rounded, 0, to, 0, 2 * WIDTH);
    assertThat(parts(to)).isEqualTo("none");
    float[] ours = Arrays.copyOf(from, from.length);
    Arrays.fill(ours, 2 * WIDTH, ours.length, 0);
    Arrays.fill(to, 2 * WIDTH, to.length, 0);
    RoundedParts parts = RoundedParts.of(ours, to, shape(ours, WIDTH), 0);
    assertThat(parts).isNotNull();
    assertThat(parts.bits()).isEqualTo(4);
  }

  /** Rounds runs of numbers to equal steps from the least to the greatest. */
  private static float[] minMax(float[] from, int width, int bits) {
    float[] to = new float[from.length];
    for (int at = 0; at < from.length; at += width) {
      float[] row = Arrays.copyOfRange(from, at, at + width);
      Arrays.sort(row);
      double step = ((double) row[width - 1] - row[0]) / ((1 << bits) - 1);
      for (int i = at; i < at + width; i++) {
        to[i] = (float) (Math.rint((from[i] - row[0]) / step) * step + row[0]);
      }
    }
    return to;
  }

  @Test
  void noisePruningAndOneNumberThatIsNotTheNearestAreNoRounding() {
    SplittableRandom random = new SplittableRandom(4);
    float[] noised = from.clone();
    float[] pruned = from.clone();
    for (int i = 0; i < from.length; i++) {
      noised[i] += (float) (0.01 * random.nextGaussian());
      pruned[i] = Math.abs(pruned[i]) < 0.7 ? 0 : pruned[i];
    }
    float[] edited = rounded(WIDTH, 1, 4);
    edited[5] += 1;
    assertThat(parts(noised)).isEqualTo("none");
    assertThat(parts(pruned)).isEqualTo("none");
    assertThat(parts(edited)).isEqualTo("none");
  }

  private String parts(float[] to) {
    RoundedParts parts = RoundedParts.of(from, to, shape(from, WIDTH), 0);
    return parts == null ? "none" : parts.bits() + " bits, " + parts.where();
  }

  /** Rounds runs of {@code count} numbers, each {@code stride} apart, to symmetric steps. */
  private float[] rounded(int count, int stride, int bits) {
    float[] to = new float[from.length];
    int lines = (from.length + count - 1) / count;
    for (int line = 0; line < lines; line++) {
      int first = stride == 1 ? line * count : line;
      int end = stride == 1 ? Math.min(from.length, first + count) : from.length;
      double step = most(first, end, stride) / ((1 << (bits - 1)) - 1.0);
      for (int i = first; i < end; i += stride) {
        to[i] = (float) (Math.rint(from[i] / step) * step);
      }
    }
    return to;
  }

  private float most(int first, int end, int stride) {
    float most = 0;
    for (int i = first; i < end; i += stride) {
      most = Math.max(most, Math.abs(from[i]));
    }
    return most;
  }

  private static float[] normal() {
    SplittableRandom random = new SplittableRandom(3);
    float[] values = new float[ROWS * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
