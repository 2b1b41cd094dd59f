package org.findthelady.metamorphic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.findthelady.TestModels;
import org.findthelady.core.Verdict;
import org.findthelady.job.Resync;
import org.findthelady.match.Model;
import org.findthelady.pair.MatchSettings;
import org.findthelady.pair.StructureChoice;
import org.findthelady.structure.GroupPermutations;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Suspects that were merged from two parents. */
class MergeTest {
  @TempDir private Path folder;
  private Network one;
  private Network other;
  private int count;

  @BeforeEach
  void makeParents() throws IOException {
    one = Network.open(TestModels.silero(folder), StructureChoice.AUTOMATIC);
    other = one.copy();
    other.tensors.replaceAll(
        (name, tensor) ->
            tensor.with(tensor.shape(), Model.noise(0.7, name.hashCode()).apply(tensor.values())));
  }

  @Test
  void weightsOfAnAverageAreTold() throws IOException {
    Network merged = merged((a, b) -> 0.3f * a + 0.7f * b);
    assertThat(note(merged)).contains("0.300 of the reference and 0.700 of the other parent");
    GroupPermutations order = GroupPermutations.random(one.structure, 5);
    assertThat(note(merged.shuffled(order))).contains("0.300 of the reference and 0.700");
  }

  @Test
  void anArcIsTold() throws IOException {
    assertThat(note(arc(0.4))).contains("slerp").contains("0.400 of the way");
  }

  private Network arc(double part) {
    Network merged = one.copy();
    for (String name : one.tensors.keySet()) {
      float[] a = one.values(name);
      float[] b = other.values(name);
      double angle = Math.acos(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)));
      float here = (float) (Math.sin((1 - part) * angle) / Math.sin(angle));
      float there = (float) (Math.sin(part * angle) / Math.sin(angle));
      float[] to = merged.values(name);
      for (int i = 0; i < to.length; i++) {
        to[i] = here * a[i] + there * b[i];
      }
    }
    return merged;
  }

  /** A thousandth of the shares is all that tells an arc between near parents from an average. */
  @Test
  void anArcBetweenNearParentsIsTold() throws IOException {
    for (Map.Entry<String, Network.Tensor> tensor : one.tensors.entrySet()) {
      Network.Tensor near = tensor.getValue();
      float[] values = Model.noise(0.1, tensor.getKey().hashCode()).apply(near.values());
      other.tensors.put(tensor.getKey(), near.with(near.shape(), values));
    }
    assertThat(note(arc(0.4))).contains("slerp").contains("0.400 of the way");
    assertThat(note(merged((a, b) -> 0.6f * a + 0.4f * b))).contains("0.600 of the reference");
  }

  @Test
  void weightsThatDifferByTensorAreListed() throws IOException {
    Network merged = merged((a, b) -> 0.5f * a + 0.5f * b);
    float[] to = merged.values("conv2.weight");
    for (int i = 0; i < to.length; i++) {
      to[i] = 0.2f * one.values("conv2.weight")[i] + 0.8f * other.values("conv2.weight")[i];
    }
    assertThat(note(merged)).contains("0.200 and 0.800 in conv2.weight", "0.500 and 0.500 in");
  }

  @Test
  void aParentThatHasNoPartIsToldSo() throws IOException {
    Network noised = one.copy();
    Network.Tensor tensor = noised.get("conv2.weight");
    noised.tensors.put(
        "conv2.weight", tensor.with(tensor.shape(), Model.noise(0.1, 3).apply(tensor.values())));
    assertThat(note(noised))
        .contains("comes from neither", "not merged: 1.000 of the reference and 0.000 of");
  }

  private Network merged(BinaryOperator<Float> mix) {
    Network merged = one.copy();
    for (String name : one.tensors.keySet()) {
      float[] to = merged.values(name);
      for (int i = 0; i < to.length; i++) {
        to[i] = mix.apply(to[i], other.values(name)[i]);
      }
    }
    return merged;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private String note(Network suspect) throws IOException {
    Resync.Result result =
        Resync.run(
            new Resync.Request(
                one.file.toString(),
                suspect.write(folder.resolve("s" + count++)).toString(),
                other.write(folder.resolve("s" + count++)).toString(),
                StructureChoice.AUTOMATIC,
                MatchSettings.Given.DEFAULTS,
                null,
                Resync.Outputs.NONE,
                Map.of()));
    assertThat(result.verdict()).isEqualTo(Verdict.DERIVED);
    return String.join("\n", result.notes());
  }
}
