package org.findthelady.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FloatsTest {
  private static float[] decode(DType dtype, byte[] bytes) {
    int count = bytes.length / dtype.blockBytes();
    float[] values = new float[count];
    Floats.decode(dtype, ByteBuffer.wrap(bytes), values, 0, count);
    return values;
  }

  private static byte[] encode(DType dtype, float... values) {
    byte[] bytes = new byte[values.length * dtype.blockBytes()];
    ByteBuffer target = ByteBuffer.wrap(bytes);
    Floats.encode(dtype, values, 0, values.length, target);
    assertThat(target.remaining()).isZero();
    return bytes;
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "F8_E4M3", "F8_E5M2", "F8_E4M3FNUZ", "F8_E5M2FNUZ"})
  void everyCodeSurvivesDecodingAndEncoding(DType dtype) {
    int width = dtype.blockBytes();
    for (int code = 0; code < 1 << (8 * width); code++) {
      byte[] bytes = new byte[width];
      for (int b = 0; b < width; b++) {
        bytes[b] = (byte) (code >> (8 * b));
      }
      float value = decode(dtype, bytes)[0];
      if (Float.isNaN(value)) {
        assertThat(decode(dtype, encode(dtype, value))[0]).isNaN();
      } else {
        assertThat(encode(dtype, value)).as("code %x", code).isEqualTo(bytes);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "F8_E4M3", "F8_E5M2", "F8_E4M3FNUZ", "F8_E5M2FNUZ"})
  void roundsToTheNearestCodeTiesToTheEvenOne(DType dtype) {
    int width = dtype.blockBytes();
    int largest =
        switch (dtype) {
          case F16 -> 0x7bff;
          case BF16 -> 0x7f7f;
          case F8_E4M3 -> 0x7e;
          case F8_E4M3FNUZ, F8_E5M2FNUZ -> 0x7f;
          default -> 0x7b;
        };
    SplittableRandom random = new SplittableRandom(7);
    for (int trial = 0; trial < 20_000; trial++) {
      int low = random.nextInt(largest);
      byte[] lowBytes = new byte[width];
      byte[] highBytes = new byte[width];
      for (int b = 0; b < width; b++) {
        lowBytes[b] = (byte) (low >> (8 * b));
        highBytes[b] = (byte) ((low + 1) >> (8 * b));
      }
      float below = decode(dtype, lowBytes)[0];
      float above = decode(dtype, highBytes)[0];
      float middle = (float) ((below + (double) above) / 2);
      if (middle > below && middle < above) {
        assertThat(encode(dtype, middle)).isEqualTo(low % 2 == 0 ? lowBytes : highBytes);
        assertThat(encode(dtype, Math.nextDown(middle))).isEqualTo(lowBytes);
        assertThat(encode(dtype, Math.nextUp(middle))).isEqualTo(highBytes);
      }
    }
  }

  @Test
  void overflowIsInfiniteOrTheLargestValue() {
    assertThat(decode(DType.F16, encode(DType.F16, 65519f, 65520f, -1e9f)))
        .containsExactly(65504f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
    assertThat(decode(DType.BF16, encode(DType.BF16, Float.MAX_VALUE)))
        .containsExactly(Float.POSITIVE_INFINITY);
    assertThat(decode(DType.F8_E4M3, encode(DType.F8_E4M3, 1e9f, Float.NEGATIVE_INFINITY)))
        .containsExactly(448f, -448f);
    assertThat(decode(DType.F8_E4M3FNUZ, encode(DType.F8_E4M3FNUZ, 1e9f, -1e-9f)))
        .containsExactly(240f, 0f);
  }

  @Test
  void wideTypesKeepEveryFloat() {
    float[] values = {0f, -0f, 1.1f, -3e38f, Float.MIN_VALUE, Float.POSITIVE_INFINITY, Float.NaN};
    assertThat(decode(DType.F32, encode(DType.F32, values))).containsExactly(values);
    assertThat(decode(DType.F64, encode(DType.F64, values))).containsExactly(values);
  }

  @Test
  void refusesToEncodeIntegers() {
    assertThatThrownBy(() -> Floats.encode(DType.I32, new float[1], 0, 1, ByteBuffer.allocate(4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("I32");
  }
}
