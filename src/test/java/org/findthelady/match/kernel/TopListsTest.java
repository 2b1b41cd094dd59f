package org.findthelady.match.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopListsTest {
  @Test
  void offeringAndSettingKeepTheSameOrder() {
    Random random = new Random(4);
    for (int length : new int[] {1, 2, 7, 64, 100}) {
      float[] scores = new float[3 * length];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = (random.nextInt(9) - 4) / (random.nextBoolean() ? 3f : -3f);
      }
      TopLists set = new TopLists(2, length);
      set.setAll(1, 40, scores, 2, 2);
      TopLists offered = new TopLists(2, length);
      TopLists few = new TopLists(1, (length + 1) / 2);
      for (int k : shuffled(length, random)) {
        offered.offer(1, 40 + k, scores[2 + 2 * k]);
        few.offer(0, 40 + k, scores[2 + 2 * k]);
      }
      TopLists taken = new TopLists(1, few.length());
      taken.take(0, set, 1);
      List<Integer> expected =
          IntStream.range(0, length)
              .boxed()
              .sorted(
                  Comparator.<Integer>comparingDouble(k -> -scores[2 + 2 * k] + 0.0)
                      .thenComparingInt(k -> k))
              .map(k -> 40 + k)
              .toList();
      for (int rank = 0; rank < length; rank++) {
        assertThat(set.index(1, rank)).isEqualTo(expected.get(rank));
        assertThat(offered.index(1, rank)).isEqualTo(expected.get(rank));
        assertThat(set.score(1, rank)).isEqualTo(scores[2 + 2 * (expected.get(rank) - 40)] + 0f);
        if (rank < few.length()) {
          assertThat(few.index(0, rank)).isEqualTo(expected.get(rank));
          assertThat(taken.index(0, rank)).isEqualTo(expected.get(rank));
        }
      }
    }
  }

  private static List<Integer> shuffled(int count, Random random) {
    List<Integer> order = new java.util.ArrayList<>(IntStream.range(0, count).boxed().toList());
    java.util.Collections.shuffle(order, random);
    return order;
  }
}
