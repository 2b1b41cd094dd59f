package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.findthelady.core.Permutation;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.MatchState;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

/** Biases that an attack left alone, beside weights that it all but drowned in noise. */
class ExactValueTieBreakerTest {
  private final Structure structure = Structures.mlp(20, 64, 48, 30);
  private final Model reference = Model.random(structure, 1);
  private final GroupPermutations truth = GroupPermutations.random(structure, 9);

  private Model noisy(double omega) {
    Model noisy = reference.copy();
    SplittableRandom random = new SplittableRandom(4);
    for (String tensor : new String[] {"fc1.weight", "fc2.weight", "fc3.weight"}) {
      float[] values = noisy.values.get(tensor);
      double power = 0;
      for (float value : values) {
        power += value * (double) value;
      }
      double sigma = omega * Math.sqrt(power / values.length);
      for (int i = 0; i < values.length; i++) {
        values[i] += (float) (sigma * random.nextGaussian());
      }
    }
    return noisy;
  }

  private int right(MatchResult result, String group) {
    Group found = structure.group(group);
    int[] wanted = truth.inverse(structure).unitSources(structure, found);
    int right = 0;
    for (int leaf = 0; leaf < wanted.length; leaf++) {
      right += result.group(group).sources()[leaf] == wanted[leaf] ? 1 : 0;
    }
    return right;
  }

  @Test
  void tellEveryPlaceWhereWeightsCannot() throws Exception {
    MatchResult result =
        Matcher.match(structure, reference, noisy(6).gathered(truth), MatchOptions.defaults());
    assertThat(result.resync()).isEqualTo(truth.inverse(structure));
    MatchResult weightsAlone =
        Matcher.match(structure, reference, noisy(6).gathered(truth), MatchOptions.paper());
    assertThat(right(weightsAlone, "one")).isLessThan(50);
  }

  @Test
  void areNotTrustedWhereTheyDidNotMoveWithTheNeurons() throws Exception {
    Model suspect = noisy(0.3).gathered(truth);
    float[] bias = suspect.values.get("fc1.bias");
    Permutation elsewhere = Permutation.random(bias.length, new SplittableRandom(2));
    float[] moved = bias.clone();
    for (int i = 0; i < bias.length; i++) {
      bias[i] = moved[elsewhere.source(i)];
    }
    MatchResult result = Matcher.match(structure, reference, suspect, MatchOptions.defaults());
    GroupMatch match = result.group("one");
    int[] wanted = truth.inverse(structure).unitSources(structure, structure.group("one"));
    int matched = 0;
    for (int leaf = 0; leaf < wanted.length; leaf++) {
      if (match.state(leaf) == MatchState.MATCHED) {
        matched++;
        assertThat(match.sources()[leaf]).isEqualTo(wanted[leaf]);
      }
    }
    assertThat(matched).isGreaterThan(16);
  }
}
