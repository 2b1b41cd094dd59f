package org.findthelady.core;

import java.util.Arrays;
import java.util.Optional;

/**
 * Element types of tensors. A type is a block of elements in a number of bytes: one element for
 * plain types, 32 or 256 for the quantised blocks of GGUF. A tensor of any type can be moved in
 * whole blocks; only types with {@link #decodable()} true can be read as floats.
 */
public enum DType {
  F64(1, 8, true),
  F32(1, 4, true),
  F16(1, 2, true),
  BF16(1, 2, true),
  F8_E4M3(1, 1, true),
  F8_E5M2(1, 1, true),
  F8_E4M3FNUZ(1, 1, true),
  F8_E5M2FNUZ(1, 1, true),
  F8_E8M0(1, 1, true),
  I64(1, 8, true),
  I32(1, 4, true),
  I16(1, 2, true),
  I8(1, 1, true),
  U64(1, 8, false),
  U32(1, 4, false),
  U16(1, 2, true),
  U8(1, 1, true),
  BOOL(1, 1, true),
  C64(1, 8, false),
  C128(1, 16, false),
  F4(2, 1, true),
  Q4_0(32, 18, true),
  Q4_1(32, 20, true),
  Q5_0(32, 22, true),
  Q5_1(32, 24, true),
  Q8_0(32, 34, true),
  Q2_K(256, 84, true),
  Q3_K(256, 110, true),
  Q4_K(256, 144, true),
  Q5_K(256, 176, true),
  Q6_K(256, 210, true),
  Q8_K(256, 292, true),
  IQ1_S(256, 50, true),
  IQ1_M(256, 56, true),
  IQ2_XXS(256, 66, true),
  IQ2_XS(256, 74, true),
  IQ2_S(256, 82, true),
  IQ3_XXS(256, 98, true),
  IQ3_S(256, 110, true),
  IQ4_NL(32, 18, true),
  IQ4_XS(256, 136, true),
  TQ1_0(256, 54, true),
  TQ2_0(256, 66, true),
  MXFP4(32, 17, true),
  NVFP4(64, 36, true),
  Q1_0(128, 18, true),
  Q2_0(64, 18, true);

  private final int blockElements;
  private final int blockBytes;
  private final boolean decodable;

  DType(int blockElements, int blockBytes, boolean decodable) {
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
    this.decodable = decodable;
  }

  /** Elements in the smallest piece that can be moved; 1 for plain types. */
  public int blockElements() {
    return blockElements;
  }

  /** Bytes of one block. */
  public int blockBytes() {
    return blockBytes;
  }

  /** Whether the values can be read as floats (for matching). */
  public boolean decodable() {
    return decodable;
  }

  /** Whether this is a floating-point type whose elements stand alone. */
  public boolean floating() {
    return switch (this) {
      case F64, F32, F16, BF16, F8_E4M3, F8_E5M2, F8_E4M3FNUZ, F8_E5M2FNUZ -> true;
      default -> false;
    };
  }

  /**
   * Bytes of a packed tensor.
   *
   * @throws ArithmeticException if the product overflows a long or a block would be split
   */
  public long bytes(Shape shape) {
    long elements = shape.elements();
    if (elements % blockElements != 0) {
      throw new ArithmeticException(
          elements + " elements of " + this + " do not fill blocks of " + blockElements);
    }
    return Math.multiplyExact(elements / blockElements, (long) blockBytes);
  }

  /** The type of that name, as safetensors spells it. */
  public static Optional<DType> named(String name) {
    return Arrays.stream(values()).filter(t -> t.name().equals(name)).findFirst();
  }
}
