package org.findthelady.metamorphic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.findthelady.SharedModels;
import org.findthelady.TestModels;
import org.findthelady.core.UserException;
import org.findthelady.job.Resync;
import org.findthelady.pair.MatchSettings;
import org.findthelady.pair.StructureChoice;
import org.findthelady.structure.GroupPermutations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outputs of reference, suspect and corrected suspect, from a real network that is run. */
class FunctionTest {
  @TempDir private Path folder;

  @Test
  void outputsOfASuspectAndOfWhatIsUndoneAreCompared() throws IOException {
    Path file = SharedModels.path("models/abcrown/cifar_base_kw.onnx");
    Network cifar = Network.open(file, StructureChoice.AUTOMATIC);
    Target target = Target.all(cifar, false).get(0);
    Network changed = cifar.copy();
    Network.Tensor tensor = changed.get(target.tensor());
    for (int i = 0; i < tensor.values().length; i++) {
      tensor.values()[i] *= tensor.index(i, target.axis()) == target.unit() ? -20 : 1;
    }
    GroupPermutations order = GroupPermutations.random(cifar.structure, 3);
    Path shuffled = cifar.shuffled(order).write(folder.resolve("shuffled"));
    assertThat(notes(file, shuffled, null))
        .singleElement()
        .asString()
        .contains("the suspect agrees in 100.0 % of 16 rows of outputs on 16 seeded inputs");
    Path tampered = changed.shuffled(order).write(folder.resolve("tampered"));
    List<String> notes = notes(file, tampered, folder.resolve("back.safetensors"));
    assertThat(notes).hasSize(2);
    assertThat(relative(notes.get(0))).isGreaterThan(0.05);
    assertThat(notes.get(1)).contains("the corrected suspect agrees in 100.0 %");
    assertThat(relative(notes.get(1))).isLessThan(1e-4);
  }

  @Test
  void weightsWithoutANetworkAreRefusedAtOnce() {
    Path file = TestModels.resnet20(folder);
    assertThatThrownBy(() -> notes(file, file, null))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("pytorch-legacy holds weights alone")
        .hasMessageContaining("--graph");
  }

  private static double relative(String note) {
    return Double.parseDouble(note.substring(note.lastIndexOf(' ') + 1));
  }

  private static List<String> notes(Path reference, Path suspect, Path out) {
    String model = out == null ? null : out.toString();
    return Resync.run(
            new Resync.Request(
                reference.toString(),
                suspect.toString(),
                null,
                StructureChoice.AUTOMATIC,
                MatchSettings.Given.DEFAULTS,
                null,
                new Resync.Outputs(model, out != null, true, null, null),
                Map.of()))
        .notes()
        .stream()
        .filter(note -> note.startsWith("function: "))
        .toList();
  }
}
