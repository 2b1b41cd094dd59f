package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.findthelady.SharedModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.Shape;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;
import org.findthelady.structure.keras.KerasGraph;
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
    Assignment truth = Assignment.random(structure, 3);
    Model suspect = (zeroSuspect ? zeroed(stored) : stored).gathered(truth);

    MatchResult result = Matcher.match(structure, reference, suspect, MatchOptions.defaults());

    Assignment back = truth.inverse(structure);
    int dead = 0;
    int guessed = 0;
    for (Group group : structure.groups()) {
      GroupMatch match = result.group(group.name());
      int[] right = back.leafSources(structure, group);
      for (int leaf = 0; leaf < group.leaves(); leaf++) {
        dead += isDead(reference.values.get(group.name()), leaf, group.leaves()) ? 1 : 0;
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
    // Behind the last group the pooling and two classes are all that tells its dead rows apart.
    assertThat(guessed).isEqualTo(153);
    assertThat(result.group("conv2d_13/conv2d_13/kernel:0").count(MatchState.AMBIGUOUS))
        .isEqualTo(153);
  }

  private static Structure structure() {
    String path = SharedModels.path(PATH).toString();
    Checkpoint checkpoint = Checkpoints.open(new HadoopStore(), path);
    Map<String, Shape> shapes = new LinkedHashMap<>();
    checkpoint.tensors().forEach(t -> shapes.put(t.name(), t.shape()));
    String configuration = checkpoint.attributes().get(KerasGraph.ATTRIBUTE);
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
