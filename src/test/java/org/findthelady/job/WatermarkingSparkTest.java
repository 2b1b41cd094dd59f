package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.findthelady.TestModels;
import org.findthelady.core.UserException;
import org.findthelady.pair.StructureChoice;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatermarkingSparkTest {
  private static final String LAYER = "conv2.weight";

  @TempDir private Path folder;
  private Path key;
  private Path marked;

  @BeforeEach
  void mark() throws IOException {
    key = Files.writeString(folder.resolve("key"), "only the owner knows\n");
    marked = folder.resolve("marked.safetensors");
    Watermarking.Result made =
        Watermarking.embed(request(TestModels.silero(folder), 64), marked.toString(), 3);
    assertThat(made.reading().errors()).isZero();
    assertThat(made.change()).isBetween(0.001, 0.3);
  }

  private Watermarking.Request request(Path model, int bits) {
    return new Watermarking.Request(model.toString(), key.toString(), LAYER, bits, Map.of());
  }

  @Test
  void isFoundInTheMarkedCopyAndNowhereElse() throws IOException {
    assertThat(Watermarking.detect(request(marked, 64)).text())
        .contains("bit error rate  0.0 %", "watermark       found");
    Path plain = folder.resolve("silero_vad_16k.safetensors");
    assertThat(Watermarking.detect(request(plain, 64)).reading().found()).isFalse();
    Files.writeString(key, "somebody else guesses");
    assertThat(Watermarking.detect(request(marked, 64)).reading().found()).isFalse();
  }

  @Test
  void shufflingHidesItAndItsInverseBringsItBack() throws Exception {
    Path shuffled = folder.resolve("shuffled.safetensors");
    StructureChoice automatic = StructureChoice.AUTOMATIC;
    Permute.run(
        new Permute.Request(marked.toString(), shuffled.toString(), 7, null, automatic, Map.of()));
    assertThat(Watermarking.detect(request(shuffled, 64)).reading().bitErrorRate())
        .isBetween(25.0, 75.0);
    Path back = folder.resolve("back.safetensors");
    Resync.run(
        new Resync.Request(
            marked.toString(),
            shuffled.toString(),
            back.toString(),
            null,
            null,
            null,
            automatic,
            "all",
            "one-to-one",
            1,
            Map.of()));
    assertThat(Watermarking.detect(request(back, 64)).reading().errors()).isZero();
  }

  @Test
  void saysWhatItCannotMark() {
    String out = folder.resolve("out").toString();
    assertThatThrownBy(() -> Watermarking.embed(request(marked, 5000), out, 3))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("5000 bits in 384 numbers");
    Watermarking.Request nowhere =
        new Watermarking.Request(marked.toString(), key.toString(), "nothing", 8, Map.of());
    assertThatThrownBy(() -> Watermarking.embed(nowhere, out, 3))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'nothing' is not there");
    Watermarking.Request bias =
        new Watermarking.Request(marked.toString(), key.toString(), "conv2.bias", 8, Map.of());
    assertThatThrownBy(() -> Watermarking.detect(bias)).hasMessageContaining("shape [64]");
    assertThat(Path.of(out)).doesNotExist();
  }
}
