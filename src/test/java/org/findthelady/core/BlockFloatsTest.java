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
      names = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"})
  void decodesAsAnotherReaderDoes(DType dtype) throws IOException {
    ByteBuffer blocks = resource(dtype + ".blocks");
    ByteBuffer expected = resource(dtype + ".floats");
    int count = blocks.remaining() / dtype.blockBytes() * dtype.blockElements();
    float[] floats = new float[count + 2];
    Floats.decode(dtype, blocks, floats, 1, count);
    assertThat(blocks.hasRemaining()).isFalse();
    assertThat(expected.remaining()).isEqualTo(4 * count);
    for (int i = 0; i < count; i++) {
      assertThat(floats[1 + i]).as("element %d", i).isEqualTo(expected.getFloat());
    }
    assertThat(floats[0]).isZero();
    assertThat(floats[count + 1]).isZero();
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

  private static ByteBuffer resource(String name) throws IOException {
    try (InputStream in = BlockFloatsTest.class.getResourceAsStream("blocks/" + name)) {
      return ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
