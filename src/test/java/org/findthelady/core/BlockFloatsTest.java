package org.findthelady.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random blocks and what the Python package gguf 0.x decodes them to; see blocks/README.md. */
class BlockFloatsTest {
  @ParameterizedTest
  @EnumSource(
      names = {
        "Q4_0",
        "Q4_1",
        "Q5_0",
        "Q5_1",
        "Q8_0",
        "Q2_K",
        "Q3_K",
        "Q4_K",
        "Q5_K",
        "Q6_K",
        "IQ1_S",
        "IQ1_M",
        "IQ2_XXS",
        "IQ2_XS",
        "IQ2_S",
        "IQ3_XXS",
        "IQ3_S",
        "IQ4_NL",
        "IQ4_XS",
        "TQ1_0",
        "TQ2_0",
        "Q1_0",
        "Q2_0",
        "MXFP4",
        "NVFP4",
        "F4",
        "F8_E4M3",
        "F8_E5M2",
        "F8_E4M3FNUZ",
        "F8_E5M2FNUZ",
        "F8_E8M0"
      })
  void decodesAsAnotherReaderDoes(DType dtype) throws IOException {
    ByteBuffer blocks = resource(dtype + ".blocks");
    ByteBuffer expected = resource(dtype + ".floats");
    int count = blocks.remaining() / dtype.blockBytes() * dtype.blockElements();
    float[] floats = new float[count + 2];
    Floats.decode(dtype, blocks, floats, 1, count);
    assertThat(blocks.hasRemaining()).isFalse();
    assertThat(expected.remaining()).isEqualTo(4 * count);
    for (int i = 0; i < count; i++) {
      // Adding zero makes the two zeros one.
      Float value = expected.getFloat() + 0f;
      assertThat(floats[1 + i] + 0f).as("element %d", i).isEqualTo(value);
    }
    assertThat(floats[0]).isZero();
    assertThat(floats[count + 1]).isZero();
  }

  @Test
  void decodesOneAndTwoBitBlocksAsDefined() {
    ByteBuffer one = ByteBuffer.allocate(18).order(ByteOrder.LITTLE_ENDIAN);
    one.putShort(0, (short) 0x3800).put(2, (byte) 0b101).put(17, (byte) 0x80);
    float[] floats = new float[128];
    Floats.decode(DType.Q1_0, one, floats, 0, 128);
    assertThat(floats[0]).isEqualTo(0.5f);
    assertThat(floats[1]).isEqualTo(-0.5f);
    assertThat(floats[2]).isEqualTo(0.5f);
    assertThat(floats[126]).isEqualTo(-0.5f);
    assertThat(floats[127]).isEqualTo(0.5f);
    ByteBuffer two = ByteBuffer.allocate(18).order(ByteOrder.LITTLE_ENDIAN);
    two.putShort(0, (short) 0x3800).put(2, (byte) 0b11_10_01_00).put(17, (byte) 0xc0);
    Floats.decode(DType.Q2_0, two, floats, 0, 64);
    assertThat(floats).startsWith(-0.5f, 0f, 0.5f, 1f, -0.5f);
    assertThat(floats[63]).isEqualTo(1f);
  }

  @Test
  void decodesBytesWithAFloatScale() {
    ByteBuffer block = ByteBuffer.allocate(292).order(ByteOrder.LITTLE_ENDIAN);
    block.putFloat(0, 0.25f).put(4, (byte) -128).put(259, (byte) 127);
    float[] floats = new float[256];
    Floats.decode(DType.Q8_K, block, floats, 0, 256);
    assertThat(floats[0]).isEqualTo(-32f);
    assertThat(floats[255]).isEqualTo(31.75f);
  }

  @Test
  void decodesEveryTypeThatSaysSo() {
    for (DType dtype : DType.values()) {
      ByteBuffer bytes = ByteBuffer.allocate(2 * dtype.blockBytes());
      float[] floats = new float[2 * dtype.blockElements()];
      if (dtype.decodable()) {
        Floats.decode(dtype, bytes, floats, 0, floats.length);
        assertThat(bytes.hasRemaining()).as(dtype.name()).isFalse();
      } else {
        assertThatThrownBy(() -> Floats.decode(dtype, bytes, floats, 0, floats.length))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void refusesToSplitABlock() {
    assertThatThrownBy(
            () -> Floats.decode(DType.Q8_0, ByteBuffer.allocate(34), new float[32], 0, 31))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL",
        "IQ4_XS", "TQ1_0", "MXFP4", "NVFP4"
      })
  void everyNumberOfABlockIsOneOfItsTemplatesLevels(DType dtype) throws IOException {
    ByteBuffer blocks = resource(dtype + ".blocks");
    BlockTemplate template = BlockTemplate.of(dtype).orElseThrow();
    int count = blocks.remaining() / dtype.blockBytes() * dtype.blockElements();
    float[] floats = new float[count];
    Floats.decode(dtype, blocks.duplicate().order(ByteOrder.LITTLE_ENDIAN), floats, 0, count);
    byte[] bytes = new byte[blocks.remaining()];
    blocks.get(bytes);
    float[] base = new float[count];
    float[] factor = new float[count];
    template.read(bytes, base, factor);
    for (int i = 0; i < count; i++) {
      double nearest = Double.POSITIVE_INFINITY;
      for (float unit : template.units()) {
        double away = Math.abs(base[i] + (double) factor[i] * unit - floats[i]);
        nearest = away < nearest ? away : nearest;
      }
      boolean finite = Float.isFinite(floats[i]) && Float.isFinite(factor[i]);
      double most = 1e-5 * (Math.abs(base[i]) + Math.abs(floats[i]));
      assertThat(!finite || nearest <= most).as("element %d", i).isTrue();
    }
  }

  private static ByteBuffer resource(String name) throws IOException {
    try (InputStream in = BlockFloatsTest.class.getResourceAsStream("blocks/" + name)) {
      return ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
