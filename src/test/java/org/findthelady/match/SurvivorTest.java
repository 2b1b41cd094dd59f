package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.findthelady.core.Permutation;
import org.findthelady.match.kernel.PositionHash;
import org.findthelady.match.kernel.ValueTable;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.MatchState;
import org.findthelady.match.rows.AnchoredAxis;
import org.findthelady.match.rows.GroupAxis;
import org.findthelady.match.task.SurvivingWeights;
import org.findthelady.match.task.SurvivingWeightsTask;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

/** Single weights that an attack left alone. */
class SurvivorTest {
  private final Structure structure = Structures.residual(7, 40, 64, 3);
  private final Model reference = Model.random(structure, 1);
  private final GroupPermutations truth = GroupPermutations.random(structure, 9);

  private static Model everything(Model model, UnaryOperator<float[]> change) {
    Model changed = model.copy();
    changed.values.replaceAll((name, data) -> change.apply(data));
    return changed;
  }

  private List<GroupAxis> members(Structure of, String group) {
    Model any = Model.random(of, 1);
    return AnchoredAxis.of(of, any, any).get(group).stream().map(AnchoredAxis::member).toList();
  }

  @Test
  void placeEveryUnitOfWhichPruningLeftAWeight() throws Exception {
    Model pruned = everything(reference, Model.pruned(0.97));
    MatchResult result =
        Matcher.match(structure, reference, pruned.gathered(truth), MatchOptions.defaults());
    int left = 0;
    for (Group group : structure.groups()) {
      int[] wanted = truth.inverse(structure).unitSources(structure, group);
      GroupMatch match = result.group(group.name());
      for (int leaf = 0; leaf < group.units(); leaf++) {
        if (survivors(pruned, group, leaf) > 0) {
          left++;
          assertThat(match.sources()[leaf]).isEqualTo(wanted[leaf]);
          assertThat(match.state(leaf)).isEqualTo(MatchState.MATCHED);
        }
      }
    }
    assertThat(left).isGreaterThan(200);
  }

  /** Weights other than zero that a leaf of a root group has. */
  private long survivors(Model model, Group group, int leaf) {
    long count = 0;
    for (GroupAxis member : members(structure, group.name())) {
      float[] values = model.values.get(member.tensor());
      long[] lengths =
          structure.axes(member.tensor()).stream().mapToLong(axis -> axis.length()).toArray();
      int inner = (int) Arrays.stream(lengths).skip(member.axis() + 1L).reduce(1, (a, b) -> a * b);
      int length = (int) lengths[member.axis()];
      count +=
          IntStream.range(0, values.length)
              .filter(i -> i / inner % length == leaf && values[i] != 0)
              .count();
    }
    return count;
  }

  @Test
  void nameNobodyWhereEveryWeightChanged() throws Exception {
    Model noisy = everything(reference, Model.noise(0.01, 3));
    assertThat(named(reference, noisy.gathered(truth))).containsOnly(-1);
  }

  @Test
  void nameNobodyWhereBothSidesLieOnACoarseGrid() throws Exception {
    // The same levels on both sides, in no relation: one that is there once on each means nothing.
    Model grid = everything(reference, data -> rounded(data, 64));
    Model shuffled = everything(grid, data -> shuffled(data, 3));
    assertThat(named(grid, shuffled)).containsOnly(-1);
  }

  private static float[] rounded(float[] data, int steps) {
    float[] rounded = data.clone();
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = Math.round(rounded[i] * steps) / (float) steps;
    }
    return rounded;
  }

  private static float[] shuffled(float[] data, long seed) {
    Permutation order = Permutation.random(data.length, new SplittableRandom(seed));
    float[] shuffled = data.clone();
    for (int i = 0; i < shuffled.length; i++) {
      shuffled[i] = data[order.source(i)];
    }
    return shuffled;
  }

  private int[] named(Model here, Model there) throws Exception {
    int leaves = structure.group("mlp1").units();
    return new SurvivingWeightsTask(
            "mlp1", members(structure, "mlp1"), GroupPermutations.identity(), 1 << 20)
        .run(structure, here, there)
        .columnOf(leaves);
  }

  @Test
  void nameNestedUnitsWithinTheirParents() throws Exception {
    Structure heads = Structures.grouped(48, 4, 3, 8);
    Model model = Model.random(heads, 2);
    Model pruned = everything(model, Model.pruned(0.9));
    GroupPermutations moved = GroupPermutations.random(heads, 5);
    GroupPermutations back = moved.inverse(heads);
    Group value = heads.group("value");
    GroupPermutations parents =
        GroupPermutations.identity().with(heads.group("kv"), back.of(heads.group("kv")));
    int[] named =
        new SurvivingWeightsTask("value", members(heads, "value"), parents, 1 << 20)
            .run(heads, model, pruned.gathered(moved))
            .columnOf(value.units());
    GroupPermutations found = parents.with(value, Solution.permutations(value, named));
    assertThat(found.of(value)).isEqualTo(back.of(value));
  }

  @Test
  void membersThatContradictEachOtherNameNobodyAndProveNothing() {
    SurvivingWeights survivors =
        new SurvivingWeights(List.of(new int[] {1, 0, -1, 3}, new int[] {1, 2, 2, -1}));
    assertThat(survivors.columnOf(4)).containsExactly(1, -1, 2, 3);
    assertThat(survivors.corroborated(4)).isFalse();
    SurvivingWeights alike =
        new SurvivingWeights(List.of(new int[] {1, 0, -1}, new int[] {1, 0, 2}));
    assertThat(alike.corroborated(3)).isTrue();
  }

  @Test
  void aTableHoldsWhatAMapHolds() {
    SplittableRandom random = new SplittableRandom(8);
    Map<Integer, Integer> expected = new HashMap<>();
    ValueTable table = new ValueTable();
    for (int i = 0; i < 20_000; i++) {
      int bits = Float.floatToIntBits((random.nextInt(30_000) - 15_000) / 7f);
      int leaf = random.nextInt(50);
      table.add(PositionHash.bits(Float.intBitsToFloat(bits)), leaf);
      if (bits != 0) {
        expected.merge(bits, leaf, (a, b) -> a.equals(b) ? a : ValueTable.SEVERAL);
      }
    }
    Map<Integer, Integer> held = new HashMap<>();
    table.forEach(held::put);
    assertThat(held).isEqualTo(expected);
    assertThat(table.distinct()).isEqualTo(expected.size());
    expected.forEach((bits, leaf) -> assertThat(table.unitOf(bits)).isEqualTo(leaf));
    assertThat(table.unitOf(Float.floatToIntBits(1e9f))).isEqualTo(ValueTable.ABSENT);
  }
}
