package org.findthelady.metamorphic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.findthelady.SharedModels;
import org.findthelady.TestModels;
import org.findthelady.core.Shape;
import org.findthelady.core.Verdict;
import org.findthelady.job.LocalPair;
import org.findthelady.match.Model;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.StructureChoice;
import org.findthelady.structure.GroupPermutations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Suspects with fewer or more units than their reference. */
class OtherWidthsTest {
  private static final StructureChoice CHOICE = StructureChoice.AUTOMATIC;

  @TempDir private Path folder;
  private int count;

  @Test
  void removedUnitsAreNamed() throws IOException {
    Network resnet = Network.open(TestModels.resnet20(folder), CHOICE);
    removed(resnet, "inner.2.1", 32, 12);
    Network llama = Network.open(TestModels.llama(folder), CHOICE);
    removed(llama, "mlp.2", 172, 40);
    Network silero = Network.open(TestModels.silero(folder), CHOICE);
    removed(silero, "channel.2", 64, 20);
  }

  /** Removes every so many units, in place and shuffled, alone and with noise. */
  private void removed(Network network, String group, int size, int many) throws IOException {
    int[] kept =
        IntStream.range(0, size)
            .filter(unit -> unit * many / size == (unit + 1) * many / size)
            .toArray();
    List<Integer> gone = new ArrayList<>(IntStream.range(0, size).boxed().toList());
    IntStream.of(kept).forEach(unit -> gone.remove((Integer) unit));
    GroupPermutations order = GroupPermutations.random(network.structure, 3);
    for (boolean noised : new boolean[] {false, true}) {
      Network changed = noised ? noised(network, 0.2) : network;
      for (Network moved : List.of(changed, changed.shuffled(order))) {
        int[] there = kept;
        if (moved != changed) {
          int[] from = order.unitSources(network.structure, network.structure.group(group));
          there = IntStream.range(0, size).filter(u -> !gone.contains(from[u])).toArray();
        }
        PairOutcome outcome = judged(network, taken(moved, group, there));
        String reason = outcome.judgement().reason();
        assertThat(outcome.verdict()).as(reason).isEqualTo(Verdict.DERIVED);
        assertThat(reason)
            .contains("%d of %d units of group %s were removed".formatted(many, size, group));
        assertThat(units(outcome, FindingKind.UNIT_REMOVED))
            .as(reason)
            .containsExactlyInAnyOrderElementsOf(gone);
        if (!noised) {
          assertThat(reason).contains("all other weights are the reference's own");
        }
      }
    }
  }

  @Test
  void anOptimizersStateMayBeMissing() throws IOException {
    Network ad01 = Network.open(SharedModels.path("models/mlperf-tiny/ad01.h5"), CHOICE);
    int[] kept = IntStream.range(0, 128).filter(unit -> unit != 81).toArray();
    Network narrow = taken(ad01, "dense_2/dense_2/kernel:0", kept);
    assertThat(narrow.tensors.keySet().removeIf(name -> name.startsWith("optimizer"))).isTrue();
    PairOutcome outcome = judged(ad01, narrow);
    assertThat(units(outcome, FindingKind.UNIT_REMOVED)).containsExactly(81);
    assertThat(outcome.judgement().reason()).contains("all other weights are the reference's own");
  }

  /** Shapes and slices of a graph are stored beside its weights. */
  @Test
  void wholeNumbersOfAGraphAreNoWeights() throws IOException {
    Network yolox = Network.open(SharedModels.path("models/yolox/yolox_nano.onnx"), CHOICE);
    int[] kept = IntStream.range(0, 64).filter(unit -> unit != 41).toArray();
    PairOutcome outcome = judged(yolox, taken(yolox, "onnx::Conv_1448", kept));
    assertThat(units(outcome, FindingKind.UNIT_REMOVED)).containsExactly(41);
    assertThat(outcome.judgement().reason()).contains("all other weights are the reference's own");
  }

  @Test
  void splitAndIdleUnitsAreNamed() throws IOException {
    Network resnet = Network.open(TestModels.resnet20(folder), CHOICE);
    Network llama = Network.open(TestModels.llama(folder), CHOICE);
    for (boolean idle : new boolean[] {false, true}) {
      grown(resnet, "inner.2.1", 32, "module.layer2.1.conv2.weight", idle);
      grown(llama, "mlp.2", 172, "model.layers.2.mlp.down_proj.weight", idle);
    }
  }

