package org.findthelady.core;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * What numbers the codes of one of ggml's block types could stand for. A block is decoded twice
 * with its own scales, once with all codes lowest and once with all highest: in between, levels lie
 * as the type's units do. The types that most models have tell their scales themselves.
 */
public final class BlockTemplate {
  private static final float[] IQ4 = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };
  private static final float[] E2M1 = {
    -6, -4, -3, -2, -1.5f, -1, -0.5f, 0, 0.5f, 1, 1.5f, 2, 3, 4, 6
  };

  private final DType type;
  private final int firstCode;
  private final int endCode;
  private final int part;
  private final float[] units;
  private byte lowest;
  private byte highest = (byte) 0xff;
  private float lowestUnit;
  private float highestUnit;

  private BlockTemplate(DType type, int firstCode, int endCode, int part, float[] units) {
    this.type = type;
    this.firstCode = firstCode;
    this.endCode = endCode;
    this.part = part;
    this.units = units;
    this.lowestUnit = units[0];
    this.highestUnit = units[units.length - 1];
  }

  /** The template of a type; empty for plain types and for codes that stand for several numbers. */
  public static Optional<BlockTemplate> of(DType type) {
    return Optional.ofNullable(
        switch (type) {
          case Q4_0 -> new BlockTemplate(type, 2, 18, 32, counted(-8, 7));
          case Q4_1 -> new BlockTemplate(type, 4, 20, 32, counted(0, 15));
          case Q5_0 -> new BlockTemplate(type, 2, 22, 32, counted(-16, 15));
          case Q5_1 -> new BlockTemplate(type, 4, 24, 32, counted(0, 31));
          case Q8_0 -> new BlockTemplate(type, 2, 34, 32, counted(-128, 127)).signed();
          case Q8_K -> new BlockTemplate(type, 4, 260, 256, counted(-128, 127)).signed();
          case Q2_K -> new BlockTemplate(type, 16, 80, 16, counted(0, 3));
          case Q3_K -> new BlockTemplate(type, 0, 96, 16, counted(-4, 3));
          case Q4_K -> new BlockTemplate(type, 16, 144, 32, counted(0, 15));
          case Q5_K -> new BlockTemplate(type, 16, 176, 32, counted(0, 31));
          case Q6_K -> new BlockTemplate(type, 0, 192, 16, counted(-32, 31));
          case IQ4_NL -> new BlockTemplate(type, 2, 18, 32, IQ4);
          case IQ4_XS -> new BlockTemplate(type, 8, 136, 32, IQ4);
          case TQ1_0 -> new BlockTemplate(type, 0, 52, 256, counted(-1, 1));
          case TQ2_0 -> new BlockTemplate(type, 0, 64, 256, counted(-1, 1)).upTo(2);
          case MXFP4 -> new BlockTemplate(type, 1, 17, 32, E2M1).fourBits();
          case NVFP4 -> new BlockTemplate(type, 4, 36, 16, E2M1).fourBits();
          case Q1_0 -> new BlockTemplate(type, 2, 18, 128, new float[] {-1, 1});
          case Q2_0 -> new BlockTemplate(type, 2, 18, 64, counted(-1, 2));
          default -> null;
        });
  }

  private static float[] counted(int first, int last) {
    float[] units = new float[last - first + 1];
    for (int i = 0; i < units.length; i++) {
      units[i] = first + i;
    }
    return units;
  }

  /** Codes are bytes with a sign. */
  private BlockTemplate signed() {
    lowestUnit = 0;
    highest = 127;
    return this;
  }

  /** The highest code stands for a unit that is not used. */
  private BlockTemplate upTo(float unit) {
    highestUnit = unit;
    return this;
  }

  /** Codes of FP4: 0 is zero, 7 the largest. */
  private BlockTemplate fourBits() {
    lowestUnit = 0;
    highest = 0x77;
    return this;
  }

  /** All levels, ascending, before a block's scale and minimum. */
  public float[] units() {
    return units.clone();
  }

  /** Elements that share a scale. */
  public int part() {
    return part;
  }

  /**
   * Finds how units become numbers: {@code base + factor * unit}.
   *
   * @param blocks whole blocks
   * @param base receives a number for each element
   * @param factor likewise
   */
  public void read(byte[] blocks, float[] base, float[] factor) {
    if (type == DType.Q4_K || type == DType.Q5_K) {
      ByteBuffer bytes = ByteBuffer.wrap(blocks).order(ByteOrder.LITTLE_ENDIAN);
      for (int at = 0, to = 0; at < blocks.length; at += type.blockBytes(), to += 256) {
        KQuants.parts(bytes, at, base, factor, to);
      }
      return;
    }
    int count = blocks.length / type.blockBytes() * type.blockElements();
    float[] high = new float[count];
    Floats.decode(type, filled(blocks, lowest), base, 0, count);
    Floats.decode(type, filled(blocks, highest), high, 0, count);
    float range = highestUnit - lowestUnit;
    for (int at = 0; at < count; at += part) {
      float step = (high[at] - base[at]) / range;
      Arrays.fill(factor, at, at + part, step);
      Arrays.fill(base, at, at + part, lowestUnit == 0 ? base[at] : base[at] - lowestUnit * step);
    }
  }

  private ByteBuffer filled(byte[] blocks, byte code) {
    byte[] copy = blocks.clone();
    for (int at = 0; at < copy.length; at += type.blockBytes()) {
      Arrays.fill(copy, at + firstCode, at + endCode, code);
    }
    return ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
  }
}
