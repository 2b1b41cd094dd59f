package org.findthelady.perturb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.experiment.MemoryReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PerturbationTest {
  private static final Shape SHAPE = Shape.of(40, 25, 2);

  private static float[] weights(String name) {
    float[] values = new Gaussians(3, name).floats(2000);
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.5f + 0.1f * values[i];
    }
    return values;
  }

  private static float[] applied(Perturbation perturbation, float[] values) {
    float[] changed = values.clone();
    perturbation.applyInPlace("w", Shape.of(values.length, 1), changed);
    return changed;
  }

  @Test
  void noiseHasThePowerTimesTheTensorsOwnSigma() {
    float[] before = weights("w");
    float[] after = before.clone();
    new Noise(2, LayerSelection.all(), 1).applyInPlace("w", SHAPE, after);
    float[] change = new float[before.length];
    for (int i = 0; i < change.length; i++) {
      change[i] = after[i] - before[i];
    }
    Moments moments = Moments.of(change);
    assertThat(moments.sigma() / Moments.of(before).sigma()).isCloseTo(2, within(0.08));
    assertThat(moments.mean()).isCloseTo(0, within(0.015));
  }

  @Test
  void noiseIsAFunctionOfSeedAndNameOnly() {
    float[] first = applied(new Noise(1, LayerSelection.all(), 5), weights("w"));
    assertThat(applied(new Noise(1, LayerSelection.all(), 5), weights("w"))).isEqualTo(first);
    assertThat(applied(new Noise(1, LayerSelection.all(), 6), weights("w"))).isNotEqualTo(first);
    float[] otherName = weights("w");
    new Noise(1, LayerSelection.all(), 5).applyInPlace("v", SHAPE, otherName);
    assertThat(otherName).isNotEqualTo(first);
  }

  @Test
  void gaussiansAreStandardNormal() {
    float[] values = new Gaussians(11, "x").floats(200_000);
    Moments moments = Moments.of(values);
    assertThat(moments.mean()).isCloseTo(0, within(0.01));
    assertThat(moments.sigma()).isCloseTo(1, within(0.01));
    long beyondTwo = 0;
    for (float value : values) {
      beyondTwo += Math.abs(value) > 2 ? 1 : 0;
    }
    assertThat(beyondTwo / 200_000.0).isCloseTo(0.0455, within(0.002));
  }

  @Test
  void quantisesToTheLevelsOfTheDefinition() {
    // qmax 3, s = 3 / 3 = 1, levels -1 0 1 2; 0.5 and -0.5 lie 1.5 and 0.5 above min: ties to even.
    assertThat(
            applied(
                new UniformQuantisation(2, LayerSelection.all()),
                new float[] {-1, -0.5f, 0.5f, 0.6f, 2}))
        .containsExactly(-1, -1, 1, 1, 2);
  }

  @ParameterizedTest
  @ValueSource(doubles = {2, 3, 4, 8})
  void quantisedValuesAreFewAndNear(double bits) {
    float[] before = weights("w");
    float[] after = applied(new UniformQuantisation(bits, LayerSelection.all()), before);
    Set<Float> levels = new TreeSet<>();
    for (float value : after) {
      levels.add(value);
    }
    float[] sorted = before.clone();
    Arrays.sort(sorted);
    double step = (sorted[sorted.length - 1] - sorted[0]) / (Math.pow(2, bits) - 1);
    assertThat(levels).hasSizeBetween(2, 1 << (int) bits);
    for (int i = 0; i < before.length; i++) {
      assertThat((double) after[i]).isCloseTo(before[i], within(step / 2 + 1e-6));
    }
  }

  @Test
  void ternaryAndBinaryUseTheMeanMagnitude() {
    float[] values = {-3, -0.5f, 0, 0.5f, 1, 1};
    assertThat(applied(new UniformQuantisation(1.58, LayerSelection.all()), values))
        .containsExactly(-1, -0f, 0, 0, 1, 1);
    assertThat(applied(new UniformQuantisation(1, LayerSelection.all()), values))
        .containsExactly(-1, -1, 1, 1, 1, 1);
  }

  @Test
  void constantAndNonFiniteTensorsSurviveQuantisation() {
    assertThat(applied(new UniformQuantisation(4, LayerSelection.all()), new float[] {2, 2}))
        .containsExactly(2, 2);
    float[] bad = {1, Float.NaN, 3};
    assertThat(applied(new UniformQuantisation(4, LayerSelection.all()), bad)).isEqualTo(bad);
    assertThat(applied(new UniformQuantisation(1, LayerSelection.all()), new float[2]))
        .containsExactly(0, 0);
  }

  @Test
  void prunesExactlyTheSmallestOfALayer() {
    float[] before = weights("w");
    float[] after = applied(new Pruning(91, LayerSelection.all()), before);
    float[] magnitudes = before.clone();
    Arrays.sort(magnitudes);
    float threshold = magnitudes[1820];
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i]).isEqualTo(Math.abs(before[i]) < threshold ? 0 : before[i]);
    }
  }

  @Test
  void prunesTiesFromTheFirstAndNeverNan() {
    assertThat(applied(new Pruning(50, LayerSelection.all()), new float[] {-1, 1, 1, Float.NaN}))
        .containsExactly(0, 0, 1, Float.NaN);
  }

  @Test
  void globalPruningHasOneThresholdOverAllLayers() throws Exception {
    MemoryReader model =
        new MemoryReader()
            .with("small", DType.F32, Shape.of(3, 2), 1, -2, 3, -4, 5, -6)
            .with("large", DType.F16, Shape.of(2, 2), 10, 0.5f, 30, 40)
            .with("bias", DType.F32, Shape.of(3), 0.1f, 0.2f, 0.3f);
    Perturbation half =
        new GlobalPruning(50, LayerSelection.all()).fittedTo(model.checkpoint(), model);
    float[] small = {1, -2, 3, -4, 5, -6};
    half.applyInPlace("small", Shape.of(3, 2), small);
    assertThat(small).containsExactly(0, 0, 0, 0, 5, -6);
    float[] large = {10, 0.5f, 30, 40};
    half.applyInPlace("large", Shape.of(2, 2), large);
    assertThat(large).containsExactly(10, 0, 30, 40);
    assertThat(half.selects("bias", Shape.of(3))).isFalse();
  }

  @Test
  void driftIsOfLowRankAndOfTheStatedSize() {
    float[] before = new Gaussians(1, "w").floats(300 * 200);
    float[] after = before.clone();
    new Drift(0.3, 2, LayerSelection.all(), 9).applyInPlace("w", Shape.of(300, 200), after);
    double[][] change = new double[3][3];
    double squares = 0;
    for (int i = 0; i < before.length; i++) {
      double difference = after[i] - (double) before[i];
      squares += difference * difference;
      if (i % 200 < 3 && i / 200 < 3) {
        change[i / 200][i % 200] = difference;
      }
    }
    assertThat(Math.sqrt(squares / before.length)).isCloseTo(0.3, within(0.1));
    double determinant =
        change[0][0] * (change[1][1] * change[2][2] - change[1][2] * change[2][1])
            - change[0][1] * (change[1][0] * change[2][2] - change[1][2] * change[2][0])
            + change[0][2] * (change[1][0] * change[2][1] - change[1][1] * change[2][0]);
    assertThat(determinant).isCloseTo(0, within(1e-6));
    double minor = change[0][0] * change[1][1] - change[0][1] * change[1][0];
    assertThat(Math.abs(minor)).isGreaterThan(1e-4);
  }

  @Test
  void layersAreWeightsWhoseNameFits() {
    LayerSelection some = new LayerSelection("layer?.*.weight, fc*");
    assertThat(some.selects("layer1.0.conv1.weight", Shape.of(2, 2))).isTrue();
    assertThat(some.selects("fc.weight", Shape.of(2, 2))).isTrue();
    assertThat(some.selects("fc.bias", Shape.of(2))).isFalse();
    assertThat(some.selects("layer10.0.conv1.weight", Shape.of(2, 2))).isFalse();
    assertThat(some.selects("layer1x0.conv1xweight", Shape.of(2, 2))).isFalse();
    assertThat(new LayerSelection("a(b").selects("a(b", Shape.of(2, 2))).isTrue();
  }

  @Test
  void rejectsSettingsWithoutAMeaning() {
    assertThatThrownBy(() -> new Noise(-1, LayerSelection.all(), 0)).hasMessageContaining("-1");
    assertThatThrownBy(() -> new UniformQuantisation(1.5, LayerSelection.all()))
        .hasMessageContaining("1.5");
    assertThatThrownBy(() -> new UniformQuantisation(17, LayerSelection.all()))
        .hasMessageContaining("17");
    assertThatThrownBy(() -> new Pruning(101, LayerSelection.all())).hasMessageContaining("101");
    assertThatThrownBy(() -> new GlobalPruning(Double.NaN, LayerSelection.all()))
        .hasMessageContaining("NaN");
  }
}
