package org.findthelady.conversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The level that is nearest to a number, and the steps to it, beside a search through all. */
class UnitsTest {
  static Stream<float[]> levels() {
    float[] uneven = {-1, -0.6961928f, -0.52507305f, -0.09105f, 0, 0.0795803f, 0.7229568f, 1};
    float[] even = {-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7};
    return Stream.of(all(DType.F8_E4M3), all(DType.F8_E5M2), uneven, even, new float[] {3});
  }

  private static float[] all(DType type) {
    byte[] codes = new byte[256];
    IntStream.range(0, 256).forEach(i -> codes[i] = (byte) i);
    float[] levels = new float[256];
    Floats.decode(type, codes, 0, levels, 0, 256);
    return levels;
  }

  @ParameterizedTest
  @MethodSource("levels")
  void theNearestLevelIsThatOfASearchThroughAll(float[] levels) {
    Units units = new Units(levels);
    double[] sorted =
        IntStream.range(0, levels.length)
            .mapToDouble(i -> levels[i] + 0.0)
            .filter(Double::isFinite)
            .sorted()
            .distinct()
            .toArray();
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 20_000; i++) {
      double level = sorted[random.nextInt(sorted.length)];
      double number = level * (1 + 0.2 * random.nextGaussian()) + 1e-3 * random.nextGaussian();
      double distance = Arrays.stream(sorted).map(s -> Math.abs(s - number)).min().orElseThrow();
      double found = units.unit(units.nearest(number));
      assertThat(Math.abs(found - number)).isEqualTo(distance);
      double steps = units.steps(level, number);
      double gap = units.gap(units.nearest(level), number > level);
      if (steps > 0.5) {
        assertThat(steps).isCloseTo(Math.abs(number - level) / gap, within(1e-9));
      } else {
        assertThat(Math.abs(number - level)).isLessThanOrEqualTo(gap / 2 * (1 + 1e-9));
      }
    }
  }
}
