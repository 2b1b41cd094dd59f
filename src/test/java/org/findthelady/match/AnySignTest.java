package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;

import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Units of which rows were turned, and units of which chance makes as much as of these. */
class AnySignTest {
  /** Units that are not put back. */
  private static long wrong(Model reference, Model suspect) throws Exception {
    GroupPermutations truth = GroupPermutations.random(reference.structure, 77);
    GroupPermutations wanted = truth.inverse(reference.structure);
    var result =
        Matcher.match(
            reference.structure, reference, suspect.gathered(truth), MatchOptions.defaults());
    long wrong = 0;
    for (Group group : reference.structure.groups()) {
      int[] expected = wanted.unitSources(reference.structure, group);
      int[] found = result.group(group.name()).sources();
      for (int unit = 0; unit < found.length; unit++) {
        wrong += found[unit] == expected[unit] ? 0 : 1;
      }
    }
    return wrong;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void matricesOfWhichEveryRowOrEveryFewIsTurnedArePutInOrder(int every) throws Exception {
    Model reference = RealModels.resnet20();
    Model suspect = reference.changed(Model.noise(0.05, 3));
    for (int block = 0; block < 3; block++) {
      float[] rows = suspect.values.get("module.layer2." + block + ".conv1.weight");
      int width = rows.length / 32;
      for (int unit = 0; unit < 32; unit += every) {
        for (int i = 0; i < width; i++) {
          rows[unit * width + i] *= -1;
        }
      }
    }
    assertThat(wrong(reference, suspect)).isZero();
  }

  /** Hardly any row has a weight left; the equal biases tell all units, whatever fits as well. */
  @Test
  void unitsThatTheirTermsTellStayInOrder() throws Exception {
    Model reference = RealModels.mnistConvolutions();
    assertThat(wrong(reference, reference.changed(Model.pruned(0.999)))).isZero();
  }
}
