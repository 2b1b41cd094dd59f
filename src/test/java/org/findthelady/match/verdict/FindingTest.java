package org.findthelady.match.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FindingTest {
  @Test
  void whatHasNoSizeIsToldWithoutOne() {
    Finding removed =
        new Finding(FindingKind.LAYER_REMOVED, "layers.4", "", -1, -1, Double.NaN, true, 1);
    assertThat(removed.text()).isEqualTo("layers.4: layer removed");
    assertThat(Finding.tensor(FindingKind.PRUNED, "w", 0.5).text()).isEqualTo("w: pruned, 0.5000");
  }
}
