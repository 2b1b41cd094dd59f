package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.MatchState;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

/** Units whose place is not sure, among units that were not moved and among units that were. */
class KeptPlacesTest {
  private static final int DROWNED = 12;

  private final Structure structure = Structures.mlp(20, 64, 48, 10);
  private final Model reference = Model.random(structure, 1);

  /** The reference with the first units of its first group made anew: nothing tells their place. */
  private Model drowned() {
    Model suspect = reference.changed(Model.noise(0.1, 3));
    SplittableRandom random = new SplittableRandom(5);
    float[] in = suspect.values.get("fc1.weight");
    for (int i = 0; i < DROWNED * 20; i++) {
      in[i] = (float) (0.05 * random.nextGaussian());
    }
    float[] out = suspect.values.get("fc2.weight");
    for (int i = 0; i < out.length; i++) {
      out[i] = i % 64 < DROWNED ? (float) (0.05 * random.nextGaussian()) : out[i];
    }
    float[] bias = suspect.values.get("fc1.bias");
    for (int i = 0; i < DROWNED; i++) {
      bias[i] = (float) (1 + 0.3 * random.nextGaussian());
    }
    return suspect;
  }

  private static GroupMatch one(MatchResult result) {
    return result.groups().stream().filter(g -> g.group().equals("one")).findFirst().orElseThrow();
  }

  @Test
  void stayWhereTheOthersWereNotMoved() throws Exception {
    MatchResult result = Matcher.match(structure, reference, drowned(), MatchOptions.defaults());
    GroupMatch group = one(result);
    assertThat(group.count(MatchState.AMBIGUOUS)).isGreaterThanOrEqualTo(DROWNED / 2);
    for (int unit = 0; unit < 64; unit++) {
      assertThat(group.sources()[unit]).isEqualTo(unit);
    }
  }

  @Test
  void areMatchedAsWellAsTheyCanBeWhereTheOthersWereMoved() throws Exception {
    GroupPermutations shuffle = GroupPermutations.random(structure, 7);
    MatchResult result =
        Matcher.match(structure, reference, drowned().gathered(shuffle), MatchOptions.defaults());
    GroupMatch group = one(result);
    int[] sources = group.sources();
    int[] undone = shuffle.unitSources(structure, structure.group("one"));
    for (int unit = DROWNED; unit < 64; unit++) {
      assertThat(undone[sources[unit]]).isEqualTo(unit);
    }
  }
}
