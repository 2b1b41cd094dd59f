package org.findthelady.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StackedTensorTest {
  private static final int EXPERTS = 7;
  private static final int UNITS = 5;
  private static final int WIDTH = 3;
  private static final Group EXPERT = Group.root("expert", EXPERTS);
  private static final Group UNIT = Group.within(EXPERT, "unit", UNITS);
  private static final Axis BOTH = Axis.of(Segment.of(AxisFactor.of(EXPERT), AxisFactor.of(UNIT)));
  private static final StackedTensor UP = new StackedTensor("up", 0, parts("up"));
  private static final StackedTensor DOWN = new StackedTensor("down", 1, parts("down"));
  private static final Structure STRUCTURE =
      new Structure(
          "experts",
          List.of(EXPERT, UNIT),
          Map.of(
              "up", List.of(BOTH, Axis.frozen(WIDTH, "inputs")),
              "down", List.of(Axis.frozen(WIDTH, "outputs"), BOTH)),
          List.of(UP, DOWN),
          List.of());

  private static List<String> parts(String name) {
    List<String> parts = new ArrayList<>();
    for (int e = 0; e < EXPERTS; e++) {
      parts.add(name + "." + e);
    }
    return parts;
  }

  @Test
  void movingThePartsIsMovingTheWhole() {
    for (long seed = 0; seed < 20; seed++) {
      GroupPermutations assignment = GroupPermutations.random(STRUCTURE, seed);
      for (StackedTensor stack : List.of(UP, DOWN)) {
        int[] whole = STRUCTURE.gathers(stack.name(), assignment)[stack.axis()];
        for (int e = 0; e < EXPERTS; e++) {
          TensorMove move = STRUCTURE.move(stack.name() + "." + e, assignment);
          int source = stack.parts().indexOf(move.source());
          int[] own = move.gathers()[stack.axis()];
          for (int u = 0; u < UNITS; u++) {
            int from = source * UNITS + (own == null ? u : own[u]);
            assertThat(from).isEqualTo(whole[e * UNITS + u]);
          }
          assertThat(move.gathers()[1 - stack.axis()]).isNull();
        }
      }
    }
  }

  @Test
  void anInverseMovesBack() {
    GroupPermutations assignment = GroupPermutations.random(STRUCTURE, 3);
    GroupPermutations inverse = assignment.inverse(STRUCTURE);
    for (String part : UP.parts()) {
      TensorMove back = STRUCTURE.move(part, inverse);
      TensorMove there = STRUCTURE.move(back.source(), assignment);
      assertThat(there.source()).isEqualTo(part);
      int[] both = Arrays.stream(back.gathers()[0]).map(i -> there.gathers()[0][i]).toArray();
      assertThat(both).containsExactly(0, 1, 2, 3, 4);
    }
  }

  @Test
  void othersMoveByThemselves() {
    TensorMove still = STRUCTURE.move("up.3", GroupPermutations.identity());
    assertThat(still.source()).isEqualTo("up.3");
    assertThat(still.gathers()).isEqualTo(new int[2][]);
    assertThat(STRUCTURE.move("unknown", GroupPermutations.random(STRUCTURE, 1)).gathers())
        .isEmpty();
    assertThat(STRUCTURE.stackOf("down.2")).contains(DOWN);
    assertThat(STRUCTURE.axes("down.2")).isEqualTo(STRUCTURE.axes("down"));
  }

  @Test
  void refusesToGatherAPartAlone() {
    assertThatThrownBy(() -> STRUCTURE.gathers("up.0", GroupPermutations.identity()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("part of a stack");
  }

  @Test
  void refusesUnitsThatWouldLeaveTheirPart() {
    Group loose = Group.root("loose", EXPERTS * UNITS);
    Structure structure =
        new Structure(
            "loose",
            List.of(loose),
            Map.of("up", List.of(Axis.of(Segment.of(AxisFactor.of(loose))), Axis.frozen(3, "in"))),
            List.of(UP),
            List.of());
    assertThatThrownBy(() -> structure.move("up.0", GroupPermutations.random(structure, 1)))
        .hasMessageContaining("takes from part");
  }

  @Test
  void refusesAStackThatDoesNotFitItsAxes() {
    assertThatThrownBy(
            () ->
                new Structure(
                    "bad",
                    List.of(),
                    Map.of("up", List.of(Axis.frozen(EXPERTS + 1, "units"))),
                    List.of(UP),
                    List.of()))
        .hasMessageContaining("does not fit");
  }
}
