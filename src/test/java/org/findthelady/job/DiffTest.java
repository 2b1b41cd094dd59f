package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.findthelady.SharedModels;
import org.findthelady.core.Verdict;
import org.findthelady.pair.StructureChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiffTest {
  @TempDir private Path folder;

  private Diff.Result diff(NamelessNetwork one, NamelessNetwork other) throws IOException {
    Path ours = one.write(folder.resolve("ours.safetensors"));
    Path theirs = other.write(folder.resolve("theirs.safetensors"));
    return Diff.run(ours.toString(), theirs.toString(), StructureChoice.AUTOMATIC, Map.of());
  }

  @Test
  void theSentenceComesFirstAndNumbersSecond() throws IOException {
    NamelessNetwork network = NamelessNetwork.of(1);
    Diff.Result summary = diff(network, network.noised(0.05, 2));
    assertThat(summary.text(false))
        .startsWith(
            "theirs.safetensors has a common origin with ours.safetensors: same order, fine-tuned or changed"
                + " lightly.\n  verdict   DERIVED")
        .contains("22 of 22 changed")
        .doesNotContain("\u001b");
    assertThat(summary.text(true)).startsWith("\u001b[1;31mtheirs").contains("\u001b[0m");
  }

  @Test
  void equalAndUnrelatedPairsSaySo() throws IOException {
    NamelessNetwork network = NamelessNetwork.of(1);
    assertThat(diff(network, network).text(false))
        .startsWith("theirs.safetensors is ours.safetensors: the same weights in the same order.");
    Diff.Result other = diff(network, NamelessNetwork.of(2));
    assertThat(other.verdict()).isIn(Verdict.UNRELATED, Verdict.UNDECIDED);
    assertThat(other.text(false)).doesNotContain("common origin with");
  }

  /** Epochs of one training: nothing was moved, and some neurons are no longer like themselves. */
  @Test
  void neuronsThatAreNotRecognisedStayWhereTheOthersDo() {
    Path epochs = SharedModels.path("models/face-rfb/epochs");
    Path graph = SharedModels.path("models/face-rfb/onnx/version-RFB-320.onnx");
    Diff.Result summary =
        Diff.run(
            epochs.resolve("rfb-epoch-0.pth").toString(),
            epochs.resolve("rfb-epoch-499.pth").toString(),
            new StructureChoice(null, graph.toString()),
            Map.of());
    assertThat(summary.text(false))
        .contains("same order, changed strongly", "0 of 1,716 moved")
        .doesNotContain("shuffled");
  }

  @Test
  void jsonHoldsWhatTheTableShows() throws IOException {
    NamelessNetwork network = NamelessNetwork.of(1);
    JsonNode json =
        JsonMapper.builder().build().readTree(diff(network, network.noised(0.05, 2)).json());
    assertThat(json.get("verdict").asText()).isEqualTo("DERIVED");
    assertThat(json.get("sentence").asText()).contains("has a common origin with ours.safetensors");
    assertThat(json.get("tensors")).hasSize(22);
    assertThat(json.get("tensors").get(0).get("relative_l2").asDouble()).isBetween(0.03, 0.07);
  }
}
