package org.findthelady.perturb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.core.Shape;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Group;
import org.findthelady.structure.Segment;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NeuronScaleTest {
  private static final int INPUTS = 5;
  private static final int HIDDEN = 20;
  private static final int OUTPUTS = 3;
  private static final Group GROUP = Group.root("hidden", HIDDEN);
  private static final Axis MOVES = Axis.of(Segment.of(AxisFactor.of(GROUP)));
  private static final Axis IN = Axis.frozen(INPUTS, "inputs");
  private static final Axis OUT = Axis.frozen(OUTPUTS, "outputs");

  private static Map<String, List<Axis>> axes(boolean normalised) {
    Map<String, List<Axis>> axes = new HashMap<>();
    axes.put("fc1.weight", List.of(MOVES, IN));
    axes.put("fc2.weight", List.of(OUT, MOVES));
    axes.put("fc2.bias", List.of(OUT));
    for (String name :
        normalised
            ? List.of("bn.weight", "bn.bias", "bn.running_mean", "bn.running_var")
            : List.of("fc1.bias")) {
      axes.put(name, List.of(MOVES));
    }
    return axes;
  }

  private static Structure structure(boolean normalised) {
    return new Structure("mlp", List.of(GROUP), axes(normalised));
  }

  private static Map<String, float[]> weights(boolean normalised) {
    Map<String, float[]> weights = new HashMap<>();
    axes(normalised)
        .forEach(
            (name, list) -> {
              int count = list.stream().mapToInt(Axis::length).reduce(1, (a, b) -> a * b);
              float[] values = new Gaussians(2, name).floats(count);
              for (int i = 0; i < count && name.endsWith("var"); i++) {
                values[i] = 0.5f + values[i] * values[i];
              }
              weights.put(name, values);
            });
    return weights;
  }

  /** Linear, optional batch normalisation (no epsilon), ReLU, linear. */
  private static double[] run(Map<String, float[]> w, float[] x) {
    double[] y = new double[OUTPUTS];
    for (int h = 0; h < HIDDEN; h++) {
      double sum = w.containsKey("fc1.bias") ? w.get("fc1.bias")[h] : 0;
      for (int i = 0; i < INPUTS; i++) {
        sum += w.get("fc1.weight")[h * INPUTS + i] * x[i];
      }
      if (w.containsKey("bn.weight")) {
        sum =
            (sum - w.get("bn.running_mean")[h])
                    / Math.sqrt(w.get("bn.running_var")[h])
                    * w.get("bn.weight")[h]
                + w.get("bn.bias")[h];
      }
      for (int o = 0; o < OUTPUTS; o++) {
        y[o] += w.get("fc2.weight")[o * HIDDEN + h] * Math.max(0, sum);
      }
    }
    return y;
  }

  private static Map<String, float[]> perturbed(NeuronScale scale, boolean normalised) {
    Map<String, float[]> weights = weights(normalised);
    axes(normalised)
        .forEach(
            (name, list) -> {
              Shape shape = Shape.of(list.stream().mapToLong(Axis::length).toArray());
              float[] before = weights.get(name).clone();
              boolean selected = scale.selects(name, shape);
              if (selected) {
                scale.applyInPlace(name, shape, weights.get(name));
              }
              assertThat(Arrays.equals(weights.get(name), before)).isEqualTo(!selected);
            });
    return weights;
  }

  @ParameterizedTest
  @CsvSource({"false, 3", "true, 3", "true, -1", "true, -0.25"})
  void compensatedScalingKeepsTheFunction(boolean normalised, double factor) {
    NeuronScale scale =
        new NeuronScale(structure(normalised), factor, 0.4, true, LayerSelection.all(), 7);
    Map<String, float[]> before = weights(normalised);
    Map<String, float[]> after = perturbed(scale, normalised);
    assertThat(after.get("fc1.weight")).isNotEqualTo(before.get("fc1.weight"));
    float[] x = new Gaussians(5, "x").floats(INPUTS);
    assertThat(run(after, x)).containsExactly(run(before, x), within(1e-5));
  }

  @Test
  void plainScalingTouchesIncomingRowsOfTheChosenOnly() {
    NeuronScale scale = new NeuronScale(structure(false), -1, 0.25, false, LayerSelection.all(), 7);
    Map<String, float[]> before = weights(false);
    Map<String, float[]> after = perturbed(scale, false);
    assertThat(scale.chosen(GROUP).cardinality()).isEqualTo(5);
    for (int i = 0; i < HIDDEN * INPUTS; i++) {
      float expected = before.get("fc1.weight")[i];
      assertThat(after.get("fc1.weight")[i])
          .isEqualTo(scale.chosen(GROUP).get(i / INPUTS) ? -expected : expected);
    }
    assertThat(after.get("fc1.bias")).isEqualTo(before.get("fc1.bias"));
    assertThat(after.get("fc2.weight")).isEqualTo(before.get("fc2.weight"));
  }

  @Test
  void aGroupThatThePatternDoesNotNameStaysAsItIs() {
    NeuronScale scale =
        new NeuronScale(structure(false), 2, 1, true, new LayerSelection("fc2*"), 7);
    assertThat(scale.chosen(GROUP).isEmpty()).isTrue();
    assertThat(scale.selects("fc1.weight", Shape.of(HIDDEN, INPUTS))).isFalse();
    assertThat(scale.selects("fc2.weight", Shape.of(OUTPUTS, HIDDEN))).isFalse();
  }
}
