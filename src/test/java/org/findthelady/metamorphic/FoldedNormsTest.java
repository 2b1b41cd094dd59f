package org.findthelady.metamorphic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.findthelady.TestModels;
import org.findthelady.core.Verdict;
import org.findthelady.job.LocalPair;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.StructureChoice;
import org.findthelady.structure.GroupPermutations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batch normalisations that were folded into the kernels before them, and are still there. */
class FoldedNormsTest {
  private static final float EPSILON = 1e-5f;
  private static final String NORM = "module.layer2.1.bn1.";

  @TempDir private Path folder;
  private int count;

  @Test
  void foldedNormalisationsKeepTheFunction() throws IOException {
    Network resnet = Network.open(TestModels.resnet20(folder), StructureChoice.AUTOMATIC);
    Network one = resnet.copy();
    fold(one, NORM);
    Network all = resnet.copy();
    resnet.tensors.keySet().stream()
        .filter(name -> name.endsWith("running_mean"))
        .forEach(name -> fold(all, name.substring(0, name.length() - "running_mean".length())));
    for (Network suspect : List.of(one, all)) {
      for (Network moved : List.of(suspect, shuffled(suspect))) {
        PairOutcome outcome = judged(resnet, moved);
        String reason = outcome.judgement().reason();
        assertThat(outcome.verdict()).as(reason).isEqualTo(Verdict.ROTATED);
        assertThat(reason).contains("batch normalisations were folded", "the function is kept");
      }
    }
  }

  @Test
  void whatIsChangedBesidesIsNotFolded() throws IOException {
    Network resnet = Network.open(TestModels.resnet20(folder), StructureChoice.AUTOMATIC);
    Network shifted = resnet.copy();
    fold(shifted, NORM);
    shifted.values(NORM + "bias")[5] += 0.01f;
    assertThat(judged(resnet, shifted).verdict()).isEqualTo(Verdict.DERIVED);
    Network taken = resnet.copy();
    Arrays.fill(taken.values(NORM + "weight"), 1);
    assertThat(judged(resnet, taken).verdict()).isEqualTo(Verdict.DERIVED);
  }

  @Test
  void aShiftIsNotHiddenByAVarianceOfNextToNothing() throws IOException {
    Network resnet = Network.open(TestModels.resnet20(folder), StructureChoice.AUTOMATIC);
    resnet.values(NORM + "running_var")[5] = 1e-14f;
    Path file = resnet.write(folder.resolve("still"));
    Network shifted = resnet.copy();
    shifted.values(NORM + "bias")[5] += 0.3f;
    PairOutcome outcome = LocalPair.resync(file, shifted.write(folder.resolve("shifted")), null);
    assertThat(outcome.verdict()).isEqualTo(Verdict.DERIVED);
  }

  private static void fold(Network network, String norm) {
    float[] gain = network.values(norm + "weight");
    float[] shift = network.values(norm + "bias");
    float[] mean = network.values(norm + "running_mean");
    float[] variance = network.values(norm + "running_var");
    Network.Tensor kernel = network.get(norm.replace("bn", "conv") + "weight");
    for (int i = 0; i < kernel.values().length; i++) {
      int unit = kernel.index(i, 0);
      kernel.values()[i] *= (float) (gain[unit] / Math.sqrt(variance[unit] + EPSILON));
    }
    for (int unit = 0; unit < gain.length; unit++) {
      shift[unit] -= (float) (mean[unit] * gain[unit] / Math.sqrt(variance[unit] + EPSILON));
    }
    Arrays.fill(gain, 1);
    Arrays.fill(mean, 0);
    Arrays.fill(variance, 1 - EPSILON);
  }

  private static Network shuffled(Network network) {
    return network.shuffled(GroupPermutations.random(network.structure, 3));
  }

  private PairOutcome judged(Network network, Network suspect) throws IOException {
    Path file = suspect.write(folder.resolve("s" + count++));
    return LocalPair.resync(network.file, file, null);
  }
}
