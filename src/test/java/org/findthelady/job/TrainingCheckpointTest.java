package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.findthelady.TestModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.safetensors.SafetensorsWriter;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.Verdict;
import org.findthelady.pair.PairOutcome;
import org.findthelady.perturb.LayerSelection;
import org.findthelady.perturb.Pruning;
import org.findthelady.run.Rewrite;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Moments of an optimizer and averaged copies move with the parameters that they belong to. */
class TrainingCheckpointTest {
  private static final HadoopStore STORE = new HadoopStore();

  @TempDir private Path folder;
  private Path original;
  private Path shuffled;

  @BeforeEach
  void shuffle() {
    original = TestModels.training(folder);
    shuffled = folder.resolve("shuffled.pth");
    LocalPair.permute(original, shuffled, 5, folder.resolve("truth.json"));
  }

  private static float[] values(Path path, String name) throws IOException {
    Checkpoint checkpoint = Checkpoints.open(STORE, path.toString());
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(STORE, checkpoint)) {
      byte[] bytes = reader.readAll(checkpoint.tensor(name).orElseThrow());
      FloatBuffer floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      float[] values = new float[floats.remaining()];
      floats.get(values);
      return values;
    }
  }

  /** Which index of the original each one of the shuffled vector is. */
  private int[] order(String vector) throws IOException {
    float[] before = values(original, vector);
    float[] after = values(shuffled, vector);
    return IntStream.range(0, after.length)
        .map(i -> IntStream.range(0, before.length).filter(j -> before[j] == after[i]).sum())
        .toArray();
  }

  private void assertMoved(String matrix, int[] rows, int[] columns, int inner) throws IOException {
    float[] before = values(original, matrix);
    float[] after = values(shuffled, matrix);
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < columns.length; j++) {
        for (int k = 0; k < inner; k++) {
          assertThat(after[(i * columns.length + j) * inner + k])
              .as("%s[%d][%d][%d]", matrix, i, j, k)
              .isEqualTo(before[(rows[i] * columns.length + columns[j]) * inner + k]);
        }
      }
    }
  }

  /** The order is read off the scale of a normalisation, not off what moved the tensors. */
  @Test
  void theyMoveAsTheirParameterDoes() throws IOException {
    int[] stream = order("bn1.weight");
    int[] inside = order("layer1.1.bn1.weight");
    int[] pixels = {0, 1, 2};
    assertThat(stream).isNotEqualTo(IntStream.range(0, 6).toArray());
    assertThat(inside).isNotEqualTo(IntStream.range(0, 6).toArray());
    for (String moment : new String[] {"exp_avg", "exp_avg_sq"}) {
      assertMoved("optimizer.state.0." + moment, stream, pixels, 9);
      assertMoved("optimizer.state.1." + moment, stream, new int[] {0}, 1);
      assertMoved("optimizer.state.9." + moment, inside, stream, 9);
      assertMoved("optimizer.state.12." + moment, stream, inside, 9);
    }
    assertMoved("ema.module.conv1.weight", stream, pixels, 9);
    assertMoved("ema.module.bn1.running_var", stream, new int[] {0}, 1);
    assertMoved("ema.module.layer1.1.conv2.weight", stream, inside, 9);
  }

  @Test
  void theyComeBackByteForByte() throws IOException {
    Path back = folder.resolve("back.pth");
    PairOutcome outcome = LocalPair.resync(original, shuffled, back);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.PERMUTED);
    assertThat(back).hasSameBinaryContentAs(original);
  }

  /** A release keeps the weights alone; the training checkpoint is a suspect all the same. */
  @Test
  void theyFollowWhereTheReferenceHasNone() throws IOException {
    Path release = folder.resolve("release.safetensors");
    write(original, release, false);
    Path back = folder.resolve("back.pth");

    PairOutcome outcome = LocalPair.resync(release, shuffled, back);

    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.PERMUTED);
    assertThat(outcome.notes()).anyMatch(note -> note.contains("that the other has not"));
    assertThat(back).hasSameBinaryContentAs(original);
    assertThat(LocalPair.resync(original, release, null).verdict()).isEqualTo(Verdict.IDENTICAL);
  }

  @Test
  void otherMomentsAreAChangeAndNoEvidence() throws IOException {
    Path changed = folder.resolve("changed.safetensors");
    write(shuffled, changed, true);

    PairOutcome outcome = LocalPair.resync(original, changed, null);

    assertThat(outcome.verdict()).isEqualTo(Verdict.DERIVED);
    assertThat(outcome.judgement().reason())
        .contains("same bytes once")
        .contains("1 tensors of optimizer state or averaged copies differ");
  }

  @Test
  void perturbationsSpareThem() throws IOException {
    Path pruned = folder.resolve("pruned.pth");
    Checkpoint checkpoint = Checkpoints.open(STORE, original.toString());
    Rewrite.run(
        STORE,
        checkpoint,
        pruned.toString(),
        Map.of(),
        List.of(new Pruning(90, LayerSelection.all())));
    for (String name : List.of("optimizer.state.0.exp_avg", "ema.module.conv1.weight")) {
      assertThat(values(pruned, name)).as(name).containsExactly(values(original, name));
    }
    assertThat(values(pruned, "conv1.weight")).isNotEqualTo(values(original, "conv1.weight"));
  }

  /** Writes the checkpoint's own weights, or all of it with one moment set to zero. */
  private static void write(Path from, Path to, boolean all) throws IOException {
    Checkpoint checkpoint = Checkpoints.open(STORE, from.toString());
    Checkpoint part =
        checkpoint.of(
            checkpoint.tensors().stream()
                .filter(t -> all || Stream.of("optimizer", "ema").noneMatch(t.name()::startsWith))
                .toList());
    Map<String, Move> moves = new LinkedHashMap<>();
    part.tensors().forEach(t -> moves.put(t.name(), Move.none(t)));
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(STORE, checkpoint)) {
      TensorReader cleared =
          new TensorReader() {
            @Override
            public void read(TensorInfo tensor, long first, ByteBuffer target) throws IOException {
              if (tensor.name().equals("optimizer.state.0.exp_avg")) {
                target.put(new byte[target.remaining()]);
              } else {
                reader.read(tensor, first, target);
              }
            }

            @Override
            public void close() {}
          };
      SafetensorsWriter.write(STORE, part, cleared, moves, Map.of(), to.toString());
    }
    assertThat(Files.size(to)).isPositive();
  }
}
