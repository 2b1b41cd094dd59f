package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.MatchState;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.MaskedWeights;
import org.findthelady.match.task.BlockResult;
import org.findthelady.match.task.BlockTask;
import org.findthelady.match.task.MaskedRescoreTask;
import org.findthelady.match.task.UnitRange;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

/** Leaves whose place rests on others that are in doubt. */
class DoubtTest {
  private final Structure structure = Structures.mlp(20, 33, 27, 10);
  private final Model reference = Model.random(structure, 1);

  @Test
  void masksWhatLiesBesideDoubtfulLeavesOfOtherGroups() throws Exception {
    boolean[] one = new boolean[33];
    one[4] = true;
    one[30] = true;
    MaskedWeights masked =
        new MaskedWeights(structure, reference, Map.of("one", one, "two", new boolean[27]), "two");
    float[] all = reference.values.get("fc2.weight");
    float[] read = new float[200];
    masked.read("fc2.weight", 50, read, 10, 180);
    for (int i = 0; i < 180; i++) {
      int column = (50 + i) % 33;
      assertThat(read[10 + i]).isEqualTo(column == 4 || column == 30 ? 0 : all[50 + i]);
    }
    float[] bias = new float[33];
    new MaskedWeights(structure, reference, Map.of("one", one), "one")
        .read("fc1.bias", 0, bias, 0, 33);
    assertThat(bias).isEqualTo(reference.values.get("fc1.bias"));
  }

  @Test
  void scoresAsIfTheseWeightsWereZeroOnBothSides() throws Exception {
    Model suspect = reference.changed(Model.noise(0.5, 3));
    boolean[] here = new boolean[33];
    boolean[] there = new boolean[33];
    for (int leaf = 0; leaf < 30; leaf++) {
      here[leaf] = true;
      there[32 - leaf] = true;
    }
    Evidence links = new Evidence("fc2.weight", 0, 33, 1, false, 1);
    BlockTask block =
        new BlockTask(
            "two",
            List.of(links),
            GroupPermutations.identity(),
            UnitRange.of(0, 27),
            false,
            27,
            1 << 20);
    BlockResult found =
        new MaskedRescoreTask(block, Map.of("one", here), Map.of("one", there))
            .run(structure, reference, suspect);
    BlockResult expected = block.run(structure, zeroed(reference, here), zeroed(suspect, there));
    for (int leaf = 0; leaf < 27; leaf++) {
      assertThat(found.rows().index(leaf, 0)).isEqualTo(expected.rows().index(leaf, 0));
      assertThat(found.rows().score(leaf, 0)).isEqualTo(expected.rows().score(leaf, 0));
    }
    assertThat(found.rowSquares()).containsExactly(expected.rowSquares());
    assertThat(found.columnSquares()).containsExactly(expected.columnSquares());
  }

  private static Model zeroed(Model model, boolean[] columns) {
    Model zeroed = model.copy();
    float[] links = zeroed.values.get("fc2.weight");
    for (int i = 0; i < links.length; i++) {
      links[i] = columns[i % 33] ? 0 : links[i];
    }
    return zeroed;
  }

  @Test
  void leavesAloneWhatIsSureByItself() throws Exception {
    Model suspect = reference.copy();
    float[] out = suspect.values.get("fc2.weight");
    float[] in = suspect.values.get("fc1.weight");
    float[] bias = suspect.values.get("fc1.bias");
    SplittableRandom random = new SplittableRandom(5);
    for (int unit : new int[] {3, 9, 20}) {
      for (int x = 0; x < 20; x++) {
        in[unit * 20 + x] = (float) (0.05 * random.nextGaussian());
      }
      for (int o = 0; o < 27; o++) {
        out[o * 33 + unit] = (float) (0.05 * random.nextGaussian());
      }
      bias[unit] = 1;
    }
    GroupPermutations truth = GroupPermutations.random(structure, 6);
    MatchResult result =
        Matcher.match(structure, reference, suspect.gathered(truth), MatchOptions.defaults());
    Group two = structure.group("two");
    assertThat(result.group("two").count(MatchState.MATCHED)).isEqualTo(27);
    assertThat(result.group("two").sources())
        .isEqualTo(truth.inverse(structure).unitSources(structure, two));
    assertThat(result.group("one").count(MatchState.MATCHED)).isEqualTo(30);
  }
}
