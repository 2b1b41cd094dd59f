package org.findthelady.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.junit.jupiter.api.Test;

class LeftoversTest {
  /** Each beside each other would take ten minutes; none has to be read. */
  @Test
  void manyTensorsWithoutCounterpartAreLookedAtOnce() {
    List<TensorInfo> all =
        IntStream.range(0, 300_000)
            .mapToObj(
                i -> new TensorInfo("layers." + i + ".w", DType.F32, Shape.of(2, 2), 0, 0, 16))
            .toList();
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> assertThat(new Leftovers().ties(all, all, null, false)).isEmpty());
  }
}
