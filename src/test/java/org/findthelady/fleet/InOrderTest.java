package org.findthelady.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InOrderTest {
  @Test
  void whatComesEarlyWaitsForItsTurnAndNothingElseDoes() {
    List<String> out = new ArrayList<>();
    InOrder<String> order = new InOrder<>((text, number) -> out.add(text + number));
    order.accept("c", 2);
    assertThat(out).isEmpty();
    order.accept("a", 0);
    assertThat(out).containsExactly("a0");
    order.accept("b", 1);
    order.accept("d", 3);
    assertThat(out).containsExactly("a0", "b1", "c2", "d3");
  }
}
