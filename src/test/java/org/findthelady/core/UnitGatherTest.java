package org.findthelady.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnitGatherTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void takesEveryUnitFromItsSource(int unit) {
    SplittableRandom random = new SplittableRandom(unit);
    int[] source = Permutation.random(1037, random).toArray();
    UnitGather gather = new UnitGather(source, unit);
    byte[] from = new byte[3 + unit * source.length];
    byte[] to = new byte[5 + unit * source.length + 1];
    for (int round = 0; round < 3; round++) {
      random.nextBytes(from);
      gather.apply(from, 3, to, 5);
      for (int i = 0; i < unit * source.length; i++) {
        assertThat(to[5 + i]).isEqualTo(from[3 + source[i / unit] * unit + i % unit]);
      }
      assertThat(to[4] | to[to.length - 1]).isZero();
    }
  }

  @Test
  void refusesOtherUnits() {
    assertThatThrownBy(() -> new UnitGather(new int[] {0}, 18))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("18 bytes");
  }
}
