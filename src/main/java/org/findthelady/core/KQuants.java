package org.findthelady.core;

import static org.findthelady.core.BlockFloats.half;

import java.nio.ByteBuffer;

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
    for (int i = 0; i < 256; i++) {
      int part = i / 32;
      target[to + i] =
          scale * scaleOf(bytes, at + 4, part) * nibble(bytes, at + 16, i)
              - minimum * minimumOf(bytes, at + 4, part);
    }
  }

  /** As {@link #q4} with the fifth bits in 32 bytes ahead of the nibbles. */
  static void q5(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at);
    float minimum = half(bytes, at + 2);
    for (int i = 0; i < 256; i++) {
      int part = i / 32;
      int fifth = (bytes.get(at + 16 + i % 32) >> part) & 1;
      int value = nibble(bytes, at + 48, i) + 16 * fifth;
      target[to + i] =
          scale * scaleOf(bytes, at + 4, part) * value - minimum * minimumOf(bytes, at + 4, part);
    }
  }

  /** Low nibbles 128 bytes, high two bits 64, signed scales 16, then the scale of scales. */
  static void q6(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at + 208);
    for (int i = 0; i < 256; i++) {
      int within = i % 128;
      int low = bytes.get(at + i / 128 * 64 + within % 64) & 0xff;
      int nibble = within < 64 ? low & 0xf : low >> 4;
      int high = (bytes.get(at + 128 + i / 128 * 32 + i % 32) & 0xff) >> (within / 32 * 2) & 3;
      target[to + i] = scale * bytes.get(at + 192 + i / 16) * ((nibble | high << 4) - 32);
    }
  }

  /** Every 32 bytes hold 128 elements, 32 at each of the four shifts. */
  private static int twoBits(ByteBuffer bytes, int at, int i) {
    return (bytes.get(at + i / 128 * 32 + i % 32) & 0xff) >> (i % 128 / 32 * 2) & 3;
  }

  /** Every 32 bytes hold 64 elements, first the low nibbles. */
  private static int nibble(ByteBuffer bytes, int at, int i) {
    return (bytes.get(at + i / 64 * 32 + i % 32) & 0xff) >> (i % 64 / 32 * 4) & 0xf;
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
