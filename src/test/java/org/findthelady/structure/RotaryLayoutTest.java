package org.findthelady.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.findthelady.core.Permutation;
import org.junit.jupiter.api.Test;

class RotaryLayoutTest {
  @Test
  void bringsPairsApart() {
    assertThat(RotaryLayout.META.toHuggingFace(8).toArray())
        .containsExactly(0, 2, 4, 6, 1, 3, 5, 7);
    assertThat(RotaryLayout.HUGGING_FACE.toHuggingFace(8).isIdentity()).isTrue();
  }

  @Test
  void thereAndBackIsTheIdentity() {
    for (int size : new int[] {2, 6, 64, 128}) {
      Permutation there = RotaryLayout.META.to(RotaryLayout.HUGGING_FACE, size);
      Permutation back = RotaryLayout.HUGGING_FACE.to(RotaryLayout.META, size);
      assertThat(there.then(back).isIdentity()).isTrue();
    }
  }

  @Test
  void refusesAnOddNumberOfDimensions() {
    assertThatThrownBy(() -> RotaryLayout.META.toHuggingFace(7))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void turnsTheRotaryDigitOfEverySegmentAndNothingElse() {
    Group kv = Group.root("kv", 3);
    Group value = Group.within(kv, "value", 4);
    Structure structure =
        new Structure(
            "test",
            List.of(kv, value),
            Map.of(
                "qkv",
                List.of(
                    Axis.of(
                        Segment.of(AxisFactor.of(kv), AxisFactor.of(value)),
                        Segment.of(AxisFactor.of(kv), AxisFactor.fixed(6))))),
            List.of(),
            List.of(new RotaryDigit("qkv", 0, 1, 1)));
    int[] gather = RotaryLayout.META.gathers(structure, RotaryLayout.HUGGING_FACE).get("qkv")[0];
    for (int i = 0; i < 12; i++) {
      assertThat(gather[i]).isEqualTo(i);
    }
    for (int head = 0; head < 3; head++) {
      int base = 12 + 6 * head;
      assertThat(java.util.Arrays.copyOfRange(gather, base, base + 6))
          .containsExactly(base, base + 2, base + 4, base + 1, base + 3, base + 5);
    }
    assertThat(RotaryLayout.META.gathers(structure, RotaryLayout.META)).isEmpty();
  }

  @Test
  void aConversionAndAnAssignmentMayComeInEitherOrder() {
    Group kv = Group.root("kv", 5);
    Structure structure =
        new Structure(
            "test",
            List.of(kv),
            Map.of("k", List.of(Axis.of(Segment.of(AxisFactor.of(kv), AxisFactor.fixed(8))))),
            List.of(),
            List.of(new RotaryDigit("k", 0, 0, 1)));
    int[] turn = RotaryLayout.META.gathers(structure, RotaryLayout.HUGGING_FACE).get("k")[0];
    int[] move = structure.gathers("k", GroupPermutations.random(structure, 3))[0];
    for (int i = 0; i < turn.length; i++) {
      assertThat(turn[move[i]]).isEqualTo(move[turn[i]]);
    }
    TensorMove both =
        structure.move("k", GroupPermutations.random(structure, 3)).after(new int[][] {turn});
    for (int i = 0; i < turn.length; i++) {
      assertThat(both.gathers()[0][i]).isEqualTo(turn[move[i]]);
    }
  }
}
