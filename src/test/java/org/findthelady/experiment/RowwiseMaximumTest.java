package org.findthelady.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.findthelady.core.Shape;
import org.findthelady.perturb.AttackKind;
import org.findthelady.perturb.Gaussians;
import org.findthelady.perturb.LayerSelection;
import org.findthelady.perturb.Noise;
import org.findthelady.perturb.Perturbation;
import org.findthelady.perturb.Pruning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowwiseMaximumTest {
  /** Few numbers a row, where taking cosines as normal is off by points. */
  @ParameterizedTest
  @CsvSource({"64, 8, 1", "64, 100, 3", "128, 20, 2", "200, 400, 9"})
  void isWhatATrialWithNoiseFinds(int neurons, int width, double omega) {
    Interval measured = trial(neurons, width, new Noise(omega, LayerSelection.all(), 1));
    double correlation = InformationLimit.correlationUnderNoise(omega);
    double exact = new RowwiseMaximum(neurons, width).underNoise(correlation);
    assertThat(measured.contains(exact)).as("%s in %s", exact, measured).isTrue();
    if (width < 50) {
      double normal = InformationLimit.psi(neurons, width, correlation);
      assertThat(measured.contains(normal)).as("%s in %s", normal, measured).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({"128, 200, 99", "128, 200, 98", "64, 20, 90", "64, 1000, 99.5"})
  void isWhatATrialOfPruningFinds(int neurons, int width, double percent) {
    Interval measured = trial(neurons, width, new Pruning(percent, LayerSelection.all()));
    ModelSpec.LayerShape layer = new ModelSpec.LayerShape(neurons, width, 0, 0, 0);
    double exact = ClosedForm.ofIncoming(layer, AttackKind.PRUNE, percent);
    assertThat(measured.contains(exact)).as("%s in %s", exact, measured).isTrue();
  }

  /** The share of rows found over 80 layers. */
  private static Interval trial(int neurons, int width, Perturbation attack) {
    int right = 0;
    int layers = 80;
    for (int seed = 0; seed < layers; seed++) {
      float[] rows = new Gaussians(seed, "rows").floats(neurons * width);
      float[] changed = rows.clone();
      Perturbation seeded =
          attack instanceof Noise noise ? new Noise(noise.omega(), noise.layers(), seed) : attack;
      seeded.applyInPlace("w", Shape.of(neurons, width), changed);
      right += found(rows, changed, neurons, width);
    }
    return Interval.ofShare(right, (long) layers * neurons);
  }

  private static int found(float[] rows, float[] changed, int neurons, int width) {
    int right = 0;
    for (int j = 0; j < neurons; j++) {
      int best = -1;
      double most = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < neurons; i++) {
        double dot = 0;
        double norm = 0;
        for (int k = 0; k < width; k++) {
          dot += rows[i * width + k] * changed[j * width + k];
          norm += rows[i * width + k] * rows[i * width + k];
        }
        double cosine = dot / Math.sqrt(norm);
        if (cosine > most) {
          most = cosine;
          best = i;
        }
      }
      right += best == j ? 1 : 0;
    }
    return right;
  }

  @Test
  void hasTheRightLimits() {
    assertThat(new RowwiseMaximum(1, 9).underNoise(0)).isEqualTo(100);
    assertThat(new RowwiseMaximum(50, 20).underNoise(0)).isCloseTo(2, within(1e-6));
    assertThat(new RowwiseMaximum(512, 2304).underPruning(91)).isCloseTo(100, within(1e-9));
    assertThat(new RowwiseMaximum(4096, 10_000).underNoise(0.99)).isCloseTo(100, within(1e-9));
    double correlation = InformationLimit.correlationUnderNoise(10);
    assertThat(new RowwiseMaximum(512, 100_000).underNoise(correlation))
        .isCloseTo(InformationLimit.psi(512, 100_000, correlation), within(1e-3));
    assertThatThrownBy(() -> new RowwiseMaximum(8, 3)).hasMessageContaining("d = 3");
    assertThatThrownBy(() -> new RowwiseMaximum(8, 9).underNoise(1)).hasMessageContaining("1.0");
  }

  /** Hotelling's density and Beta's law by other software (SciPy, 40,000 steps). */
  @Test
  void agreesWithAnIndependentIntegration() {
    double ten = InformationLimit.correlationUnderNoise(10);
    assertThat(new RowwiseMaximum(512, 2304).underNoise(ten)).isCloseTo(94.84818, within(1e-4));
    assertThat(new RowwiseMaximum(255, 256).underNoise(ten)).isCloseTo(12.46243, within(1e-4));
    // The sum of squares left, convolved on a grid.
    assertThat(new RowwiseMaximum(2048, 512).underPruning(99)).isCloseTo(96.493, within(0.01));
    assertThat(new RowwiseMaximum(255, 256).underPruning(99)).isCloseTo(85.092, within(0.02));
  }

  @Test
  void aDeadFirstNeuronIsLostInNoiseAndTakenForItselfAmongZeros() {
    ModelSpec.LayerShape layer = new ModelSpec.LayerShape(64, 3200, 0, 0, 1);
    assertThat(ClosedForm.ofIncoming(layer, AttackKind.NOISE, 2)).isCloseTo(98.4375, within(1e-6));
    assertThat(ClosedForm.ofIncoming(layer, AttackKind.PRUNE, 95)).isCloseTo(100, within(1e-6));
    assertThat(ClosedForm.ofIncoming(layer, AttackKind.BITS, 4)).isNull();
    assertThat(ClosedForm.takingCosinesAsNormal(layer, AttackKind.PRUNE, 95)).isNull();
    // Nothing but the dead neuron's zeros is zeroed.
    assertThat(ClosedForm.ofIncoming(layer, AttackKind.PRUNE, 1)).isNull();
  }
}
