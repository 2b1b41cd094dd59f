package org.findthelady.match.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SixteenBitCodesTest {
  @Test
  void countsCodesThatDifferInValueAndFindsZerosAtAnyPlaceAndLength() {
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 500; round++) {
      int at = random.nextInt(9);
      int count = random.nextInt(round % 5 == 0 ? 5000 : 40);
      ByteBuffer one = ByteBuffer.allocate(at + 2 * count).order(ByteOrder.LITTLE_ENDIAN);
      ByteBuffer other = ByteBuffer.allocate(at + 2 * count).order(ByteOrder.LITTLE_ENDIAN);
      int expected = 0;
      boolean zeros = false;
      boolean otherZeros = false;
      for (int i = 0; i < count; i++) {
        int a = code(random);
        int b = random.nextBoolean() ? a : code(random);
        one.putShort(at + 2 * i, (short) a);
        other.putShort(at + 2 * i, (short) b);
        boolean zero = a % 0x8000 == 0;
        boolean otherZero = b % 0x8000 == 0;
        expected += a != b && !(zero && otherZero) ? 1 : 0;
        zeros |= zero;
        otherZeros |= otherZero;
      }
      assertThat(SixteenBitCodes.look(one.array(), other.array(), at, count))
          .isEqualTo(new SixteenBitCodes.Look(expected, zeros, otherZeros));
    }
  }

  /** Any code; one in thirty a zero of either sign, as many with a single bit. */
  private static int code(SplittableRandom random) {
    return switch (random.nextInt(60)) {
      case 0 -> 0;
      case 1 -> 0x8000;
      case 2, 3 -> 1 << random.nextInt(16);
      default -> random.nextInt(1 << 16);
    };
  }

  @Test
  void findsAZeroOfEitherSignAtAnyPlaceAndNoOther() {
    SplittableRandom random = new SplittableRandom(2);
    for (int round = 0; round < 500; round++) {
      int at = random.nextInt(9);
      int count = random.nextInt(round % 5 == 0 ? 5000 : 40);
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
