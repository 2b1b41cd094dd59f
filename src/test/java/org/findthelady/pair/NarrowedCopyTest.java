package org.findthelady.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Copies whose values were rounded to half precision and stored in 32 bits as before. */
class NarrowedCopyTest {
  @TempDir private Path folder;
  private Path reference;
  private Path suspect;

  @BeforeEach
  void shuffle() {
    reference = TestModels.resnet20(folder);
    suspect = folder.resolve("suspect.safetensors");
    LocalPair.permute(reference, suspect, 5, null);
  }

  private void narrow(DType type) throws IOException {
    byte[] file = Files.readAllBytes(suspect);
    for (TensorInfo tensor : Checkpoints.open(new HadoopStore(), suspect.toString()).tensors()) {
      if (tensor.dtype() == DType.F32) {
        int count = Math.toIntExact(tensor.shape().elements());
        ByteBuffer stored =
            ByteBuffer.wrap(file, (int) tensor.offset(), (int) tensor.length()).slice();
        float[] values = new float[count];
        Floats.decode(DType.F32, stored.duplicate(), values, 0, count);
        ByteBuffer half = ByteBuffer.allocate(count * type.blockBytes());
        Floats.encode(type, values, 0, count, half);
        Floats.decode(type, half.flip(), values, 0, count);
        Floats.encode(DType.F32, values, 0, count, stored);
      }
    }
    Files.write(suspect, file);
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void aCastIsTheOneThingThatIsSaid(DType type) throws IOException {
    narrow(type);
    PairOutcome outcome = LocalPair.resync(reference, suspect, null);
    assertThat(outcome.verdict()).isEqualTo(Verdict.DERIVED);
    assertThat(outcome.judgement().reason())
        .contains("a cast to " + type + " and back explains every difference")
        .doesNotContain("quantised")
        .doesNotContain("norms of");
    assertThat(outcome.findings()).extracting(Finding::kind).containsOnly(FindingKind.CAST);
  }

  @Test
  void oneValueMoreIsNotExplainedByACast() throws IOException {
    narrow(DType.F16);
    byte[] file = Files.readAllBytes(suspect);
    file[file.length - 2] ^= 0x40;
    Files.write(suspect, file);
    assertThat(LocalPair.resync(reference, suspect, null).judgement().reason())
        .doesNotContain("explains every difference");
  }
}
