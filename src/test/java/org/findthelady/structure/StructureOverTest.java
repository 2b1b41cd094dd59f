package org.findthelady.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.core.Shape;
import org.junit.jupiter.api.Test;

class StructureOverTest {
  private static Structure structure() {
    Group hidden = Group.root("hidden", 6);
    Group inner = Group.root("inner", 4);
    Axis h = Axis.of(Segment.of(AxisFactor.of(hidden)));
    Axis n = Axis.of(Segment.of(AxisFactor.of(inner)));
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    axes.put("embed", List.of(Axis.frozen(9, "token ids"), h));
    axes.put("up", List.of(n, h));
    axes.put("down", List.of(h, n));
    return new Structure("net", List.of(hidden, inner), axes);
  }

  @Test
  void nothingChangesIfAllIsThere() {
    Structure structure = structure();
    assertThat(
            structure.over(
                Map.of("embed", Shape.of(9, 6), "up", Shape.of(4, 6), "down", Shape.of(6, 4)),
                "why"))
        .isSameAs(structure);
  }

  @Test
  void aTensorThatIsNotThereSaysNothing() {
    Structure over = structure().over(Map.of("embed", Shape.of(9, 6), "up", Shape.of(4, 6)), "why");
    assertThat(over.axes()).containsOnlyKeys("embed", "up");
    assertThat(over.groups()).extracting(Group::name).containsExactly("hidden", "inner");
  }

  @Test
  void aFrozenAxisTakesTheLengthThatIsThere() {
    Structure over =
        structure()
            .over(
                Map.of("embed", Shape.of(7, 6), "up", Shape.of(4, 6), "down", Shape.of(6, 4)),
                "why");
    assertThat(over.axes("embed").get(0).length()).isEqualTo(7);
    assertThat(over.groups()).hasSize(2);
  }

  @Test
  void aGroupWhoseUnitsAreNotAllThereIsHeld() {
    Structure over =
        structure()
            .over(
                Map.of("embed", Shape.of(9, 6), "up", Shape.of(3, 6), "down", Shape.of(6, 4)),
                "why");
    assertThat(over.groups()).extracting(Group::name).containsExactly("hidden");
    assertThat(over.axes("up").get(0)).isEqualTo(Axis.frozen(3, "why"));
    assertThat(over.axes("down").get(1).isFrozen()).isTrue();
  }
}
