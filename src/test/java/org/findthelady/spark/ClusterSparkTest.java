package org.findthelady.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  record Bulk(byte[] bytes) implements Serializable {}

  static final class Filling implements Task<Item, Bulk> {
    private static final long serialVersionUID = 1;

    @Override
    public Bulk run(Item item) {
      byte[] bytes = new byte[item.number()];
      new SplittableRandom(item.number()).nextBytes(bytes);
      return new Bulk(bytes);
    }
  }

  @Test
  void aUsersKryoAndResultLimitDoNotReachWhatCrossesTheWire() {
    Map<String, String> settings =
        Map.of(
            "spark.serializer", "org.apache.spark.serializer.KryoSerializer",
            "spark.kryo.registrationRequired", "true",
            "spark.driver.maxResultSize", "1m");
    settings.forEach(System::setProperty);
    try (Cluster cluster = Cluster.open("settings");
        Shared<Item> shared = cluster.share(new Item(7))) {
      List<Item> items = Collections.nCopies(40, new Item(100_000));
      assertThat(cluster.map("filling", items, new Filling()))
          .allMatch(bulk -> bulk.bytes().length == 100_000)
          .hasSize(40);
      int[] bytes = new int[1];
      cluster.run("again", items, new Filling(), (bulk, i) -> bytes[0] += bulk.bytes().length);
      assertThat(bytes[0]).isEqualTo(4_000_000);
      assertThat(shared.value()).isEqualTo(new Item(7));
      assertThat(cluster.runApart(item -> "too much", big(), new Filling(), (bulk, i) -> {}))
          .containsExactly(1);
    } finally {
      settings.keySet().forEach(System::clearProperty);
    }
  }

  /** Results as files. */
  record Files(String folder) implements ResultStage {
    @Override
    public String put(byte[] result) throws IOException {
      Path file = java.nio.file.Files.createTempFile(Path.of(folder), "result", "");
      return java.nio.file.Files.write(file, result).toString();
    }

    @Override
    public byte[] take(String address) throws IOException {
      byte[] result = java.nio.file.Files.readAllBytes(Path.of(address));
      java.nio.file.Files.delete(Path.of(address));
      return result;
    }
  }

  @Test
  void resultsOverTheLimitGoThroughTheStage(@TempDir Path folder) {
    System.setProperty("spark.driver.maxResultSize", "1m");
    try (Cluster cluster = Cluster.open("staged")) {
      cluster.stage(new Files(folder.toString()));
      int[] bytes = new int[3];
      Filling filling = new Filling();
      assertThat(
              cluster.runApart(
                  item -> "much", big(), filling, (bulk, i) -> bytes[i] = bulk.bytes().length))
          .isEmpty();
      assertThat(bytes).containsExactly(1, 2 << 20, 2);
      List<Item> items = Collections.nCopies(40, new Item(300_000));
      assertThat(cluster.map("filling", items, filling))
          .allMatch(bulk -> Arrays.equals(bulk.bytes(), filling.run(new Item(300_000)).bytes()));
      assertThat(folder).isEmptyDirectory();
    } finally {
      System.clearProperty("spark.driver.maxResultSize");
    }
  }

  /** The second alone is over the limit. */
  private static List<Item> big() {
    return List.of(new Item(1), new Item(2 << 20), new Item(2));
  }
}
