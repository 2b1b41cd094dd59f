package org.findthelady.metamorphic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.findthelady.TestModels;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.Verdict;
import org.findthelady.job.LocalPair;
import org.findthelady.match.Model;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.StructureChoice;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks that share what any network of the kind may hold, and no origin. */
class UnrelatedTest {
  @TempDir private Path folder;
  private Network llama;
  private Network resnet;
  private int count;

  @BeforeEach
  void open() throws IOException {
    llama = Network.open(TestModels.llama(folder), StructureChoice.AUTOMATIC);
    resnet = Network.open(TestModels.resnet20(folder), StructureChoice.AUTOMATIC);
  }

  @Test
  void normalisationTermsThatAreSharedAccuseNobody() throws IOException {
    for (int seed = 1; seed <= 2; seed++) {
      notAccused(llama, anew(llama, seed, false));
      notAccused(resnet, anew(resnet, seed, false));
    }
  }

  @Test
  void fewValuesAccuseNobody() throws IOException {
    for (UnaryOperator<float[]> few :
        java.util.List.<UnaryOperator<float[]>>of(
            UnrelatedTest::ternary, UnrelatedTest::signs, Model.quantised(2), Model.pruned(0.9))) {
      notAccused(weights(llama, few), weights(anew(llama, 3, true), few));
      notAccused(weights(resnet, few), weights(anew(resnet, 3, true), few));
    }
  }

  @Test
  void constantsAccuseNobody() throws IOException {
    Network ours = llama.copy();
    Network theirs = anew(llama, 4, true);
    for (Network network : new Network[] {ours, theirs}) {
      put(network, "causal.mask", (i, j) -> i >= j ? 0 : -1e9);
      put(network, "bias.mask", (i, j) -> i >= j ? 1 : 0);
      put(
          network,
          "positions.weight",
          (i, j) -> {
            double angle = i / Math.pow(10000, (j - j % 2) / 64.0);
            return j % 2 == 0 ? Math.sin(angle) : Math.cos(angle);
          });
      put(network, "fourier.weight", (i, j) -> Math.cos(2 * Math.PI * i * j / 64));
      put(network, "slopes.weight", (i, j) -> Math.pow(2, -i / 8.0) * j);
    }
    notAccused(ours, theirs);
  }

  private interface Formula {
    double of(int row, int column);
  }

  private static void put(Network network, String name, Formula formula) {
    float[] values = new float[64 * 64];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) formula.of(i / 64, i % 64);
    }
    network.tensors.put(name, new Network.Tensor(DType.F32, Shape.of(64, 64), values, null));
  }

  private static float[] ternary(float[] values) {
    float size = (float) Mutations.rms(values);
    return Mutations.each(values, x -> Math.abs(x) < size / 2 ? 0f : Math.copySign(1f, x));
  }

  private static float[] signs(float[] values) {
    return Mutations.each(values, x -> Math.copySign(0.05f, x));
  }

  private static Network weights(Network network, UnaryOperator<float[]> change) {
    Network changed = network.copy();
    changed.tensors.replaceAll(
        (name, tensor) ->
            tensor.values() == null || tensor.shape().rank() < 2
                ? tensor
                : tensor.with(tensor.shape(), change.apply(tensor.values())));
    return changed;
  }

  /** Weights of the same size drawn anew; vectors too if that is asked for. */
  private static Network anew(Network network, long seed, boolean vectors) {
    SplittableRandom random = new SplittableRandom(seed);
    Network anew = network.copy();
    anew.tensors.replaceAll(
        (name, tensor) -> {
          if (tensor.values() == null || (tensor.shape().rank() < 2 && !vectors)) {
            return tensor;
          }
          double size = Mutations.rms(tensor.values());
          boolean positive = tensor.shape().rank() < 2;
          return tensor.with(
              tensor.shape(),
              Mutations.each(
                  tensor.values(),
                  x -> {
                    double drawn = size * random.nextGaussian();
                    return (float) (positive ? Math.abs(drawn) : drawn);
                  }));
        });
    return anew;
  }

  private void notAccused(Network reference, Network suspect) throws IOException {
    Path ours = reference.write(folder.resolve("r" + count++));
    Path theirs = suspect.write(folder.resolve("s" + count++));
    PairOutcome outcome = LocalPair.resync(ours, theirs, null);
    assertThat(outcome.verdict())
        .as(outcome.judgement().reason())
        .isIn(Verdict.UNRELATED, Verdict.UNDECIDED);
  }
}
