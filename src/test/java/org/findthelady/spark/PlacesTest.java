package org.findthelady.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlacesTest {
  @Test
  void itemsThatReadSideBySideGoToTheSameExecutor() {
    double[] where = {0.9, 0.1, 0.4, 0.6, 0.99, 0.0};
    assertThat(Places.queues(where, 2)).containsExactly(List.of(1, 2, 5), List.of(0, 3, 4));
  }

  @Test
  void blocksOfOneTensorKeepAllExecutorsBusy() {
    double[] where = new double[800];
    Arrays.fill(where, 0.5);
    List<List<Integer>> queues = Places.queues(where, 8);
    assertThat(queues).allMatch(queue -> queue.size() > 80 && queue.size() <= 200);
    assertThat(queues.stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 800).boxed().toList());
  }

  @Test
  void twoExecutorsKeepTheirParts() {
    double[] where = new double[10];
    assertThat(Places.queues(where, 2).get(0)).hasSize(10);
  }
}
