package org.findthelady.metamorphic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.findthelady.TestModels;
import org.findthelady.core.Permutation;
import org.findthelady.job.LocalPair;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.StructureChoice;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Suspects whose layers stand in another order. */
class MovedLayersTest {
  private static final String LAYERS = "model.layers.";

  @TempDir private Path folder;

  /** As many layers as heads: only experts may move with units of a group beside them. */
  @Test
  void headsInTheSameOrderAsTheLayersHideNoMovedLayer() throws IOException {
    Network whole = Network.open(TestModels.llama(folder), StructureChoice.AUTOMATIC);
    whole.tensors.keySet().removeIf(name -> name.startsWith(LAYERS + "4."));
    Network reference =
        Network.open(whole.write(folder.resolve("four")), StructureChoice.AUTOMATIC);
    Group heads = reference.structure.group("kv.2");
    Network moved =
        reference.shuffled(
            GroupPermutations.identity().with(heads, List.of(Permutation.ofSources(0, 2, 1, 3))));
    Network exchanged = moved.copy();
    moved.tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(LAYERS + "1.") || name.startsWith(LAYERS + "2.")) {
            int other = name.startsWith(LAYERS + "1.") ? 2 : 1;
            exchanged.tensors.put(LAYERS + other + name.substring(LAYERS.length() + 1), tensor);
          }
        });
    PairOutcome outcome =
        LocalPair.resync(reference.file, exchanged.write(folder.resolve("suspect")), null);
    assertThat(outcome.findings())
        .as(outcome.judgement().reason())
        .anyMatch(f -> f.kind() == FindingKind.LAYER_MOVED && f.tensor().startsWith(LAYERS));
  }
}
