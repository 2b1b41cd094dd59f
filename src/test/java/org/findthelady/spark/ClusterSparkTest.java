package org.findthelady.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Serializable;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClusterSparkTest {
  record Item(int number) implements Serializable {}

  record Square(long value, String thread) implements Serializable {}

  static final class Squaring implements Task<Item, Square> {
    private static final long serialVersionUID = 1;

    @Override
    public Square run(Item item) {
      if (item.number() < 0) {
        throw new IllegalArgumentException("negative " + item.number());
      }
      return new Square((long) item.number() * item.number(), Thread.currentThread().getName());
    }
  }

  @Test
  void mapsRecordsInOrderOnExecutorThreads() {
    try (Cluster cluster = Cluster.open("test")) {
      List<Item> items = IntStream.range(0, 100).mapToObj(Item::new).toList();
      List<Square> squares = cluster.map("squaring", items, new Squaring());
      assertThat(squares).extracting(Square::value).startsWith(0L, 1L, 4L).hasSize(100);
      assertThat(squares).allMatch(s -> s.thread().startsWith("Executor task launch worker"));
      TreeSet<Integer> seen = new TreeSet<>();
      cluster.run("again", items, new Squaring(), (square, index) -> seen.add(index));
      assertThat(seen).hasSize(100);
      assertThatThrownBy(() -> cluster.map("fails", List.of(new Item(-3)), new Squaring()))
          .hasMessageContaining("negative -3");
    }
  }
}
