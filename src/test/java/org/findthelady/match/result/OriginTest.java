package org.findthelady.match.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.match.Model;
import org.findthelady.match.RealModels;
import org.findthelady.match.Structures;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

class OriginTest {
  @Test
  void knowsDescendants() throws Exception {
    for (Model reference : new Model[] {RealModels.resnet20(), RealModels.resnet56()}) {
      Map<String, UnaryOperator<float[]>> changes = new LinkedHashMap<>();
      changes.put("clean", data -> data);
      changes.put("pruned 99", Model.pruned(0.99));
      changes.put("omega 1", Model.noise(1, 5));
      changes.put("omega 5", Model.noise(5, 5));
      changes.put("2 bits", Model.quantised(2));
      GroupPermutations truth = GroupPermutations.random(reference.structure, 77);
      for (var change : changes.entrySet()) {
        Model suspect = reference.changed(change.getValue()).gathered(truth);
        assertThat(origin(reference, suspect).common()).as(change.getKey()).isTrue();
      }
    }
  }

  @Test
  void knowsStrangers() throws Exception {
    Model reference = RealModels.resnet20();
    for (int seed = 0; seed < 8; seed++) {
      assertStranger("shuffled elements", reference, everything(reference, shuffled(seed)));
      assertStranger("redrawn elements", reference, everything(reference, redrawn(seed)));
    }
    for (Structure structure : Structures.all()) {
      for (int seed = 0; seed < 8; seed++) {
        assertStranger(
            structure.name(), Model.random(structure, seed), Model.random(structure, seed + 100));
      }
    }
  }

  @Test
  void knowsANetworkTrainedApartOnTheSameTask() throws Exception {
    Model reference = RealModels.resnet20();
    Model other = RealModels.resnet56();
    Model cut = reference.copy();
    cut.values.replaceAll((name, data) -> other.values.get(name));
    assertStranger("first blocks of ResNet-56", reference, cut);
  }

  @Test
  void aStrangersChanceIsNotOverstated() throws Exception {
    int early = 0;
    for (int seed = 0; seed < 60; seed++) {
      Structure structure = Structures.mlp(64, 48, 48, 10);
      Origin origin = origin(Model.random(structure, seed), Model.random(structure, seed + 1000));
      early += origin.logP() < Math.log(0.1) ? 1 : 0;
    }
    assertThat(early).isLessThanOrEqualTo(6);
  }

  private static void assertStranger(String name, Model reference, Model suspect) throws Exception {
    Origin origin = origin(reference, suspect);
    assertThat(origin.logP()).as(name).isGreaterThan(Math.log(1e-3));
  }

  private static Origin origin(Model reference, Model suspect) throws Exception {
    return Matcher.match(reference.structure, reference, suspect, MatchOptions.defaults()).origin();
  }

  static Model everything(Model model, UnaryOperator<float[]> change) {
    Model changed = model.copy();
    changed.values.replaceAll((name, data) -> change.apply(data));
    return changed;
  }

  static UnaryOperator<float[]> shuffled(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return data -> {
      float[] out = data.clone();
      for (int i = out.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        float kept = out[i];
        out[i] = out[j];
        out[j] = kept;
      }
      return out;
    };
  }

  static UnaryOperator<float[]> redrawn(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return data -> {
      double mean = 0;
      double squares = 0;
      for (float value : data) {
        mean += value;
        squares += (double) value * value;
      }
      mean /= data.length;
      double sigma = Math.sqrt(Math.max(0, squares / data.length - mean * mean));
      float[] out = new float[data.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = (float) (mean + sigma * random.nextGaussian());
      }
      return out;
    };
  }
}
