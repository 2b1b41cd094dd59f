package org.findthelady.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Decodes elements to float32 and back. Values are rounded to the nearest where the target has
 * fewer bits, ties to even.
 */
public final class Floats {
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private Floats() {}

  /** Rounds the first {@code count} numbers to a type, to the nearest. */
  public static void roundInPlace(DType type, float[] numbers, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(count, type.blockBytes()));
    encode(type, numbers, 0, count, bytes);
    decode(type, bytes.flip(), numbers, 0, count);
  }

  /**
   * Decodes {@code count} elements of a plain type from an array; the common types without a buffer
   * between.
   *
   * @param source little-endian packed elements of {@code dtype} from byte {@code at} on
   * @throws IllegalArgumentException if the type is not {@link DType#decodable()}
   */
  public static void decode(
      DType dtype, byte[] source, int at, float[] target, int offset, int count) {
    switch (dtype) {
      case BF16 -> bfloat16(source, at, target, offset, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          target[offset + i] = Halves.VALUES[(short) SHORTS.get(source, at + 2 * i) & 0xffff];
        }
      }
      default ->
          decode(
              dtype,
              ByteBuffer.wrap(source, at, count / dtype.blockElements() * dtype.blockBytes()),
              target,
              offset,
              count);
    }
  }

  private static void bfloat16(byte[] source, int at, float[] target, int offset, int count) {
    for (int i = 0; i < count; i++) {
      target[offset + i] = Float.intBitsToFloat((short) SHORTS.get(source, at + 2 * i) << 16);
    }
  }

  /** Every binary16 as binary32. */
  private static final class Halves {
    static final float[] VALUES = new float[1 << 16];

    static {
      for (int code = 0; code < VALUES.length; code++) {
        VALUES[code] = halfToFloat((short) code);
      }
    }
  }

  /**
   * Decodes {@code count} elements from the buffer's position on, which moves past them.
   *
   * @param source little-endian packed elements of {@code dtype}; its order is not consulted
   * @param target receives elements {@code offset .. offset + count}
   * @param count elements; whole blocks where the type has blocks
   * @throws IllegalArgumentException if the type is not {@link DType#decodable()}, or a block would
   *     be split
   */
  public static void decode(DType dtype, ByteBuffer source, float[] target, int offset, int count) {
    ByteBuffer bytes = source.order(ByteOrder.LITTLE_ENDIAN);
    int start = bytes.position();
    switch (dtype) {
      case F32 -> bytes.asFloatBuffer().get(target, offset, count);
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          target[offset + i] = Float.intBitsToFloat(bytes.getShort(start + 2 * i) << 16);
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          target[offset + i] = halfToFloat(bytes.getShort(start + 2 * i));
        }
      }
      case F64 -> {
        for (int i = 0; i < count; i++) {
          target[offset + i] = (float) bytes.getDouble(start + 8 * i);
        }
      }
      case F8_E4M3 -> Minifloats.decode(Minifloats.E4M3, bytes, start, target, offset, count);
      case F8_E8M0 -> Minifloats.decode(Minifloats.E8M0, bytes, start, target, offset, count);
      case F8_E4M3FNUZ ->
          Minifloats.decode(Minifloats.E4M3FNUZ, bytes, start, target, offset, count);
      case F8_E5M2FNUZ ->
          Minifloats.decode(Minifloats.E5M2FNUZ, bytes, start, target, offset, count);
      case F8_E5M2 -> {
        for (int i = 0; i < count; i++) {
          target[offset + i] = halfToFloat((short) (bytes.get(start + i) << 8));
        }
      }
      case I64, I32, I16, U16, I8, U8, BOOL ->
          decodeIntegers(dtype, bytes, start, target, offset, count);
      default -> BlockFloats.decode(dtype, bytes, target, offset, count);
    }
    bytes.position(start + count / dtype.blockElements() * dtype.blockBytes());
  }

  private static void decodeIntegers(
      DType dtype, ByteBuffer bytes, int start, float[] target, int offset, int count) {
    switch (dtype) {
      case I64 -> {
        for (int i = 0; i < count; i++) {
          target[offset + i] = bytes.getLong(start + 8 * i);
        }
      }
      case I32 -> {
        for (int i = 0; i < count; i++) {
          target[offset + i] = bytes.getInt(start + 4 * i);
        }
      }
      case I16 -> {
        for (int i = 0; i < count; i++) {
          target[offset + i] = bytes.getShort(start + 2 * i);
        }
      }
      case U16 -> {
        for (int i = 0; i < count; i++) {
          target[offset + i] = bytes.getShort(start + 2 * i) & 0xffff;
        }
      }
      case I8 -> {
        for (int i = 0; i < count; i++) {
          target[offset + i] = bytes.get(start + i);
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          target[offset + i] = bytes.get(start + i) & 0xff;
        }
      }
    }
  }

  /**
   * Encodes {@code count} values from {@code source[offset]} on, at the buffer's position, which
   * moves past them. Overflow gives an infinity, or the largest value where the type has none
   * (E4M3).
   *
   * @param target receives little-endian packed elements of {@code dtype}; its order is not
   *     consulted
   * @throws IllegalArgumentException if the type is not {@link DType#floating()}
   */
  public static void encode(DType dtype, float[] source, int offset, int count, ByteBuffer target) {
    ByteBuffer bytes = target.order(ByteOrder.LITTLE_ENDIAN);
    int start = bytes.position();
    switch (dtype) {
      case F32 -> bytes.asFloatBuffer().put(source, offset, count);
      case F64 -> {
        for (int i = 0; i < count; i++) {
          bytes.putDouble(start + 8 * i, source[offset + i]);
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          bytes.putShort(start + 2 * i, floatToBfloat(source[offset + i]));
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          bytes.putShort(start + 2 * i, (short) minifloat(source[offset + i], 5, 10, 15, 0x7c00));
        }
      }
      case F8_E5M2 -> {
        for (int i = 0; i < count; i++) {
          bytes.put(start + i, (byte) minifloat(source[offset + i], 5, 2, 15, 0x7c));
        }
      }
      case F8_E4M3 -> {
        for (int i = 0; i < count; i++) {
          bytes.put(start + i, (byte) minifloat(source[offset + i], 4, 3, 7, 0x7e));
        }
      }
      case F8_E4M3FNUZ -> {
        for (int i = 0; i < count; i++) {
          bytes.put(start + i, unsignedZero(source[offset + i], 4, 3));
        }
      }
      case F8_E5M2FNUZ -> {
        for (int i = 0; i < count; i++) {
          bytes.put(start + i, unsignedZero(source[offset + i], 5, 2));
        }
      }
      default -> throw new IllegalArgumentException("cannot encode floats as " + dtype);
    }
    bytes.position(start + count * dtype.blockBytes());
  }

  private static short floatToBfloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  /** The code of a type that has no negative zero: that code is NaN. */
  private static byte unsignedZero(float value, int exponentBits, int fractionBits) {
    if (Float.isNaN(value)) {
      return (byte) 0x80;
    }
    int code = minifloat(value, exponentBits, fractionBits, 1 << (exponentBits - 1), 0x7f);
    return (byte) (code == 0x80 ? 0 : code);
  }

  /**
   * The code of a type with that many exponent and fraction bits.
   *
   * @param limit code of what is too large to be told apart: infinity, or the largest value
   */
  private static int minifloat(
      float value, int exponentBits, int fractionBits, int bias, int limit) {
    int sign = Float.floatToRawIntBits(value) >>> 31 << (exponentBits + fractionBits);
    if (Float.isNaN(value)) {
      return sign | ((1 << (exponentBits + fractionBits)) - 1);
    }
    float magnitude = Math.abs(value);
    if (Float.isInfinite(magnitude)) {
      return sign | limit;
    }
    int lowest = 1 - bias;
    int exponent = magnitude == 0 ? lowest : Math.max(Math.getExponent(magnitude), lowest);
    // In units of the last place of this exponent. Adding them carries into the exponent where the
    // fraction rounds up to the next power of two, and where its leading bit is set.
    double units = Math.rint(magnitude * Math.scalb(1.0, fractionBits - exponent));
    long code = ((long) (exponent - lowest) << fractionBits) + (long) units;
    return sign | (int) Math.min(code, limit);
  }

  /** IEEE 754 binary16 to binary32, exact, NaN and infinities kept. */
  public static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | (fraction << 13));
    }
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (fraction << 13));
  }
}
