package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;

import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.MatchState;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

class UnknownsTest {
  private final Structure structure = Structures.mlp(20, 33, 27, 10);
  private final Group one = structure.group("one");

  /** Sets unit {@code unit} of group "one" to a multiple of another one, weights in and out. */
  private void copyUnit(Model model, int from, int unit, double in, double out) {
    float[] weight = model.values.get("fc1.weight");
    float[] bias = model.values.get("fc1.bias");
    float[] next = model.values.get("fc2.weight");
    for (int x = 0; x < 20; x++) {
      weight[unit * 20 + x] = (float) (in * weight[from * 20 + x]);
    }
    bias[unit] = (float) (in * bias[from]);
    for (int o = 0; o < 27; o++) {
      next[o * 33 + unit] = (float) (out * next[o * 33 + from]);
    }
  }

  @Test
  void zeroUnitsAreInterchangeable() throws Exception {
    Model reference = Model.random(structure, 1);
    for (int unit : new int[] {3, 8, 9, 30}) {
      copyUnit(reference, 0, unit, 0, 0);
    }
    check(reference, new int[] {3, 8, 9, 30}, MatchState.INTERCHANGEABLE);
  }

  @Test
  void unitsWithZeroIncomingAndOtherOutgoingWeightsAreToldApartByThose() throws Exception {
    Model reference = Model.random(structure, 1);
    copyUnit(reference, 3, 3, 0, 1);
    copyUnit(reference, 8, 8, 0, 1);
    GroupPermutations truth = GroupPermutations.random(structure, 5);
    MatchResult result =
        Matcher.match(structure, reference, reference.gathered(truth), MatchOptions.defaults());
    assertThat(result.resync()).isEqualTo(truth.inverse(structure));
  }

  @Test
  void equalUnitsAreInterchangeable() throws Exception {
    Model reference = Model.random(structure, 2);
    copyUnit(reference, 4, 20, 1, 1);
    copyUnit(reference, 4, 21, 1, 1);
    check(reference, new int[] {4, 20, 21}, MatchState.INTERCHANGEABLE);
  }

  @Test
  void namesUnitsWithNotANumber() throws Exception {
    Model reference = Model.random(structure, 3);
    GroupPermutations truth = GroupPermutations.random(structure, 6);
    Model broken = reference.copy();
    broken.values.get("fc1.weight")[5 * 20 + 3] = Float.NaN;
    broken.values.get("fc1.weight")[9 * 20 + 1] = Float.POSITIVE_INFINITY;
    MatchResult result =
        Matcher.match(structure, reference, broken.gathered(truth), MatchOptions.defaults());
    GroupMatch match = result.group("one");
    int[] wanted = truth.inverse(structure).unitSources(structure, one);
    for (int leaf = 0; leaf < 33; leaf++) {
      if (leaf == 5 || leaf == 9) {
        assertThat(match.state(leaf)).isEqualTo(MatchState.AMBIGUOUS);
      } else {
        assertThat(match.sources()[leaf]).isEqualTo(wanted[leaf]);
        assertThat(match.state(leaf)).isEqualTo(MatchState.MATCHED);
      }
    }
    assertThat(result.notes()).anyMatch(note -> note.contains("one") && note.contains("NaN"));
  }

  @Test
  void aSingleUnitIsMatched() throws Exception {
    Structure narrow = Structures.mlp(5, 1, 4, 3);
    Model reference = Model.random(narrow, 1);
    MatchResult result =
        Matcher.match(narrow, reference, reference.copy(), MatchOptions.defaults());
    assertThat(result.group("one").state(0)).isEqualTo(MatchState.MATCHED);
  }

  @Test
  void scaledAndFlippedUnitsAreFoundAndMeasured() throws Exception {
    Model reference = Model.random(structure, 4);
    GroupPermutations truth = GroupPermutations.random(structure, 7);
    Model changed = reference.copy();
    copyUnit(changed, 2, 2, 10, 0.1);
    copyUnit(changed, 5, 5, 3, 1);
    copyUnit(changed, 7, 7, -1, -1);
    copyUnit(changed, 9, 9, -1, 1);
    MatchResult result =
        Matcher.match(structure, reference, changed.gathered(truth), MatchOptions.defaults());
    GroupMatch match = result.group("one");
    int[] wanted = truth.inverse(structure).unitSources(structure, one);
    assertThat(match.sources()).isEqualTo(wanted);
    int in = member(match, "fc1.weight");
    int out = member(match, "fc2.weight");
    assertThat(match.scales()[in][2]).isCloseTo(10f, org.assertj.core.data.Offset.offset(1e-3f));
    assertThat(match.scales()[out][2]).isCloseTo(0.1f, org.assertj.core.data.Offset.offset(1e-3f));
    assertThat(match.scales()[in][5]).isCloseTo(3f, org.assertj.core.data.Offset.offset(1e-3f));
    assertThat(match.scales()[in][7]).isCloseTo(-1f, org.assertj.core.data.Offset.offset(1e-3f));
    assertThat(match.scales()[out][9]).isCloseTo(1f, org.assertj.core.data.Offset.offset(1e-3f));
  }

  private static int member(GroupMatch match, String tensor) {
    for (int m = 0; m < match.members().size(); m++) {
      if (match.members().get(m).tensor().equals(tensor)) {
        return m;
      }
    }
    throw new AssertionError(tensor);
  }

  private void check(Model reference, int[] units, MatchState state) throws Exception {
    for (long seed = 1; seed <= 5; seed++) {
      GroupPermutations truth = GroupPermutations.random(structure, seed);
      MatchResult result =
          Matcher.match(structure, reference, reference.gathered(truth), MatchOptions.defaults());
      Model back = reference.gathered(truth).gathered(result.resync());
      for (String name : reference.names()) {
        assertThat(back.values.get(name)).as(name).isEqualTo(reference.values.get(name));
      }
      GroupMatch match = result.group("one");
      for (int leaf = 0; leaf < match.units(); leaf++) {
        int unit = leaf;
        boolean special = java.util.Arrays.stream(units).anyMatch(u -> u == unit);
        assertThat(match.state(leaf))
            .as("unit %d", leaf)
            .isEqualTo(special ? state : MatchState.MATCHED);
      }
      int last = -1;
      for (int unit : units) {
        assertThat(match.sources()[unit]).isGreaterThan(last);
        last = match.sources()[unit];
      }
    }
  }
}
