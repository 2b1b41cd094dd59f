package org.findthelady.core;

import java.nio.ByteBuffer;

/**
 * Decodes the quantised blocks of GGUF: small integers with a scale (and for some a minimum) per
 * block or per part of a block.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">The GGUF
 *     specification</a>
 */
final class BlockFloats {
  private BlockFloats() {}

  /** Decodes whole blocks from the buffer's position on, which stays. */
  static void decode(DType dtype, ByteBuffer bytes, float[] target, int offset, int count) {
    if (!dtype.decodable()) {
      throw new IllegalArgumentException("cannot decode " + dtype + " to float");
    }
    if (count % dtype.blockElements() != 0) {
      throw new IllegalArgumentException(
          count + " elements of " + dtype + " split a block of " + dtype.blockElements());
    }
    for (int block = 0; block < count / dtype.blockElements(); block++) {
      int at = bytes.position() + block * dtype.blockBytes();
      int to = offset + block * dtype.blockElements();
      switch (dtype) {
        case Q4_0 -> q4(bytes, at + 2, half(bytes, at), -8 * half(bytes, at), target, to);
        case Q4_1 -> q4(bytes, at + 4, half(bytes, at), half(bytes, at + 2), target, to);
        case Q5_0 -> q5(bytes, at + 2, half(bytes, at), -16 * half(bytes, at), target, to);
        case Q5_1 -> q5(bytes, at + 4, half(bytes, at), half(bytes, at + 2), target, to);
        case Q8_0 -> q8(bytes, at, target, to);
        case Q2_K -> KQuants.q2(bytes, at, target, to);
        case Q3_K -> KQuants.q3(bytes, at, target, to);
        case Q4_K -> KQuants.q4(bytes, at, target, to);
        case Q5_K -> KQuants.q5(bytes, at, target, to);
        case Q6_K -> KQuants.q6(bytes, at, target, to);
        case F4 -> f4(bytes, at, target, to);
        default -> coded(dtype, bytes, at, target, to);
      }
    }
  }

  /** Blocks whose codes stand for numbers of a table. */
  private static void coded(DType dtype, ByteBuffer bytes, int at, float[] target, int to) {
    switch (dtype) {
      case Q8_K -> TableQuants.q8k(bytes, at, target, to);
      case Q1_0 -> TableQuants.q1(bytes, at, target, to);
      case Q2_0 -> TableQuants.q2(bytes, at, target, to);
      case TQ1_0 -> TableQuants.tq1(bytes, at, target, to);
      case TQ2_0 -> TableQuants.tq2(bytes, at, target, to);
      case MXFP4 -> TableQuants.mxfp4(bytes, at, target, to);
      case NVFP4 -> TableQuants.nvfp4(bytes, at, target, to);
      case IQ4_NL -> TableQuants.iq4nl(bytes, at, target, to);
      case IQ4_XS -> TableQuants.iq4xs(bytes, at, target, to);
      case IQ1_S -> GridQuants.iq1s(bytes, at, target, to);
      case IQ1_M -> GridQuants.iq1m(bytes, at, target, to);
      case IQ2_XXS -> GridQuants.iq2xxs(bytes, at, target, to);
      case IQ2_XS -> GridQuants.iq2xs(bytes, at, target, to);
      case IQ2_S -> GridQuants.iq2s(bytes, at, target, to);
      case IQ3_XXS -> GridQuants.iq3xxs(bytes, at, target, to);
      case IQ3_S -> GridQuants.iq3s(bytes, at, target, to);
      default -> throw new IllegalArgumentException("cannot decode " + dtype + " to float");
    }
  }

  /** The low nibble comes first. */
  private static void f4(ByteBuffer bytes, int at, float[] target, int to) {
    target[to] = Minifloats.E2M1[bytes.get(at) & 0xf];
    target[to + 1] = Minifloats.E2M1[(bytes.get(at) & 0xff) >> 4];
  }

  /** Low nibbles are elements 0 to 15, high nibbles 16 to 31. */
  private static void q4(
      ByteBuffer bytes, int at, float scale, float minimum, float[] target, int to) {
    for (int i = 0; i < 16; i++) {
      int pair = bytes.get(at + i) & 0xff;
      target[to + i] = (pair & 0xf) * scale + minimum;
      target[to + i + 16] = (pair >> 4) * scale + minimum;
    }
  }

  /** As {@link #q4}, the fifth bits of all 32 elements in an int ahead. */
  private static void q5(
      ByteBuffer bytes, int at, float scale, float minimum, float[] target, int to) {
    int fifth = bytes.getInt(at);
    for (int i = 0; i < 16; i++) {
      int pair = bytes.get(at + 4 + i) & 0xff;
      int low = (pair & 0xf) | (((fifth >>> i) & 1) << 4);
      int high = (pair >> 4) | (((fifth >>> (i + 16)) & 1) << 4);
      target[to + i] = low * scale + minimum;
      target[to + i + 16] = high * scale + minimum;
    }
  }

  private static void q8(ByteBuffer bytes, int at, float[] target, int to) {
    float scale = half(bytes, at);
    for (int i = 0; i < 32; i++) {
      target[to + i] = bytes.get(at + 2 + i) * scale;
    }
  }

  static float half(ByteBuffer bytes, int at) {
    return Floats.halfToFloat(bytes.getShort(at));
  }
}
