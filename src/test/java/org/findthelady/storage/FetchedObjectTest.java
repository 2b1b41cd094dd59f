package org.findthelady.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.findthelady.checkpoint.FileInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchedObjectTest {
  private static final int LENGTH = 400;

  @TempDir private Path folder;

  /** Beside a plain array that says which bytes are there. */
  @Test
  void saysWhatIsMissingAndGivesTheRest() throws IOException {
    Random random = new Random(1);
    byte[] object = new byte[LENGTH];
    random.nextBytes(object);
    for (int round = 0; round < 40; round++) {
      boolean[] there = new boolean[LENGTH];
      try (FetchedObject kept = FetchedObject.in(folder)) {
        for (int step = 0; step < 30; step++) {
          int from = random.nextInt(LENGTH);
          int to = from + random.nextInt(Math.min(60, LENGTH - from) + 1);
          long[] missing = kept.missing(from, to);
          int first = from;
          while (first < to && there[first]) {
            first++;
          }
          int last = to;
          while (last > first && there[last - 1]) {
            last--;
          }
          assertThat(missing).containsExactly(first, last);
          byte[] read = new byte[to - from];
          assertThat(kept.read(from, read, 0, first - from)).isTrue();
          assertThat(kept.read(last, read, last - from, to - last)).isTrue();
          System.arraycopy(object, first, read, first - from, last - first);
          assertThat(read).isEqualTo(Arrays.copyOfRange(object, from, to));
          kept.add(first, object, first, last - first);
          Arrays.fill(there, first, last, true);
        }
      }
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatCannotBeKeptIsMissing() throws IOException {
    FetchedObject kept = FetchedObject.in(folder);
    kept.add(0, new byte[10], 0, 10);
    kept.close();
    assertThat(kept.isOpen()).isFalse();
    assertThat(kept.read(0, new byte[10], 0, 10)).isFalse();
    kept.add(0, new byte[10], 0, 10);
    assertThat(kept.missing(0, 10)).containsExactly(0, 10);
    assertThat(FetchedObject.NONE.missing(3, 10)).containsExactly(3, 10);
  }

  @Test
  void theObjectThatWasOpenedLongestAgoGivesWay() {
    FetchedObjects all = new FetchedObjects(25 << 20);
    FetchedObject one = all.of(object("one", "a"));
    FetchedObject two = all.of(object("two", "a"));
    assertThat(all.of(object("one", "a"))).isSameAs(one);
    assertThat(all.of(object("one", "b"))).isNotSameAs(one);
    assertThat(one.isOpen()).isTrue();
    assertThat(two.isOpen()).isFalse();
    assertThat(new FetchedObjects(0).of(object("one", "a"))).isSameAs(FetchedObject.NONE);
  }

  private static FileInfo object(String name, String tag) {
    return new FileInfo("s3a://bucket/" + name, 10 << 20, 1, false, tag);
  }
}
