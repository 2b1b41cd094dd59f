package org.findthelady.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.findthelady.checkpoint.Quantisation;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;
import org.junit.jupiter.api.Test;

class ViewReaderTest {
  private final SplittableRandom random = new SplittableRandom(4);

  private float[] values(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  /** Reads in pieces of uneven length. */
  private static float[] read(Floats32 checkpoint, View view) throws IOException {
    int count = (int) view.shown().shape().elements();
    float[] all = new float[count];
    try (ViewReader reader = new ViewReader(checkpoint.reader(), List.of(view))) {
      for (int at = 0, piece = 1; at < count; at += piece, piece = piece * 3 + 2) {
        int part = Math.min(piece, count - at);
        byte[] bytes = new byte[4 * part];
        reader.read(view.shown(), 4L * at, ByteBuffer.wrap(bytes));
        Floats.decode(DType.F32, ByteBuffer.wrap(bytes), all, at, part);
      }
    }
    return all;
  }

  @Test
  void integersOfHwioKernelsAreSeenAsRealNumbersInOihw() throws IOException {
    int h = 3;
    int w = 2;
    int in = 5;
    int out = 4;
    byte[] stored = new byte[h * w * in * out];
    random.nextBytes(stored);
    float[] scales = {0.5f, 0.25f, 3, 0.1f};
    long[] zeros = {0, 7, -128, 3};
    Floats32 checkpoint = new Floats32("a").add("k", DType.I8, stored, h, w, in, out);
    TensorInfo kernel = checkpoint.checkpoint().tensor("k").orElseThrow();
    View view =
        View.values(
            "other", kernel, new Quantisation(3, scales, zeros), null, new int[] {3, 2, 0, 1});
    float[] seen = read(checkpoint, view);
    assertThat(view.shown().shape().toArray()).containsExactly(out, in, h, w);
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        for (int y = 0; y < h; y++) {
          for (int x = 0; x < w; x++) {
            int from = ((y * w + x) * in + i) * out + o;
            float expected = scales[o] * (stored[from] - zeros[o]);
            assertThat(seen[((o * in + i) * h + y) * w + x]).isEqualTo(expected);
          }
        }
      }
    }
  }

  @Test
  void blocksAreReadFromTheirMiddle() throws IOException {
    byte[] blocks = new byte[3 * 34];
    random.nextBytes(blocks);
    for (int b = 0; b < 3; b++) {
      blocks[34 * b] = 0;
      blocks[34 * b + 1] = (byte) (0x30 + b);
    }
    Floats32 checkpoint = new Floats32("a").add("q", DType.Q8_0, blocks, 3, 32);
    TensorInfo tensor = checkpoint.checkpoint().tensor("q").orElseThrow();
    float[] expected = new float[96];
    Floats.decode(DType.Q8_0, ByteBuffer.wrap(blocks), expected, 0, 96);
    assertThat(read(checkpoint, View.values("q", tensor, null, null, null))).isEqualTo(expected);
  }

  @Test
  void aFoldedLayerComputesWhatTheTwoLayersDo() throws IOException {
    int out = 6;
    int in = 10;
    float[] kernel = values(out * in);
    float[] bias = values(out);
    float[] scale = values(out);
    float[] shift = values(out);
    float[] mean = values(out);
    float[] variance = new float[out];
    for (int i = 0; i < out; i++) {
      variance[i] = 0.1f + (float) random.nextDouble();
    }
    Floats32 checkpoint =
        new Floats32("a")
            .add("c.weight", kernel, out, in)
            .add("c.bias", bias, out)
            .add("b.weight", scale, out)
            .add("b.bias", shift, out)
            .add("b.running_mean", mean, out)
            .add("b.running_var", variance, out);
    List<TensorInfo> tensors = checkpoint.checkpoint().tensors();
    List<BatchNorm> norms = BatchNorms.of(tensors);
    assertThat(norms).hasSize(1);
    BatchNorm norm = norms.get(0).withEpsilon(1e-3);
    float[] folded =
        read(
            checkpoint, View.values("w", tensors.get(0), null, new NormFold.Kernel(norm, 0), null));
    float[] shifts =
        read(
            checkpoint,
            View.values("b", tensors.get(3), null, new NormFold.Bias(norm, tensors.get(1)), null));
    float[] x = values(in);
    for (int o = 0; o < out; o++) {
      double plain = bias[o];
      double seen = shifts[o];
      for (int i = 0; i < in; i++) {
        plain += kernel[o * in + i] * x[i];
        seen += folded[o * in + i] * x[i];
      }
      double expected = scale[o] * (plain - mean[o]) / Math.sqrt(variance[o] + 1e-3) + shift[o];
      assertThat(seen).isCloseTo(expected, within(1e-5));
    }
  }
}
