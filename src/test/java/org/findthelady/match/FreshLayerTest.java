package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;

import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

/** A first layer that was drawn anew tells no order; what is solved from the outputs does. */
class FreshLayerTest {
  private final Structure structure = Structures.mlp(49, 64, 48, 24);
  private final Model reference = Model.random(structure, 1);

  @Test
  void isPutInOrderByWhatReadsIt() throws Exception {
    Model suspect = reference.changed(Model.noise(0.3, 3));
    Model fresh = Model.random(structure, 9);
    for (String name : fresh.names()) {
      if (name.startsWith("fc1") || name.endsWith("bias")) {
        suspect.values.put(name, fresh.values.get(name));
      }
    }
    GroupPermutations shuffle = GroupPermutations.random(structure, 7);
    MatchResult result =
        Matcher.match(structure, reference, suspect.gathered(shuffle), MatchOptions.defaults());
    assertThat(result.origin().common()).isTrue();
    for (GroupMatch group : result.groups()) {
      int[] undone = shuffle.unitSources(structure, structure.group(group.group()));
      int right = 0;
      for (int unit = 0; unit < group.units(); unit++) {
        right += undone[group.sources()[unit]] == unit ? 1 : 0;
      }
      assertThat(right).as(group.group()).isGreaterThanOrEqualTo(group.units() - 2);
    }
  }
}
