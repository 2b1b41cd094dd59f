package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketsTest {
  @ParameterizedTest
  @ValueSource(ints = {64, 128, 256, 1024})
  void everyBlockCoversEverySumAndPlacesOfARunDoNotMeet(int length) {
    for (long stream = 0; stream < 20; stream++) {
      Buckets buckets = new Buckets(3, stream, length);
      for (int block = 0; block < 8; block++) {
        Set<Integer> seen = new HashSet<>();
        for (int place = 0; place < length; place++) {
          int bucket = buckets.bucket((long) block * length + place);
          assertThat(bucket).isBetween(0, length - 1);
          seen.add(bucket);
        }
        assertThat(seen).hasSize(length);
      }
      for (int place = 0; place < length; place++) {
        Set<Integer> seen = new HashSet<>();
        for (int block = 0; block < Buckets.RUN; block++) {
          seen.add(buckets.bucket((long) block * length + place));
        }
        assertThat(seen).hasSize(Buckets.RUN);
      }
    }
  }

  /** Whatever distance heavy columns lie at, estimates are right and err as they should. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 9, 16, 32, 63, 64, 65, 80, 96, 128, 129, 160, 256, 257})
  void estimatesProductsOfRowsOfAnyPeriod(int period) {
    int length = 64;
    int heavy = 64;
    int seeds = 600;
    SplittableRandom random = new SplittableRandom(5);
    double[] a = random.doubles(heavy).map(v -> v - 0.5).toArray();
    double[] b = random.doubles(heavy).map(v -> v - 0.3).toArray();
    double dot = 0;
    double expected = 0;
    for (int i = 0; i < heavy; i++) {
      dot += a[i] * b[i];
      for (int k = 0; k < heavy; k++) {
        expected += i == k ? 0 : (a[i] * b[k] * a[i] * b[k] + a[i] * b[k] * a[k] * b[i]) / length;
      }
    }
    double mean = 0;
    double square = 0;
    for (int seed = 0; seed < seeds; seed++) {
      Buckets buckets = new Buckets(seed, 0, length);
      double[] one = new double[length];
      double[] other = new double[length];
      for (int i = 0; i < heavy; i++) {
        long column = 7 + (long) i * period;
        int sign = buckets.negative(column) ? -1 : 1;
        one[buckets.bucket(column)] += sign * a[i];
        other[buckets.bucket(column)] += sign * b[i];
      }
      double estimate = 0;
      for (int k = 0; k < length; k++) {
        estimate += one[k] * other[k];
      }
      mean += (estimate - dot) / seeds;
      square += (estimate - dot) * (estimate - dot) / seeds;
    }
    assertThat(square).isLessThan(1.5 * expected);
    assertThat(Math.abs(mean)).isLessThan(4 * Math.sqrt(square / seeds));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 32, 96, -64})
  void refusesOtherLengths(int length) {
    assertThatThrownBy(() -> new Buckets(1, 0, length))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
