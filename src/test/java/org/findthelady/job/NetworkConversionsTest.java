package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.findthelady.SharedModels;
import org.findthelady.TestModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real networks as converters wrote them, and one thing changed at a time. */
class NetworkConversionsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resnet20-bnb-nf4-nested.safetensors",
        "resnet20-ort-static-QDQ-channel.onnx",
        "resnet20-ort-static-QOperator.onnx",
        "resnet20-torch-e4m3-rows.safetensors",
        "tiny-resnet-tflite-float16.tflite",
      })
  void whatIsChangedIsFoundWhereItWasChanged(String name) throws IOException {
    Path original =
        name.startsWith("resnet20")
            ? TestModels.resnet20(folder)
            : SharedModels.path("models/mlperf-tiny/pretrainedResnet.h5");
    Path converted = folder.resolve(name);
    try (InputStream in =
        NetworkConversionsTest.class.getResourceAsStream(
            "/org/findthelady/conversion/networks/" + name)) {
      Files.copy(in, converted);
    }
    NetworkConversions.Row row = new NetworkConversions(original, converted, folder, null).row();
    assertThat(row.isRight()).as(row.words()).isTrue();
  }

  /** Epochs of one training: 19 epochs before the last, weights are 0.03 % away. */
  @ParameterizedTest
  @CsvSource({"BF16, 480", "F8_E4M3, 480", "F8_E4M3, 400"})
  void aTensorOfAnEarlierEpochIsFound(DType type, int epoch) throws IOException {
    Path last = epoch(499, DType.F32);
    NetworkConversions.Row row =
        new NetworkConversions(last, epoch(499, type), folder, epoch(epoch, DType.F32)).row();
    assertThat(row.isRight()).as(row.words()).isTrue();
  }

  /** An epoch as safetensors, matrices and kernels in a type, E4M3 with a scale for each row. */
  private Path epoch(int number, DType type) throws IOException {
    Path stored = SharedModels.path("models/face-rfb/epochs/rfb-epoch-" + number + ".pth");
    HadoopStore store = new HadoopStore();
    Checkpoint checkpoint = Checkpoints.open(store, stored.toString());
    Map<TensorInfo, byte[]> file = new LinkedHashMap<>();
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
      for (TensorInfo tensor : checkpoint.tensors()) {
        long[] lengths = tensor.shape().toArray();
        if (tensor.dtype() != DType.F32 || lengths.length < 2) {
          file.put(tensor, reader.readAll(tensor));
          continue;
        }
        float[] values = reader.readFloats(tensor);
        if (type == DType.F8_E4M3) {
          file.put(
              DemoLlama.info(tensor.name() + "_scale", DType.F32, lengths[0], 1, 1, 1),
              DemoLlama.encoded(DType.F32, scaled(values, (int) lengths[0])));
        }
        file.put(DemoLlama.info(tensor.name(), type, lengths), DemoLlama.encoded(type, values));
      }
    }
    Path model = DemoLlama.write(folder.resolve(number + "-" + type), "{}", "", file);
    return model.resolve("model.safetensors");
  }

  /** Brings rows into E4M3's range and gives their scales. */
  private static float[] scaled(float[] values, int rows) {
    float[] scales = new float[rows];
    int width = values.length / rows;
    for (int i = 0; i < values.length; i++) {
      scales[i / width] = Math.max(scales[i / width], Math.abs(values[i]) / 448);
    }
    for (int i = 0; i < values.length; i++) {
      values[i] /= scales[i / width] == 0 ? 1 : scales[i / width];
    }
    return scales;
  }
}
