package org.findthelady;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.storage.HadoopStore;

/** The real networks that the project carries, unpacked for a test. */
public final class TestModels {
  private TestModels() {}

  /** ResNet-20 for CIFAR-10: PyTorch legacy pickle. */
  public static Path resnet20(Path folder) {
    return copy("/demo/resnet-cifar10/", List.of("resnet20-12fca82f.th"), folder)
        .resolve("resnet20-12fca82f.th");
  }

  /** ResNet-56 for CIFAR-10: PyTorch legacy pickle. */
  public static Path resnet56(Path folder) {
    return copy("/models/resnet-cifar10/", List.of("resnet56-4bfd9763.th"), folder)
        .resolve("resnet56-4bfd9763.th");
  }

  /** The stories260K Llama: a folder with config.json and safetensors. */
  public static Path llama(Path folder) {
    return copy(
        "/demo/llama-stories/",
        List.of("config.json", "model.safetensors"),
        folder.resolve("llama"));
  }

  /** The silero voice activity detector: one safetensors file. */
  public static Path silero(Path folder) {
    return copy("/models/silero-vad/", List.of("silero_vad_16k.safetensors"), folder)
        .resolve("silero_vad_16k.safetensors");
  }

  /** A small ResNet in training, with Adam's moments and an averaged copy: PyTorch zip. */
  public static Path training(Path folder) {
    return copy("/models/training/", List.of("training.pth"), folder).resolve("training.pth");
  }

  /** The checkpoint as its own format writes it, nothing moved. */
  public static Path written(Path checkpoint, Path target) {
    Store store = new HadoopStore();
    Checkpoint opened = Checkpoints.open(store, checkpoint.toString());
    CheckpointFormat format = Checkpoints.format(opened.format());
    try (TensorReader reader = format.reader(store, opened)) {
      format.write(store, opened, reader, Map.of(), target.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return target;
  }

  private static Path copy(String resources, List<String> names, Path folder) {
    try {
      Files.createDirectories(folder);
      for (String name : names) {
        try (InputStream in = TestModels.class.getResourceAsStream(resources + name)) {
          Files.copy(in, folder.resolve(name));
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
