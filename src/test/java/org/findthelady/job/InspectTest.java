package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.findthelady.SharedModels;
import org.findthelady.TestModels;
import org.findthelady.core.UserException;
import org.findthelady.pair.StructureChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectTest {
  private static final String DETECTOR = "models/face-rfb/onnx/version-RFB-320.onnx";

  @TempDir private Path folder;

  @Test
  void provesARealNetworkByRunningIt() {
    Inspect.Result result =
        inspect(SharedModels.path("models/yolox/yolox_nano.onnx"), StructureChoice.AUTOMATIC, true);
    assertThat(result.proven()).isTrue();
    assertThat(result.text()).contains("proof holds").contains("67, 5472 neurons free to move");
  }

  @Test
  void whatTheConfigurationSaysWronglyIsTold() throws IOException {
    Path llama = TestModels.llama(folder);
    assertThat(inspect(llama, StructureChoice.AUTOMATIC, false).text())
        .doesNotContain("config.json says");
    Path config = llama.resolve("config.json");
    String said = Files.readString(config);
    Files.writeString(
        config,
        said.replace("\"torch_dtype\": \"float32\"", "\"torch_dtype\": \"bfloat16\"")
            .replace("\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false"));
    assertThat(inspect(llama, StructureChoice.AUTOMATIC, false).text())
        .contains("config.json says bfloat16; 100 % of the numbers")
        .contains("there is no 'lm_head.weight'");
  }

  @Test
  void refusesToProveWhatCannotBeRun() {
    Path silero = TestModels.silero(folder);
    assertThatThrownBy(() -> inspect(silero, StructureChoice.AUTOMATIC, true))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("safetensors");
  }

  @Test
  void aGraphStandsForTheStructureOfAnotherFormat() throws IOException {
    StructureChoice graph = new StructureChoice(null, SharedModels.path(DETECTOR).toString());
    Path weights = SharedModels.path("models/face-rfb/version-RFB-320.pth");
    assertThat(inspect(weights, StructureChoice.AUTOMATIC, false).text())
        .contains("groups       0");
    assertThat(groups(inspect(weights, graph, false))).isEqualTo(25);
  }

  @Test
  void anExportedStructureReadsBack() throws IOException {
    Path detector = SharedModels.path(DETECTOR);
    Path exported = folder.resolve("exported.json");
    ExportStructure.run(
        detector.toString(), null, exported.toString(), "rfb", StructureChoice.AUTOMATIC, Map.of());
    StructureChoice architecture = new StructureChoice(exported.toString(), null);
    assertThat(groups(inspect(detector, architecture, false))).isEqualTo(25);
    assertThat(inspect(detector, architecture, true).proven()).isTrue();
    assertThatThrownBy(
            () ->
                ExportStructure.run(
                    detector.toString(),
                    null,
                    exported.toString(),
                    "rfb",
                    StructureChoice.AUTOMATIC,
                    Map.of()))
        .hasMessageContaining("there already");
  }

  /** Its names are not those of the architecture files, and its tables of angles have no group. */
  @Test
  void theExportedStructureOfALlamaUnderMetasNamesReadsBack() throws IOException {
    Path llama = SharedModels.path("models/llama-stories/stories260K.bin");
    Path exported = folder.resolve("exported.json");
    ExportStructure.run(
        llama.toString(), null, exported.toString(), "own", StructureChoice.AUTOMATIC, Map.of());
    assertThat(exported).content().contains("tok_embeddings.weight", "freqs_cos");
    StructureChoice own = new StructureChoice(exported.toString(), null);
    assertThat(groups(inspect(llama, own, false)))
        .isEqualTo(groups(inspect(llama, StructureChoice.AUTOMATIC, false)));
  }

  @Test
  void aCheckpointThatNothingFitsIsShownWithTheReason() throws IOException {
    Path blazeface = SharedModels.path("models/blazeface/blazeface.pth");
    Inspect.Result result = inspect(blazeface, StructureChoice.AUTOMATIC, false);
    assertThat(result.text()).contains("no architecture fits the 74 tensors");
    assertThatThrownBy(() -> inspect(blazeface, new StructureChoice("llama", null), false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("backbone1.0.weight");
  }

  private static Inspect.Result inspect(Path path, StructureChoice choice, boolean prove) {
    return Inspect.run(
        new Inspect.Request(path.toString(), null, choice, prove, Map.of(), Map.of()));
  }

  private static int groups(Inspect.Result result) throws IOException {
    JsonNode json = JsonMapper.builder().build().readTree(result.json());
    return json.get("groups").size();
  }
}
