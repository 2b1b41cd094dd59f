package org.findthelady.core;

import static org.findthelady.core.BlockFloats.half;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The 256-element blocks of GGUF ("K-quants"): parts of 16 or 32 elements with their own scales.
 */
final class KQuants {
  private KQuants() {}

  /** Scales 16 bytes (scale low, minimum high nibble), 2-bit values 64, then scale, minimum. */
  static void q2(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at + 80);
    float minimum = half(bytes, at + 82);
    for (int i = 0; i < 256; i++) {
      int part = bytes.get(at + i / 16) & 0xff;
      int value = twoBits(bytes, at + 16, i);
      target[to + i] = scale * (part & 0xf) * value - minimum * (part >> 4);
    }
  }

  /** High bits 32 bytes, low two bits 64, 6-bit scales 12, then the scale of scales. */
  static void q3(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at + 108);
    for (int i = 0; i < 256; i++) {
      int part = i / 16;
      int low = (bytes.get(at + 96 + part % 8) & 0xff) >> (part < 8 ? 0 : 4) & 0xf;
      int high = (bytes.get(at + 104 + part % 4) & 0xff) >> (part / 4 * 2) & 3;
      boolean set = ((bytes.get(at + i % 32) >> (i / 32)) & 1) != 0;
      int value = twoBits(bytes, at + 32, i) - (set ? 0 : 4);
      target[to + i] = scale * ((low | high << 4) - 32) * value;
    }
  }

  /** Scale and minimum, 6-bit scales and minima 12 bytes, nibbles 128 bytes. */
  static void q4(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at);
    float minimum = half(bytes, at + 2);
    byte[] codes = new byte[128];
    bytes.get(at + 16, codes);
    for (int part = 0; part < 8; part++) {
      float step = scale * scaleOf(bytes, at + 4, part);
      float least = minimum * minimumOf(bytes, at + 4, part);
      int code = part / 2 * 32;
      int shift = part % 2 * 4;
      int first = to + part * 32;
      for (int i = 0; i < 32; i++) {
        target[first + i] = step * ((codes[code + i] >> shift) & 0xf) - least;
      }
    }
  }

  /** What codes of {@link #q4} and {@link #q5} become: {@code base + factor * code}. */
  static void parts(ByteBuffer bytes, int at, float[] base, float[] factor, int to) {
    float scale = half(bytes, at);
    float minimum = half(bytes, at + 2);
    for (int part = 0; part < 8; part++) {
      int first = to + part * 32;
      Arrays.fill(factor, first, first + 32, scale * scaleOf(bytes, at + 4, part));
      Arrays.fill(base, first, first + 32, -minimum * minimumOf(bytes, at + 4, part));
    }
  }

  /** As {@link #q4} with the fifth bits in 32 bytes ahead of the nibbles. */
  static void q5(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at);
    float minimum = half(bytes, at + 2);
    byte[] codes = new byte[160];
    bytes.get(at + 16, codes);
    for (int part = 0; part < 8; part++) {
      float step = scale * scaleOf(bytes, at + 4, part);
      float least = minimum * minimumOf(bytes, at + 4, part);
      int code = 32 + part / 2 * 32;
      int shift = part % 2 * 4;
      int first = to + part * 32;
      for (int i = 0; i < 32; i++) {
        int fifth = (codes[i] >> part) & 1;
        target[first + i] = step * (((codes[code + i] >> shift) & 0xf) + 16 * fifth) - least;
      }
    }
  }

  /** Low nibbles 128 bytes, high two bits 64, signed scales 16, then the scale of scales. */
  static void q6(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at + 208);
    byte[] codes = new byte[192];
    bytes.get(at, codes);
    for (int part = 0; part < 16; part++) {
      float step = scale * bytes.get(at + 192 + part);
      int quarter = part % 8 / 2;
      int low = part / 8 * 64 + part % 4 * 16;
      int high = 128 + part / 8 * 32 + part % 2 * 16;
      int lowShift = quarter / 2 * 4;
      int highShift = quarter * 2;
      int first = to + part * 16;
      for (int i = 0; i < 16; i++) {
        int nibble = (codes[low + i] >> lowShift) & 0xf;
        int two = (codes[high + i] >> highShift) & 3;
        target[first + i] = step * ((nibble | (two << 4)) - 32);
      }
    }
  }

  /** Every 32 bytes hold 128 elements, 32 at each of the four shifts. */
  private static int twoBits(ByteBuffer bytes, int at, int i) {
    return (bytes.get(at + i / 128 * 32 + i % 32) & 0xff) >> (i % 128 / 32 * 2) & 3;
  }

  private static int scaleOf(ByteBuffer bytes, int at, int part) {
    return part < 4
        ? bytes.get(at + part) & 63
        : (bytes.get(at + part + 4) & 0xf) | (bytes.get(at + part - 4) & 0xc0) >> 2;
  }

  private static int minimumOf(ByteBuffer bytes, int at, int part) {
    return part < 4
        ? bytes.get(at + part + 4) & 63
        : (bytes.get(at + part + 4) & 0xf0) >> 4 | (bytes.get(at + part) & 0xc0) >> 2;
  }
}
