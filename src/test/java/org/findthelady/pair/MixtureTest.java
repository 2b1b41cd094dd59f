package org.findthelady.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MixtureTest {
  private static final int NUMBERS = 400;

  private final SplittableRandom random = new SplittableRandom(3);

  @Test
  void otherPartsInEveryTensorAreAMergeWhereNothingIsLeftOver() {
    Mixture exact = merged(0);
    assertThat(exact.isMerge()).isTrue();
    assertThat(exact.isEven()).isFalse();
    assertThat(exact.words()).contains("0.300 and 0.700 in b");
    assertThat(merged(0.01).isMerge()).isFalse();
  }

  private Mixture merged(double noise) {
    Mixture mixture = new Mixture(List.of("'one'", "'other'"));
    double share = 0.7;
    for (String tensor : List.of("a", "b", "c")) {
      float[] one = numbers();
      float[] other = numbers();
      float[] suspect = numbers();
      for (int i = 0; i < NUMBERS; i++) {
        suspect[i] = (float) (share * one[i] + (1 - share) * other[i] + noise * suspect[i]);
      }
      mixture.add(tensor, List.of(one, other), suspect);
      share = share == 0.3 ? 0.5 : 0.3;
    }
    return mixture;
  }

  private float[] numbers() {
    float[] numbers = new float[NUMBERS];
    for (int i = 0; i < NUMBERS; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }
}
