package org.findthelady.core;

import static org.findthelady.core.BlockFloats.half;

import java.nio.ByteBuffer;

/** Blocks of GGUF whose codes stand for one number each, by a small table or by counting. */
final class TableQuants {
  private static final byte[] IQ4 = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  /** Values of FP4 E2M1, twice as large. */
  private static final byte[] E2M1_DOUBLED = {
    0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12
  };

  private static final int[] POWERS_OF_3 = {1, 3, 9, 27, 81};

  private TableQuants() {}

  /** Scale and nibbles: low ones are elements 0 to 15, high ones 16 to 31. */
  static void iq4nl(ByteBuffer bytes, int at, float[] target, int to) {
    nibbles(bytes, at + 2, 16, IQ4, half(bytes, at), target, to);
  }

  /** Scale, high 2 bits of eight scales, their low 4 bits, nibbles. */
  static void iq4xs(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at);
    int high = bytes.getShort(at + 2) & 0xffff;
    for (int part = 0; part < 8; part++) {
      int low = (bytes.get(at + 4 + part / 2) & 0xff) >> (part % 2 * 4) & 0xf;
      float step = scale * ((low | (high >> (2 * part) & 3) << 4) - 32);
      nibbles(bytes, at + 8 + 16 * part, 16, IQ4, step, target, to + 32 * part);
    }
  }

  /** A power of two and nibbles. */
  static void mxfp4(ByteBuffer bytes, int at, float[] target, int to) {
    int exponent = bytes.get(at) & 0xff;
    float half =
        exponent < 2
            ? Float.intBitsToFloat(0x00200000 << exponent)
            : Float.intBitsToFloat((exponent - 1) << 23);
    nibbles(bytes, at + 1, 16, E2M1_DOUBLED, half, target, to);
  }

  /** Four E4M3 scales without a sign, then nibbles of four parts of 16 elements. */
  static void nvfp4(ByteBuffer bytes, int at, float[] target, int to) {
    for (int part = 0; part < 4; part++) {
      int code = bytes.get(at + part) & 0xff;
      float scale = code == 0x7f ? 0 : Minifloats.E4M3[code & 0x7f];
      // ggml takes a set sign bit with all others set for 480, where E4M3 has no number.
      scale = code == 0xff ? 480 : scale;
      nibbles(bytes, at + 4 + 8 * part, 8, E2M1_DOUBLED, scale * 0.5f, target, to + 16 * part);
    }
  }

  private static void nibbles(
      ByteBuffer bytes, int at, int pairs, byte[] table, float scale, float[] target, int to) {
    for (int i = 0; i < pairs; i++) {
      int pair = bytes.get(at + i) & 0xff;
      target[to + i] = scale * table[pair & 0xf];
      target[to + pairs + i] = scale * table[pair >> 4];
    }
  }

  /** A bit for each of 128 elements says whether it is the scale or its opposite. */
  static void q1(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at);
    for (int i = 0; i < 128; i++) {
      boolean set = (bytes.get(at + 2 + i / 8) >> (i % 8) & 1) != 0;
      target[to + i] = set ? scale : -scale;
    }
  }

  /** Two bits for each of 64 elements: -1, 0, 1 or 2 times the scale. */
  static void q2(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at);
    for (int i = 0; i < 64; i++) {
      target[to + i] = ((bytes.get(at + 2 + i / 4) >> (i % 4 * 2) & 3) - 1) * scale;
    }
  }

  /** A float32 scale, 256 signed bytes, sums that decoding does not need. */
  static void q8k(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = bytes.getFloat(at);
    for (int i = 0; i < 256; i++) {
      target[to + i] = scale * bytes.get(at + 4 + i);
    }
  }

  /** Five digits of base 3 in a byte of the first 48, four in one of the next 4; then the scale. */
  static void tq1(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at + 52);
    int next = ternary(bytes, at, 32, 5, scale, target, to);
    next = ternary(bytes, at + 32, 16, 5, scale, target, next);
    ternary(bytes, at + 48, 4, 4, scale, target, next);
  }

  /** The first digits of all bytes come before the second ones. */
  private static int ternary(
      ByteBuffer bytes, int at, int length, int digits, float scale, float[] target, int to) {
    for (int digit = 0; digit < digits; digit++) {
      for (int i = 0; i < length; i++) {
        int rest = bytes.get(at + i) * POWERS_OF_3[digit] & 0xff;
        target[to + digit * length + i] = scale * (((rest * 3) >> 8) - 1);
      }
    }
    return to + digits * length;
  }

  /**
   * Every 32 bytes hold 128 elements of two bits, 32 at each of the four shifts; then the scale.
   */
  static void tq2(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at + 64);
    for (int i = 0; i < 256; i++) {
      int code = bytes.get(at + i / 128 * 32 + i % 32) >> (i % 128 / 32 * 2) & 3;
      target[to + i] = scale * (code - 1);
    }
  }
}
