package org.findthelady.core;

import static org.findthelady.core.BlockFloats.half;

import java.nio.ByteBuffer;

/** The 256-element blocks of GGUF that hold indices of code books ("IQ" types). */
final class GridQuants {
  private static final float DELTA = 0.125f;

  private GridQuants() {}

  /** For every 32 elements four indices in four bytes, then four times 7 signs and a scale. */
  static void iq2xxs(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at);
    for (int part = 0; part < 8; part++) {
      int word = bytes.getInt(at + 2 + 8 * part + 4);
      float step = scale * (0.5f + (word >>> 28)) * 0.25f;
      for (int i = 0; i < 4; i++) {
        byte[] entry = Grids.IQ2_XXS[bytes.get(at + 2 + 8 * part + i) & 0xff];
        signed(entry, step, signs(word >>> (7 * i)), target, to + 32 * part + 8 * i);
      }
    }
  }

  /** Indices of 9 bits with 7 signs, then 4-bit scales. */
  static void iq2xs(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at);
    for (int i = 0; i < 32; i++) {
      int code = bytes.getShort(at + 2 + 2 * i) & 0xffff;
      float step = scale * (0.5f + nibble(bytes, at + 66, i / 2)) * 0.25f;
      signed(Grids.IQ2_XS[code & 511], step, signs(code >> 9), target, to + 8 * i);
    }
  }

  /** Low 8 bits of indices, signs, high 2 bits of indices, 4-bit scales. */
  static void iq2s(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at);
    for (int i = 0; i < 32; i++) {
      int high = (bytes.get(at + 66 + i / 4) & 0xff) >> (i % 4 * 2) & 3;
      byte[] entry = Grids.IQ2_S[(bytes.get(at + 2 + i) & 0xff) | high << 8];
      float step = scale * (0.5f + nibble(bytes, at + 74, i / 2)) * 0.25f;
      signed(entry, step, bytes.get(at + 34 + i), target, to + 8 * i);
    }
  }

  /** Indices of 4 elements, then for every 32 four times 7 signs and a scale. */
  static void iq3xxs(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at);
    for (int i = 0; i < 64; i++) {
      int word = bytes.getInt(at + 66 + i / 8 * 4);
      float step = scale * (0.5f + (word >>> 28)) * 0.5f;
      int signs = signs(word >>> (i % 8 / 2 * 7)) >> (i % 2 * 4);
      signed(Grids.IQ3_XXS[bytes.get(at + 2 + i) & 0xff], step, signs, target, to + 4 * i);
    }
  }

  /** Low 8 bits of indices, their ninth bits, signs, 4-bit scales. */
  static void iq3s(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at);
    for (int i = 0; i < 64; i++) {
      int high = bytes.get(at + 66 + i / 8) >> (i % 8) & 1;
      byte[] entry = Grids.IQ3_S[(bytes.get(at + 2 + i) & 0xff) | high << 8];
      float step = scale * (1 + 2 * nibble(bytes, at + 106, i / 8));
      int signs = bytes.get(at + 74 + i / 2) >> (i % 2 * 4);
      signed(entry, step, signs, target, to + 4 * i);
    }
  }

  /** Low 8 bits of indices, then for every 32 elements high bits, a scale, the sign of a shift. */
  static void iq1s(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at);
    for (int i = 0; i < 32; i++) {
      int head = bytes.getShort(at + 34 + i / 4 * 2) & 0xffff;
      float step = scale * (2 * (head >> 12 & 7) + 1);
      float shift = (head & 0x8000) == 0 ? DELTA : -DELTA;
      int high = head >> (i % 4 * 3) & 7;
      shifted((bytes.get(at + i + 2) & 0xff) | (high << 8), step, shift, target, to + 8 * i);
    }
  }

  /** As {@link #iq1s}; the scale of scales lies in the high bits of four words of scales. */
  static void iq1m(ByteBuffer bytes, int at, float[] target, int to) {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      code |= (bytes.getShort(at + 48 + 2 * i) & 0xf000) >> (12 - 4 * i);
    }
    float scale = Floats.halfToFloat((short) code);
    for (int i = 0; i < 32; i++) {
      int head = (bytes.get(at + 32 + i / 2) & 0xff) >> (i % 2 * 4);
      int scales = bytes.getShort(at + 48 + i / 8 * 2) & 0xffff;
      float step = scale * (2 * (scales >> (i % 8 / 2 * 3) & 7) + 1);
      float shift = (head & 8) == 0 ? DELTA : -DELTA;
      shifted((bytes.get(at + i) & 0xff) | ((head & 7) << 8), step, shift, target, to + 8 * i);
    }
  }

  private static void shifted(int index, float step, float shift, float[] target, int to) {
    byte[] entry = Grids.IQ1_S[index];
    for (int j = 0; j < entry.length; j++) {
      target[to + j] = step * (entry[j] + shift);
    }
  }

  private static void signed(byte[] entry, float step, int signs, float[] target, int to) {
    for (int j = 0; j < entry.length; j++) {
      float value = step * entry[j];
      target[to + j] = (signs >> j & 1) == 0 ? value : -value;
    }
  }

  /** Seven signs and an eighth that makes the number of negative ones even. */
  private static int signs(int sevenBits) {
    int bits = sevenBits & 0x7f;
    return bits | (Integer.bitCount(bits) & 1) << 7;
  }

  /** The low nibble of a byte comes before its high one. */
  private static int nibble(ByteBuffer bytes, int at, int i) {
    return (bytes.get(at + i / 2) & 0xff) >> (i % 2 * 4) & 0xf;
  }
}