  /** Adds copies of units 3 and 7 that share what reads them, or that nothing reads. */
  private void grown(Network network, String group, int size, String reader, boolean idle)
      throws IOException {
    int[] units =
        IntStream.range(0, size + 2).map(u -> u < size ? u : 3 + 4 * (u - size)).toArray();
    Network grown = taken(network, group, units);
    Network.Tensor tensor = grown.get(reader);
    for (int i = 0; i < tensor.values().length; i++) {
      int unit = tensor.index(i, 1);
      if (unit >= size) {
        tensor.values()[i] *= idle ? 0 : 0.25f;
      } else if ((unit == 3 || unit == 7) && !idle) {
        tensor.values()[i] *= 0.75f;
      }
    }
    for (int seed : new int[] {0, 5}) {
      Network moved = seed == 0 ? grown : taken(grown, group, order(size + 2, seed));
      PairOutcome outcome = judged(network, moved);
      String reason = outcome.judgement().reason();
      assertThat(outcome.verdict()).as(reason).isEqualTo(Verdict.DERIVED);
      FindingKind kind = idle ? FindingKind.UNIT_WITHOUT_EFFECT : FindingKind.UNIT_SPLIT;
      assertThat(units(outcome, kind)).as(reason).hasSize(2);
      if (!idle) {
        assertThat(units(outcome, kind)).as(reason).containsExactlyInAnyOrder(3, 7);
      }
    }
  }

  @Test
  void unrelatedNetworksOfOtherWidthsAreNotAccused() throws IOException {
    Path base = SharedModels.path("models/abcrown/cifar_base.pth");
    Path wide = SharedModels.path("models/abcrown/cifar_wide.pth");
    notAccused(LocalPair.resync(base, wide, null));
    notAccused(LocalPair.resync(wide, base, null));
    Network resnet = Network.open(TestModels.resnet20(folder), CHOICE);
    Network llama = Network.open(TestModels.llama(folder), CHOICE);
    Network silero = Network.open(TestModels.silero(folder), CHOICE);
    for (int seed = 1; seed <= 3; seed++) {
      notAccused(judged(resnet, taken(anew(resnet, seed), "inner.2.1", order(20, seed))));
      notAccused(judged(llama, taken(anew(llama, seed), "mlp.2", order(140, seed))));
      notAccused(judged(silero, taken(anew(silero, seed), "channel.2", order(44, seed))));
    }
  }

  private static void notAccused(PairOutcome outcome) {
    assertThat(outcome.verdict())
        .as(outcome.judgement().reason())
        .isIn(Verdict.UNRELATED, Verdict.UNDECIDED);
  }

  private PairOutcome judged(Network network, Network suspect) throws IOException {
    Path file = suspect.write(folder.resolve("s" + count++));
    return LocalPair.resync(network.file, file, null);
  }

  private static List<Integer> units(PairOutcome outcome, FindingKind kind) {
    return outcome.findings().stream().filter(f -> f.kind() == kind).map(Finding::unit).toList();
  }

  private static int[] order(int size, long seed) {
    int[] order = IntStream.range(0, size).toArray();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = size - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int held = order[i];
      order[i] = order[j];
      order[j] = held;
    }
    return order;
  }

  private static Network noised(Network network, double share) {
    Network noised = network.copy();
    noised.tensors.replaceAll(
        (name, tensor) ->
            tensor.values() == null || tensor.shape().rank() < 2
                ? tensor
                : tensor.with(
                    tensor.shape(), Model.noise(share, name.hashCode()).apply(tensor.values())));
    return noised;
  }

  /** The same shapes with weights of the same size drawn anew. */
  private static Network anew(Network network, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Network anew = network.copy();
    anew.tensors.replaceAll(
        (name, tensor) -> {
          if (tensor.values() == null) {
            return tensor;
          }
          double size = Mutations.rms(tensor.values());
          float[] values = new float[tensor.values().length];
          for (int i = 0; i < values.length; i++) {
            values[i] = (float) (size * random.nextGaussian());
          }
          return tensor.with(tensor.shape(), values);
        });
    return anew;
  }

  /** Some units of a group, in that order, on every axis that carries it whole. */
  private static Network taken(Network network, String group, int[] units) {
    Network taken = network.copy();
    network
        .structure
        .axes()
        .forEach(
            (name, axes) -> {
              for (int axis = 0; axis < axes.size(); axis++) {
                if (axes.get(axis).groups().contains(group)) {
                  taken.tensors.put(name, taken(taken.get(name), axis, units));
                }
              }
            });
    return taken;
  }

  private static Network.Tensor taken(Network.Tensor tensor, int axis, int[] units) {
    long[] lengths = tensor.shape().toArray();
    lengths[axis] = units.length;
    Shape shape = Shape.of(lengths);
    int stride = tensor.stride(axis);
    int outer = tensor.values().length / stride / tensor.shape().intLength(axis);
    float[] values = new float[(int) shape.elements()];
    for (int o = 0; o < outer; o++) {
      for (int u = 0; u < units.length; u++) {
        System.arraycopy(
            tensor.values(),
            (o * tensor.shape().intLength(axis) + units[u]) * stride,
            values,
            (o * units.length + u) * stride,
            stride);
      }
    }
    return tensor.with(shape, values);
  }
}
