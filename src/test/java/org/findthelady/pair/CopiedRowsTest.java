package org.findthelady.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.findthelady.TestModels;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.Verdict;
import org.findthelady.job.LocalPair;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers of a reference in a network that is another one else, and shuffled. */
class CopiedRowsTest {
  @TempDir private Path folder;
  private Path reference;
  private Path other;

  @BeforeEach
  void open() {
    reference = TestModels.llama(folder);
  }

  /** Puts every tensor's numbers in random order, but those of tensors that are copied. */
  private void scramble(String copied) throws IOException {
    other = Files.createDirectories(folder.resolve("other"));
    Files.copy(reference.resolve("config.json"), other.resolve("config.json"));
    Path weights = reference.resolve("model.safetensors");
    byte[] file = Files.readAllBytes(weights);
    for (TensorInfo tensor : Checkpoints.open(new HadoopStore(), weights.toString()).tensors()) {
      if (tensor.dtype() != DType.F32 || tensor.name().contains(copied)) {
        continue;
      }
      ByteBuffer stored =
          ByteBuffer.wrap(file, (int) tensor.offset(), (int) tensor.length()).slice();
      float[] values = new float[Math.toIntExact(tensor.shape().elements())];
      Floats.decode(DType.F32, stored.duplicate(), values, 0, values.length);
      SplittableRandom random = new SplittableRandom(tensor.name().hashCode());
      for (int i = values.length - 1; i > 0; i--) {
        int at = random.nextInt(i + 1);
        float value = values[i];
        values[i] = values[at];
        values[at] = value;
      }
      Floats.encode(DType.F32, values, 0, values.length, stored);
    }
    Files.write(other.resolve("model.safetensors"), file);
  }

  @Test
  void aShuffledNetworkWithLayersOfTheReferenceIsNotCleared() throws IOException {
    scramble("layers.2.self_attn");
    Path shuffled = folder.resolve("shuffled");
    LocalPair.permute(other, shuffled, 3, null);
    PairOutcome outcome = LocalPair.resync(reference, shuffled, null);
    assertThat(outcome.verdict()).isEqualTo(Verdict.DERIVED);
    assertThat(outcome.judgement().reason()).contains("model.layers.2.self_attn.k_proj.weight");
  }

  @Test
  void theSameNumbersInOtherRowsAreNoCopy() throws IOException {
    scramble("no such layer");
    assertThat(LocalPair.resync(reference, other, null).verdict()).isEqualTo(Verdict.UNRELATED);
  }
}
