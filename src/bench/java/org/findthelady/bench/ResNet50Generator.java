package org.findthelady.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.findthelady.core.DType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a ResNet-50 with seeded f32 weights, by torchvision's names. */
@Command(name = "resnet50", description = "Write a seeded ResNet-50 as one safetensors file.")
final class ResNet50Generator implements Callable<Integer> {
  private static final int[] BLOCKS = {3, 4, 6, 3};

  @Option(names = "--out", required = true, description = "File to make.")
  Path out;

  @Option(names = "--seed", defaultValue = "1")
  long seed;

  private final TensorList tensors = new TensorList(DType.F32);

  @Override
  public Integer call() throws IOException {
    convolution("conv1", "bn1", 64, 3, 7);
    int width = 64;
    for (int stage = 0; stage < BLOCKS.length; stage++) {
      int inner = 64 << stage;
      for (int block = 0; block < BLOCKS[stage]; block++) {
        String prefix = "layer%d.%d.".formatted(stage + 1, block);
        convolution(prefix + "conv1", prefix + "bn1", inner, width, 1);
        convolution(prefix + "conv2", prefix + "bn2", inner, inner, 3);
        convolution(prefix + "conv3", prefix + "bn3", 4 * inner, inner, 1);
        if (block == 0) {
          convolution(prefix + "downsample.0", prefix + "downsample.1", 4 * inner, width, 1);
        }
        width = 4 * inner;
      }
    }
    tensors.add("fc.weight", 1000, width);
    tensors.add("fc.bias", 1000);
    SeededTensors.write(tensors.all(), seed, out);
    return 0;
  }

  private void convolution(String name, String normalisation, int outputs, int inputs, int kernel) {
    tensors.add(name + ".weight", outputs, inputs, kernel, kernel);
    for (String term : new String[] {"weight", "bias", "running_mean", "running_var"}) {
      tensors.add(normalisation + "." + term, outputs);
    }
  }
}
