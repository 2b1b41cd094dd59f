package org.findthelady.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.findthelady.TestModels;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.Verdict;
import org.findthelady.job.LocalPair;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OddUnitsTest {
  private static final String UP = "model.layers.2.mlp.up_proj.weight";

  @TempDir private Path folder;

  @Test
  void aTensorOfNanHasNoOddUnits() throws IOException {
    Path reference = TestModels.llama(folder);
    Path suspect = Files.createDirectories(folder.resolve("suspect"));
    Files.copy(reference.resolve("config.json"), suspect.resolve("config.json"));
    Path weights = reference.resolve("model.safetensors");
    byte[] file = Files.readAllBytes(weights);
    TensorInfo up =
        Checkpoints.open(new HadoopStore(), weights.toString()).tensors().stream()
            .filter(tensor -> tensor.name().equals(UP))
            .findFirst()
            .orElseThrow();
    float[] values = new float[Math.toIntExact(up.shape().elements())];
    Arrays.fill(values, Float.NaN);
    ByteBuffer stored = ByteBuffer.wrap(file, (int) up.offset(), (int) up.length()).slice();
    Floats.encode(DType.F32, values, 0, values.length, stored);
    Files.write(suspect.resolve("model.safetensors"), file);
    PairOutcome outcome = LocalPair.resync(reference, suspect, null);
    assertThat(outcome.verdict()).isEqualTo(Verdict.DERIVED);
    assertThat(outcome.findings())
        .extracting(Finding::kind)
        .contains(FindingKind.NOT_FINITE)
        .doesNotContain(FindingKind.UNIT_CHANGED);
  }
}
