package org.findthelady.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.findthelady.perturb.LayerSelection;
import org.findthelady.perturb.Moments;
import org.findthelady.perturb.Noise;
import org.findthelady.perturb.Pruning;
import org.findthelady.structure.GroupPermutations;
import org.junit.jupiter.api.Test;

class TrueLikelihoodTest {
  private static LabModel layer(int neurons, long seed) {
    return SeededLayer.of(new ModelSpec.LayerShape(neurons, 3, 2, 0, 0), seed);
  }

  /** Every permutation tried: how many neurons the likeliest leaves in place. */
  private static int exhaustive(LabModel reference, LabModel changed, double omega) {
    int n = reference.tensor(SeededLayer.TENSOR).shape().intLength(0);
    int[] order = new int[n];
    Arrays.setAll(order, i -> i);
    double[] best = {Double.NEGATIVE_INFINITY, 0};
    permute(order, 0, () -> score(reference, changed, omega, order, best));
    return (int) best[1];
  }

  private static void permute(int[] order, int from, Runnable done) {
    if (from == order.length) {
      done.run();
    }
    for (int i = from; i < order.length; i++) {
      int kept = order[from];
      order[from] = order[i];
      order[i] = kept;
      permute(order, from + 1, done);
      order[i] = order[from];
      order[from] = kept;
    }
  }

  private static void score(
      LabModel reference, LabModel changed, double omega, int[] order, double[] best) {
    int n = order.length;
    double likelihood = 0;
    for (String name : reference.tensors().keySet()) {
      float[] a = reference.tensor(name).values();
      float[] b = changed.tensor(name).values();
      double deviation = omega * Moments.of(a).sigma();
      boolean incoming = name.equals(SeededLayer.TENSOR);
      int width = a.length / n;
      for (int i = 0; i < n; i++) {
        for (int k = 0; k < width; k++) {
          int here = incoming ? i * width + k : k * n + i;
          int there = incoming ? order[i] * width + k : k * n + order[i];
          likelihood -= Math.pow((a[here] - (double) b[there]) / deviation, 2) / 2;
        }
      }
    }
    if (likelihood > best[0]) {
      best[0] = likelihood;
      best[1] = 0;
      for (int i = 0; i < n; i++) {
        best[1] += order[i] == i ? 1 : 0;
      }
    }
  }

  @Test
  void noiseLeavesWhatTheLikeliestOfAllPermutationsLeaves() throws Exception {
    int wrong = 0;
    for (int seed = 1; seed <= 20; seed++) {
      LabModel reference = layer(6, seed);
      LabModel changed =
          reference.perturbed(List.of(new Noise(2, LayerSelection.everything(), seed)));
      long right = new TrueLikelihood(reference, changed, 2).placement().right();
      assertThat(right).as("seed " + seed).isEqualTo(exhaustive(reference, changed, 2));
      wrong += (int) (6 - right);
    }
    assertThat(wrong).isBetween(10, 110);
  }

  @Test
  void whatWasLeftAloneDecides() throws Exception {
    LabModel reference = layer(40, 1);
    LabModel changed =
        reference.perturbed(List.of(new Noise(50, new LayerSelection(SeededLayer.TENSOR), 1)));
    assertThat(new TrueLikelihood(reference, changed, 50).placement().right()).isEqualTo(40);
  }

  @Test
  void pruningLosesOnlyNeuronsThatItLeavesEqual() throws Exception {
    LabModel reference = layer(40, 1);
    LabModel changed = reference.perturbed(List.of(new Pruning(95, LayerSelection.all())));
    long zero = 0;
    float[] in = changed.tensor(SeededLayer.TENSOR).values();
    float[] out = changed.tensor("next.weight").values();
    for (int i = 0; i < 40; i++) {
      boolean none = in[3 * i] == 0 && in[3 * i + 1] == 0 && in[3 * i + 2] == 0;
      zero += none && out[i] == 0 && out[40 + i] == 0 ? 1 : 0;
    }
    assertThat(zero).isGreaterThan(20);
    assertThat(new TrueLikelihood(reference, changed, 0).placement().right())
        .isEqualTo(40 - zero + 1);
  }

  @Test
  void anotherOrderIsAsLikelyAsItsDistanceSays() throws Exception {
    LabModel reference = layer(6, 3);
    LabModel changed = reference.perturbed(List.of(new Noise(0.5, LayerSelection.everything(), 3)));
    LabModel found = changed.permuted(GroupPermutations.random(reference.structure(), 4));
    double expected = 0;
    for (String name : reference.tensors().keySet()) {
      double deviation = 0.5 * Moments.of(reference.tensor(name).values()).sigma();
      double apart = squares(reference, changed, name) - squares(reference, found, name);
      expected += apart / (2 * deviation * deviation);
    }
    TrueLikelihood likelihood = new TrueLikelihood(reference, changed, 0.5);
    assertThat(likelihood.likelier(found)).isCloseTo(expected, within(1e-6)).isLessThan(-10);
    assertThat(likelihood.likelier(changed)).isZero();
  }

  private static double squares(LabModel one, LabModel other, String name) {
    double sum = 0;
    for (int i = 0; i < one.tensor(name).values().length; i++) {
      sum += Math.pow((double) one.tensor(name).values()[i] - other.tensor(name).values()[i], 2);
    }
    return sum;
  }

  @Test
  void anOrderThatMovesWhatWasLeftAloneIsRuledOut() throws Exception {
    LabModel reference = layer(6, 3);
    LabModel changed =
        reference.perturbed(List.of(new Noise(9, new LayerSelection(SeededLayer.TENSOR), 3)));
    LabModel found = changed.permuted(GroupPermutations.random(reference.structure(), 4));
    assertThat(new TrueLikelihood(reference, changed, 9).likelier(found)).isLessThan(-1e5);
  }
}
