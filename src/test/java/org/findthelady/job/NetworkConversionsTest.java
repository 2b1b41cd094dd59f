package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.findthelady.SharedModels;
import org.findthelady.TestModels;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
    NetworkConversions.Row row = new NetworkConversions(original, converted, folder).row();
    assertThat(row.isRight()).as(row.words()).isTrue();
  }
}
