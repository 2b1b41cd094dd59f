package org.findthelady.metamorphic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.findthelady.TestModels;
import org.findthelady.job.Resync;
import org.findthelady.pair.StructureChoice;
import org.findthelady.structure.GroupPermutations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --correct} writes. */
class CorrectionTest {
  @TempDir private Path folder;
  private int count;

  @Test
  void scaleAndSignAreUndone() throws IOException {
    Network silero = Network.open(TestModels.silero(folder), StructureChoice.AUTOMATIC);
    Network changed = silero.copy();
    Network.Tensor tensor = changed.get("conv3.weight");
    for (int i = 0; i < tensor.values().length; i++) {
      int unit = tensor.index(i, 0);
      tensor.values()[i] *= unit == 5 ? 3.3f : unit == 9 ? -1 : 1;
    }
    Network.Tensor bias = changed.get("conv3.bias");
    bias.values()[11] += 0.5f;
    Network moved = changed.shuffled(GroupPermutations.random(silero.structure, 4));
    Resync.Result result = corrected(silero, moved);
    assertThat(result.notes())
        .anyMatch(note -> note.contains("scale or sign of 2 units") && note.contains("rounded"))
        .anyMatch(note -> note.startsWith("left as it is: weights changed"));
    Network back = Network.open(out(silero), StructureChoice.AUTOMATIC);
    for (String name : silero.tensors.keySet()) {
      float[] ours = silero.values(name);
      float[] theirs = back.values(name);
      for (int i = 0; i < ours.length; i++) {
        boolean left = name.equals("conv3.bias") && i == 11;
        assertThat(Math.abs(theirs[i] - ours[i]) <= 1e-6 * Math.abs(ours[i]))
            .as(name + " " + i)
            .isEqualTo(!left);
      }
    }
  }

  /** Half of a tensor's rows make its direction no other one's: nothing was replaced. */
  @Test
  void whatIsUndoneIsNotSaidToBeLeft() throws IOException {
    Network silero = Network.open(TestModels.silero(folder), StructureChoice.AUTOMATIC);
    Network turned = silero.copy();
    Network.Tensor tensor = turned.get("conv3.weight");
    for (int i = 0; i < tensor.values().length; i++) {
      tensor.values()[i] *= tensor.index(i, 0) % 2 == 0 ? -1 : 1;
    }
    Resync.Result result = corrected(silero, turned);
    assertThat(result.findings()).isNotEmpty().allMatch(f -> f.contains("sign turned"));
    assertThat(result.notes())
        .anyMatch(note -> note.equals("left as it is: nothing that was found"));
  }

  /** The last gain is as it was, and nothing but a tied table reads it. */
  @Test
  void gainsThatWereFoldedStayFolded() throws IOException {
    Network llama = Network.open(TestModels.llama(folder), StructureChoice.AUTOMATIC);
    Network folded = llama.copy();
    fold(folded, "model.layers.1", "input_layernorm", "self_attn", "q", "k", "v");
    isWrittenFolded(llama, folded);
    for (int layer = 0; layer < 5; layer++) {
      fold(folded, "model.layers." + layer, "input_layernorm", "self_attn", "q", "k", "v");
      fold(folded, "model.layers." + layer, "post_attention_layernorm", "mlp", "gate", "up");
    }
    isWrittenFolded(llama, folded);
  }

  private void isWrittenFolded(Network llama, Network folded) throws IOException {
    Resync.Result result =
        corrected(llama, folded.shuffled(GroupPermutations.random(llama.structure, 6)));
    assertThat(result.notes())
        .anyMatch(note -> note.startsWith("undone: the order of neurons; products"))
        .contains("left as it is: normalisation gains were folded into what reads them");
    Network back = Network.open(out(llama), StructureChoice.AUTOMATIC);
    for (String name : folded.tensors.keySet()) {
      assertThat(back.values(name)).as(name).containsExactly(folded.values(name), within(1e-4f));
    }
  }

  private static void fold(
      Network network, String layer, String norm, String part, String... readers) {
    float[] gains = network.values(layer + "." + norm + ".weight");
    for (String reader : readers) {
      Network.Tensor tensor = network.get(layer + "." + part + "." + reader + "_proj.weight");
      for (int i = 0; i < tensor.values().length; i++) {
        tensor.values()[i] *= gains[tensor.index(i, 1)];
      }
    }
    Arrays.fill(gains, 1);
  }

  private Path out(Network reference) {
    String name = "out" + count;
    return folder.resolve(Files.isDirectory(reference.file) ? name : name + ".safetensors");
  }

  private Resync.Result corrected(Network reference, Network suspect) throws IOException {
    count++;
    return Resync.run(
        Resync.Request.of(
            reference.file.toString(),
            suspect.write(folder.resolve("suspect" + count)).toString(),
            null,
            new Resync.Outputs(out(reference).toString(), true, null, null)));
  }
}
