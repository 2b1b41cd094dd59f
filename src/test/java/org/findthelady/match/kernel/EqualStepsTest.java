package org.findthelady.match.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.findthelady.core.DType;
import org.findthelady.core.FloatRange;
import org.junit.jupiter.api.Test;

class EqualStepsTest {
  private static final int COUNT = 100_000;

  private final float[] from = normal();

  @Test
  void tellsTheBitsOfAGridWhateverItsOffsetAndClipping() {
    for (int bits : new int[] {2, 4, 8, 12}) {
      assertThat(bits(rounded(bits, 0.01f))).as(bits + " bits").isEqualTo(bits);
    }
  }

  /** A grid that was stored as bfloat16 stays one while its steps are wider than that rounding. */
  @Test
  void tellsAGridThatWasStoredWithFewerBits() {
    double roundoff = FloatRange.roundoff(DType.BF16);
    for (int bits : new int[] {2, 3, 4}) {
      float[] stored = bfloat16(rounded(bits, 0.01f));
      assertThat(EqualSteps.bits(from, stored, 0, COUNT, roundoff)).isEqualTo(bits);
    }
    assertThat(EqualSteps.bits(from, bfloat16(from), 0, COUNT, roundoff)).isZero();
    assertThat(EqualSteps.bits(from, bfloat16(rounded(8, 0.01f)), 0, COUNT, roundoff)).isZero();
  }

  private static float[] bfloat16(float[] values) {
    float[] stored = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int bits = Float.floatToRawIntBits(values[i]);
      stored[i] = Float.intBitsToFloat((bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff0000);
    }
    return stored;
  }

  @Test
  void oneNumberThatIsNotTheNearestIsNoRounding() {
    float[] to = rounded(4, 0.01f);
    assertThat(to[5]).isNotEqualTo(to[6]);
    to[5] = to[6];
    assertThat(bits(to)).isZero();
  }

  @Test
  void noiseTooManyLevelsAndWhatIsNoNumberAreNoGrid() {
    SplittableRandom random = new SplittableRandom(2);
    float[] noised = from.clone();
    for (int i = 0; i < COUNT; i++) {
      noised[i] += (float) (0.1 * random.nextGaussian());
    }
    assertThat(bits(noised)).isZero();
    assertThat(bits(rounded(13, 0.01f))).isZero();
    float[] broken = rounded(4, 0.01f);
    broken[3] = Float.NaN;
    assertThat(bits(broken)).isZero();
  }

  @Test
  void looksAtAPartOnly() {
    float[] to = from.clone();
    float[] grid = rounded(3, 0.25f);
    System.arraycopy(grid, 500, to, 500, 64);
    assertThat(EqualSteps.bits(from, to, 500, 64, 0)).isBetween(1, 3);
    assertThat(EqualSteps.bits(from, to, 0, 564, 0)).isZero();
  }

  private int bits(float[] to) {
    return EqualSteps.bits(from, to, 0, COUNT, 0);
  }

  /** Rounded to equal steps from -3 to 3 and a bit, clipped there. */
  private float[] rounded(int bits, float offset) {
    float[] to = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      to[i] = nearest(from[i], bits, offset);
    }
    return to;
  }

  private static float nearest(float value, int bits, float offset) {
    int levels = (1 << bits) - 1;
    double step = (6.0 + offset) / levels;
    double code = Math.max(0, Math.min(levels, Math.rint((value + 3.0) / step)));
    return (float) (code * step - 3);
  }

  private static float[] normal() {
    SplittableRandom random = new SplittableRandom(1);
    float[] values = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
