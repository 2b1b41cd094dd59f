package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.MatchState;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MatcherTest {
  @ParameterizedTest
  @MethodSource("org.findthelady.match.Structures#all")
  void findsEveryPermutationOfCleanCopies(Structure structure) throws Exception {
    for (long seed = 1; seed <= 20; seed++) {
      check(structure, seed, data -> data);
    }
  }

  @ParameterizedTest
  @MethodSource("org.findthelady.match.Structures#all")
  void findsEveryPermutationUnderMildChanges(Structure structure) throws Exception {
    for (long seed = 1; seed <= 5; seed++) {
      check(structure, seed, Model.noise(0.3, seed));
      check(structure, seed, Model.pruned(0.5));
      check(structure, seed, Model.quantised(4));
    }
  }

  private static void check(Structure structure, long seed, UnaryOperator<float[]> change)
      throws Exception {
    Model reference = Model.random(structure, seed);
    GroupPermutations truth = GroupPermutations.random(structure, seed + 1000);
    Model suspect = reference.changed(change).gathered(truth);
    MatchResult result = Matcher.match(structure, reference, suspect, MatchOptions.defaults());
    assertThat(result.resync())
        .as("%s seed %d", structure.name(), seed)
        .isEqualTo(truth.inverse(structure));
    assertThat(result.count(MatchState.AMBIGUOUS))
        .as("%s seed %d", structure.name(), seed)
        .isZero();
  }
}
