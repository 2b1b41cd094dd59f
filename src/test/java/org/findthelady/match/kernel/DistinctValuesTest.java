package org.findthelady.match.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.findthelady.core.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistinctValuesTest {
  private static final int LIMIT = 1 << 12;

  /** Many numbers of a type: up to twice as many as its significant bits tell apart. */
  @ParameterizedTest
  @CsvSource({"BF16,512", "F16,4096"})
  void countsCodesAsNumbersHoweverManyTheyAreAndStopsBeyondTheLimit(DType type, int most) {
    for (int different : new int[] {1, 7, 500, most - 1, most, 3 * most}) {
      SplittableRandom random = new SplittableRandom(different);
      DistinctValues distinct = new DistinctValues(LIMIT);
      Set<Short> seen = new HashSet<>();
      for (int batch = 0; batch < 40; batch++) {
        ByteBuffer packed = ByteBuffer.allocate(1 << 15).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 1 << 14; i++) {
          short code = (short) (1 + random.nextInt(different));
          seen.add(code);
          packed.putShort(code);
        }
        distinct.addCodes(type, packed.array(), 0, 1 << 14);
      }
      distinct.finish();
      assertThat(distinct.count()).isEqualTo(seen.size() <= most ? seen.size() : -1);
    }
  }

  @Test
  void takesBothZerosForOneNumberAndAllNotANumberForOne() {
    byte[] packed = {0, 0, 0, (byte) 0x80, (byte) 0xc0, 0x7f, (byte) 0xc1, 0x7f, (byte) 0x80, 0x3f};
    DistinctValues distinct = new DistinctValues(LIMIT);
    distinct.addCodes(DType.BF16, packed, 0, 5);
    distinct.finish();
    assertThat(distinct.count()).isEqualTo(3);
  }
}
