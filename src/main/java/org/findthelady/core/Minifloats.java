package org.findthelady.core;

import java.nio.ByteBuffer;

/**
 * Floating-point types of one byte or less, by their codes.
 *
 * @see <a
 *     href="https://www.opencompute.org/documents/ocp-8-bit-floating-point-specification-ofp8-revision-1-0-2023-12-01-pdf-1">OCP
 *     8-bit floating point specification</a>
 * @see <a
 *     href="https://www.opencompute.org/documents/ocp-microscaling-formats-mx-v1-0-spec-final-pdf">OCP
 *     microscaling formats</a>
 */
final class Minifloats {
  /** The "fn" variant: no infinities, 0x7f and 0xff are NaN. */
  static final float[] E4M3 = table(4, 3, 7, 0x7f);

  /** No infinities and no negative zero, whose code is the only NaN. */
  static final float[] E4M3FNUZ = table(4, 3, 8, -1);

  static final float[] E5M2FNUZ = table(5, 2, 16, -1);

  /** Powers of two; 0xff is NaN. */
  static final float[] E8M0 = powers();

  /** All sixteen codes of FP4. */
  static final float[] E2M1 = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0f, -0.5f, -1, -1.5f, -2, -3, -4, -6};

  private Minifloats() {}

  /**
   * Values of all 256 codes.
   *
   * @param nan magnitude of the code that is no number; -1 if negative zero is
   */
  private static float[] table(int exponentBits, int fractionBits, int bias, int nan) {
    float[] values = new float[256];
    for (int code = 0; code < 256; code++) {
      int exponent = code >> fractionBits & ((1 << exponentBits) - 1);
      int fraction = code & ((1 << fractionBits) - 1);
      float share = fraction * Math.scalb(1f, -fractionBits);
      float magnitude =
          exponent == 0 ? Math.scalb(share, 1 - bias) : Math.scalb(1 + share, exponent - bias);
      if ((code & 0x7f) == nan || (nan < 0 && code == 0x80)) {
        magnitude = Float.NaN;
      }
      values[code] = (code & 0x80) == 0 ? magnitude : -magnitude;
    }
    return values;
  }

  private static float[] powers() {
    float[] values = new float[256];
    for (int code = 0; code < 255; code++) {
      values[code] = Math.scalb(1f, code - 127);
    }
    values[255] = Float.NaN;
    return values;
  }

  /** Decodes one byte a value by a table of 256. */
  static void decode(
      float[] table, ByteBuffer bytes, int start, float[] target, int offset, int count) {
    for (int i = 0; i < count; i++) {
      target[offset + i] = table[bytes.get(start + i) & 0xff];
    }
  }
}
