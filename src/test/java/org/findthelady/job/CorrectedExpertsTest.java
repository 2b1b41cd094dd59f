package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --correct} writes of experts, which are parts of tensors of the structure. */
class CorrectedExpertsTest {
  private static final String LAYER = "model.layers.1.";
  private static final int HIDDEN = 32;
  private static final int HEAD = 8;

  private final Experts experts = new Experts(false);

  @TempDir private Path folder;

  @Test
  void scaleOfAnExpertsUnitIsUndone() throws IOException {
    isUndone(
        Map.of(
            LAYER + "block_sparse_moe.experts.2.w3.weight",
            values -> {
              for (int i = 5 * HIDDEN; i < 6 * HIDDEN; i++) {
                values[i] *= -1.5f;
              }
              return values;
            }));
  }

  /** What is written beside undone heads is in the reference's order too. */
  @Test
  void expertsAreInOrderWhereABasisIsUndone() throws IOException {
    isUndone(
        Map.of(
            LAYER + "self_attn.v_proj.weight",
            values -> {
              for (int i = 0; i < HIDDEN; i++) {
                turn(values, i, HIDDEN + i);
              }
              return values;
            },
            LAYER + "self_attn.o_proj.weight",
            values -> {
              for (int row = 0; row < HIDDEN; row++) {
                for (int head = 0; head < 2; head++) {
                  turn(values, row * HIDDEN + head * HEAD, row * HIDDEN + head * HEAD + 1);
                }
              }
              return values;
            }));
  }

  private static void turn(float[] values, int one, int other) {
    float x = values[one];
    float y = values[other];
    values[one] = (float) (Math.cos(0.7) * x - Math.sin(0.7) * y);
    values[other] = (float) (Math.sin(0.7) * x + Math.cos(0.7) * y);
  }

  private void isUndone(Map<String, UnaryOperator<float[]>> changes) throws IOException {
    Path reference = experts.split(folder.resolve("r"));
    Path shuffled = folder.resolve("m");
    LocalPair.permute(experts.changed(folder.resolve("s"), changes), shuffled, 7, null);
    Path out = folder.resolve("o");
    Resync.Result result =
        Resync.run(
            Resync.Request.of(
                reference.toString(),
                shuffled.toString(),
                null,
                new Resync.Outputs(out.toString(), true, null, null)));
    assertThat(result.notes()).contains("left as it is: nothing that was found");
    Map<String, float[]> written = numbers(out);
    numbers(reference)
        .forEach(
            (name, numbers) ->
                assertThat(written.get(name)).as(name).containsExactly(numbers, within(1e-5f)));
  }

  private static Map<String, float[]> numbers(Path model) throws IOException {
    HadoopStore store = new HadoopStore();
    Checkpoint checkpoint = Checkpoints.open(store, model.toString());
    Map<String, float[]> numbers = new HashMap<>();
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
      for (TensorInfo tensor : checkpoint.tensors()) {
        numbers.put(tensor.name(), reader.readFloats(tensor));
      }
    }
    return numbers;
  }
}
