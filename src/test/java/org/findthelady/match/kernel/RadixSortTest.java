package org.findthelady.match.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RadixSortTest {
  @Test
  void sortsBitForBitAsTheLibraryDoes() {
    Random random = new Random(11);
    RadixSort sort = new RadixSort();
    for (int length : new int[] {0, 1, 2, 511, 512, 513, 70_001, 5000}) {
      float[] values = new float[length];
      for (int i = 0; i < length; i++) {
        values[i] =
            switch (random.nextInt(5)) {
              case 0 -> Float.intBitsToFloat(random.nextInt());
              case 1 -> random.nextBoolean() ? 0f : -0f;
              case 2 -> Float.intBitsToFloat(random.nextInt(1 << 20) | random.nextInt(2) << 31);
              default -> (float) random.nextGaussian();
            };
        if (Float.isNaN(values[i])) {
          values[i] = random.nextBoolean() ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
        }
      }
      float[] expected = values.clone();
      Arrays.sort(expected);
      sort.sort(values);
      assertThat(bits(values)).as("length %d", length).isEqualTo(bits(expected));
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }
}
