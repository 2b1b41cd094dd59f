package org.findthelady.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupPermutationsTest {
  private static final Group KV = Group.root("kv", 7);
  private static final Group REP = Group.within(KV, "rep", 5);
  private static final Group VALUE = Group.within(KV, "value", 6);
  private static final Group OLD = Group.root("old", 9);
  private static final Group NEW = Group.root("new", 8);

  private static final Axis QUERY =
      Axis.of(Segment.of(AxisFactor.of(KV), AxisFactor.of(REP), AxisFactor.fixed(3)));
  private static final Axis OUTPUT =
      Axis.of(Segment.of(AxisFactor.of(KV), AxisFactor.of(REP), AxisFactor.of(VALUE)));
  private static final Axis FUSED =
      Axis.of(
          Segment.of(AxisFactor.of(KV), AxisFactor.of(VALUE)),
          Segment.of(AxisFactor.fixed(4)),
          Segment.of(AxisFactor.of(KV), AxisFactor.of(VALUE)));
  private static final Axis PADDED =
      Axis.of(
          Segment.of(AxisFactor.slice(NEW, 0, 4)),
          Segment.of(AxisFactor.of(OLD)),
          Segment.of(AxisFactor.slice(NEW, 4, 4)));

  private static final Structure STRUCTURE =
      new Structure(
          "test",
          List.of(KV, REP, VALUE, OLD, NEW),
          Map.of(
              "q",
              List.of(QUERY),
              "o",
              List.of(OUTPUT),
              "qkv",
              List.of(FUSED),
              "s",
              List.of(PADDED)));

  @Test
  void everyGatherIsABijectionThatItsInverseUndoes() {
    for (long seed = 0; seed < 50; seed++) {
      GroupPermutations assignment = GroupPermutations.random(STRUCTURE, seed);
      GroupPermutations inverse = assignment.inverse(STRUCTURE);
      for (String tensor : List.of("q", "o", "qkv", "s")) {
        Axis axis = STRUCTURE.axes(tensor).get(0);
        int[] there = STRUCTURE.gather(axis, assignment);
        int[] back = STRUCTURE.gather(axis, inverse);
        int[] both = Arrays.stream(back).map(i -> there[i]).toArray();
        assertThat(both).isEqualTo(IntStream.range(0, axis.length()).toArray());
        assertThat(there).isNotEqualTo(both);
      }
    }
  }

  @Test
  void unitsOfASlicedGroupTravelBetweenItsSlices() {
    GroupPermutations assignment = GroupPermutations.random(STRUCTURE, 3);
    int[] gather = STRUCTURE.gather(PADDED, assignment);
    int[] leaves = STRUCTURE.units(PADDED, "new");
    for (int i = 0; i < gather.length; i++) {
      if (leaves[i] >= 0) {
        assertThat(leaves[gather[i]]).isEqualTo(assignment.of(NEW).get(0).source(leaves[i]));
      }
    }
  }

  @Test
  void leafSourcesAgreeWithTheGather() {
    GroupPermutations assignment = GroupPermutations.random(STRUCTURE, 5);
    int[] gather = STRUCTURE.gather(OUTPUT, assignment);
    int[] leaves = STRUCTURE.units(OUTPUT, "value");
    int[] sources = assignment.unitSources(STRUCTURE, VALUE);
    for (int i = 0; i < gather.length; i++) {
      assertThat(leaves[gather[i]]).isEqualTo(sources[leaves[i]]);
    }
  }

  @Test
  void fixedDigitsStayFixed() {
    int[] gather = STRUCTURE.gather(QUERY, GroupPermutations.random(STRUCTURE, 1));
    for (int i = 0; i < gather.length; i++) {
      assertThat(gather[i] % 3).isEqualTo(i % 3);
    }
  }

  @Test
  void refusesANestedGroupWithoutItsParent() {
    Axis orphan = Axis.of(Segment.of(AxisFactor.of(VALUE)));
    assertThatThrownBy(() -> new Structure("bad", List.of(KV, VALUE), Map.of("t", List.of(orphan))))
        .hasMessageContaining("without its parent");
  }
}
