package org.findthelady.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.junit.jupiter.api.Test;

class CheckpointWeightsTest {
  private static final int ROWS = 64;
  private static final int WIDTH = 96;

  /** Bytes that are floats of ordinary size as bf16, and blocks of Q8_0 as well. */
  private static final class Bytes implements TensorReader {
    private final byte[] bytes;
    private int reads;

    Bytes(long length) {
      bytes = new byte[(int) length];
      SplittableRandom random = new SplittableRandom(3);
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (i % 2 == 0 ? random.nextInt() : 0x3c | (random.nextInt() & 0x81));
      }
    }

    @Override
    public void read(TensorInfo tensor, long firstByte, ByteBuffer target) {
      reads++;
      target.put(bytes, (int) (tensor.offset() + firstByte), target.remaining());
    }

    @Override
    public void close() {}
  }

  @Test
  void aHeldTensorIsReadOnceAndGivesTheSameNumbers() throws IOException {
    for (DType type : new DType[] {DType.BF16, DType.F16, DType.F32, DType.Q8_0}) {
      Shape shape = Shape.of(ROWS, WIDTH);
      long length = type.bytes(shape);
      TensorInfo one = new TensorInfo("one", type, shape, 0, 0, length);
      TensorInfo other = new TensorInfo("other", type, shape, 0, length, length);
      Map<String, TensorInfo> tensors = Map.of("a", one, "b", other);
      Bytes plain = new Bytes(2 * length);
      float[] expected = all(new CheckpointWeights(tensors, plain, 0, length), "a");
      float[] others = all(new CheckpointWeights(tensors, plain, 0, length), "b");
      assertThat(others).isNotEqualTo(expected);
      Bytes reader = new Bytes(2 * length);
      CheckpointWeights weights = new CheckpointWeights(tensors, reader, 0, length);
      weights.hold("a");
      weights.hold("a");
      assertThat(all(weights, "a")).as("%s", type).isEqualTo(expected);
      assertThat(reader.reads).isOne();
      assertThat(all(weights, "b")).isEqualTo(others);
      weights.hold("b");
      assertThat(all(weights, "b")).isEqualTo(others);
      assertThat(all(weights, "a")).isEqualTo(expected);
      assertThat(reader.reads).isEqualTo(1 + ROWS + 1 + ROWS);
      Bytes large = new Bytes(2 * length);
      CheckpointWeights few = new CheckpointWeights(tensors, large, 0, length - 1);
      few.hold("a");
      assertThat(all(few, "a")).isEqualTo(expected);
      assertThat(large.reads).isEqualTo(ROWS);
    }
  }

  /** RunRows from the last to the first. */
  private static float[] all(CheckpointWeights weights, String tensor) throws IOException {
    float[] values = new float[ROWS * WIDTH];
    for (int row = ROWS - 1; row >= 0; row--) {
      weights.read(tensor, (long) row * WIDTH, values, row * WIDTH, WIDTH);
    }
    return values;
  }
}
