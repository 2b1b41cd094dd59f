package org.findthelady.match.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SixteenBitCodesTest {
  @Test
  void countsCodesThatDifferInAnyBitAtAnyPlaceAndLength() {
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 200; round++) {
      int at = random.nextInt(9);
      int count = random.nextInt(40);
      byte[] one = new byte[at + 2 * count];
      random.nextBytes(one);
      byte[] other = one.clone();
      int expected = 0;
      for (int i = 0; i < count; i++) {
        if (random.nextBoolean()) {
          other[at + 2 * i + random.nextInt(2)] ^= (byte) (1 << random.nextInt(8));
          expected++;
        }
      }
      assertThat(SixteenBitCodes.different(one, other, at, count)).isEqualTo(expected);
    }
  }

  @Test
  void findsAZeroOfEitherSignAtAnyPlaceAndNoOther() {
    SplittableRandom random = new SplittableRandom(2);
    for (int round = 0; round < 500; round++) {
      int at = random.nextInt(9);
      int count = random.nextInt(40);
      byte[] codes = new byte[at + 2 * count];
      for (int i = 0; i < count; i++) {
        codes[at + 2 * i + random.nextInt(2)] = (byte) (1 << random.nextInt(7));
      }
      assertThat(SixteenBitCodes.anyZero(codes, at, count)).isFalse();
      if (count > 0) {
        int zero = at + 2 * random.nextInt(count);
        codes[zero] = 0;
        codes[zero + 1] = (byte) (random.nextBoolean() ? 0x80 : 0);
        assertThat(SixteenBitCodes.anyZero(codes, at, count)).isTrue();
      }
    }
  }
}
