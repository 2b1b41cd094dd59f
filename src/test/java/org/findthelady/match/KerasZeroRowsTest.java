package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.findthelady.SharedModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.Shape;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.MatchState;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.findthelady.structure.keras.KerasGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * vww_96, a trained MobileNet in whose layers 6 to 91 % of the rows died: all below 1e-20, which
 * its int8 copy has as zeros.
 */
class KerasZeroRowsTest {
  private static final String PATH = "models/mlperf-tiny/vww_96.h5";
  private static final float DEAD = 1e-20f;

  /** As stored, with the dead weights exactly zero on both sides, and on the suspect's alone. */
  @ParameterizedTest
  @CsvSource({"false, false", "true, true", "false, true"})
  void deadRowsAreToldApartByOtherEvidenceOrCalledAmbiguous(
      boolean zeroReference, boolean zeroSuspect) throws Exception {
    Structure structure = structure();
    Model stored = RealModels.load(PATH, structure);
    Model reference = zeroReference ? zeroed(stored) : stored;
    GroupPermutations truth = GroupPermutations.random(structure, 3);
    Model suspect = (zeroSuspect ? zeroed(stored) : stored).gathered(truth);

    MatchResult result = Matcher.match(structure, reference, suspect, MatchOptions.defaults());

    GroupPermutations back = truth.inverse(structure);
    int dead = 0;
    int guessed = 0;
    for (Group group : structure.groups()) {
      GroupMatch match = result.group(group.name());
      int[] right = back.unitSources(structure, group);
      dead += deadUnits(reference, group).size();
      for (int leaf = 0; leaf < group.units(); leaf++) {
        if (match.state(leaf) == MatchState.MATCHED) {
          assertThat(match.sources()[leaf])
              .as("%s, leaf %d", group.name(), leaf)
              .isEqualTo(right[leaf]);
        } else {
          guessed++;
        }
      }
    }
    assertThat(dead).isEqualTo(970);
    // The biases and normalisation parameters of dead rows differ, and nobody touched them.
    assertThat(guessed).isZero();
  }

  @Test
  void deadRowsThatNothingTellsApartAreInterchangeable() throws Exception {
    Structure structure = structure();
    Model reference = zeroed(RealModels.load(PATH, structure));
    Group last = structure.group("conv2d_13/conv2d_13/kernel:0");
    List<Integer> dead = deadUnits(reference, last);
    for (String tensor : structure.membersOf(last.name())) {
      float[] values = reference.values.get(tensor);
      if (tensor.startsWith("dense/")) {
        dead.forEach(unit -> Arrays.fill(values, 2 * unit, 2 * unit + 2, 0));
      } else if (values.length == last.units()) {
        dead.forEach(unit -> values[unit] = values[dead.get(0)]);
      }
    }
    GroupPermutations truth = GroupPermutations.random(structure, 4);

    MatchResult result =
        Matcher.match(structure, reference, reference.gathered(truth), MatchOptions.defaults());

    assertThat(dead).hasSize(234);
    assertThat(result.count(MatchState.INTERCHANGEABLE)).isEqualTo(234);
    assertThat(result.count(MatchState.AMBIGUOUS)).isZero();
    GroupMatch match = result.group(last.name());
    dead.forEach(unit -> assertThat(match.state(unit)).isEqualTo(MatchState.INTERCHANGEABLE));
    assertThat(reference.gathered(truth).gathered(result.resync()).values)
        .allSatisfy((tensor, values) -> assertThat(values).isEqualTo(reference.values.get(tensor)));
  }

  @Test
  void deadRowsUnderNoiseOnEveryTensorAreAmbiguous() throws Exception {
    Structure structure = structure();
    Model reference = zeroed(RealModels.load(PATH, structure));
    GroupPermutations truth = GroupPermutations.random(structure, 5);
    Model suspect = reference.gathered(truth);
    SplittableRandom random = new SplittableRandom(6);
    for (float[] values : suspect.values.values()) {
      double square = 0;
      for (float value : values) {
        square += (double) value * value;
      }
      double scale = Math.sqrt(square / values.length);
      for (int i = 0; i < values.length; i++) {
        values[i] += (float) (scale * random.nextGaussian());
      }
    }

    MatchResult result = Matcher.match(structure, reference, suspect, MatchOptions.defaults());

    GroupPermutations back = truth.inverse(structure);
    int wrong = 0;
    int unsure = 0;
    for (Group group : structure.groups()) {
      int[] right = back.unitSources(structure, group);
      GroupMatch match = result.group(group.name());
      for (int unit : deadUnits(reference, group)) {
        boolean matched = match.state(unit) == MatchState.MATCHED;
        wrong += matched && match.sources()[unit] != right[unit] ? 1 : 0;
        unsure += matched ? 0 : 1;
      }
    }
    assertThat(wrong).isZero();
    assertThat(unsure).isEqualTo(970);
  }

  private static Structure structure() {
    String path = SharedModels.path(PATH).toString();
    Checkpoint checkpoint = Checkpoints.open(new HadoopStore(), path);
    Map<String, Shape> shapes = new LinkedHashMap<>();
    checkpoint.tensors().forEach(t -> shapes.put(t.name(), t.shape()));
    String configuration = checkpoint.metadata().get(KerasGraph.METADATA);
    return KerasGraph.of("vww_96", configuration, shapes).trace().structure();
  }

  private static Model zeroed(Model model) {
    Model zeroed = model.copy();
    for (float[] values : zeroed.values.values()) {
      for (int i = 0; i < values.length; i++) {
        values[i] = Math.abs(values[i]) < DEAD ? 0 : values[i];
      }
    }
    return zeroed;
  }

  private static List<Integer> deadUnits(Model model, Group group) {
    return IntStream.range(0, group.units())
        .filter(unit -> isDead(model.values.get(group.name()), unit, group.units()))
        .boxed()
        .toList();
  }

  /** Whether all weights into an output of a kernel, whose last axis is the outputs', are dead. */
  private static boolean isDead(float[] kernel, int output, int outputs) {
    for (int i = output; i < kernel.length; i += outputs) {
      if (Math.abs(kernel[i]) >= DEAD) {
        return false;
      }
    }
    return true;
  }
}
