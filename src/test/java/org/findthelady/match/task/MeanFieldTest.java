package org.findthelady.match.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.core.Permutation;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.match.Model;
import org.findthelady.match.Structures;
import org.findthelady.match.kernel.SoftPermutation;
import org.findthelady.match.result.MatchResult;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

/** All groups matched at once. */
class MeanFieldTest {
  private static Model everything(Model model, double omega, long seed) {
    Model changed = model.copy();
    var noise = Model.noise(omega, seed);
    changed.values.replaceAll((name, data) -> noise.apply(data));
    return changed;
  }

  private static JointTask task(Structure structure, Model model, double weight) {
    Map<String, int[]> known = new LinkedHashMap<>();
    for (Group group : structure.groups()) {
      known.put(group.name(), Permutation.identity(group.size()).toArray());
    }
    Map<String, Double> weights = new LinkedHashMap<>();
    model.names().forEach(name -> weights.put(name, weight));
    return new JointTask(known, weights, GroupPermutations.identity(), 1);
  }

  private static MeanField field(Structure structure, Model reference, Model suspect)
      throws Exception {
    JointTask task = task(structure, reference, 1e6);
    Map<String, Integer> sizes = new LinkedHashMap<>();
    structure.groups().forEach(group -> sizes.put(group.name(), group.size()));
    return new MeanField(sizes, task.tensors(structure, reference, suspect));
  }

  private static Map<String, int[]> columns(Structure structure, GroupPermutations assignment) {
    Map<String, int[]> columns = new LinkedHashMap<>();
    structure
        .groups()
        .forEach(group -> columns.put(group.name(), assignment.unitSources(structure, group)));
    return columns;
  }

  @Test
  void leavesOutWeightsWhoseProductsAreNoFloats() throws Exception {
    Structure structure = Structures.mlp(3, 4, 4, 3);
    Model model = Model.random(structure, 3);
    assertThat(task(structure, model, 1).tensors(structure, model, model)).isNotEmpty();
    for (float factor : new float[] {1e30f, 1e-30f}) {
      Model scaled = model.copy();
      scaled.values.values().forEach(data -> scale(data, factor));
      double weight = 1 / ((double) factor * factor);
      assertThat(task(structure, scaled, weight).tensors(structure, scaled, scaled)).isEmpty();
    }
  }

  private static void scale(float[] data, float factor) {
    for (int i = 0; i < data.length; i++) {
      data[i] *= factor;
    }
  }

  /** Slices, digits beside the group, several copies on an axis, a group on both axes. */
  @Test
  void agreesWithProductsOfGatheredTensors() throws Exception {
    for (Structure structure :
        List.of(
            Structures.mlp(20, 33, 27, 10),
            Structures.residual(70, 40, 64, 3),
            Structures.lstm(19, 30, 7),
            Structures.sliced())) {
      Model reference = Model.random(structure, 1);
      Model suspect = everything(reference, 3, 2);
      MeanField field = field(structure, reference, suspect);
      for (int seed = 0; seed < 3; seed++) {
        GroupPermutations assignment = GroupPermutations.random(structure, seed);
        double expected = agreement(reference, suspect, suspect.gathered(assignment));
        assertThat(field.agreement(columns(structure, assignment)))
            .isCloseTo(expected, within(1e-3 * Math.abs(expected) + 1e-2));
      }
    }
  }

  /** Products over noise; its variance is what the suspect's is more than the reference's. */
  private static double agreement(Model reference, Model suspect, Model ordered) {
    double sum = 0;
    for (String name : reference.names()) {
      double noise =
          Math.max(1e-6, variance(suspect.values.get(name)) - variance(reference.values.get(name)));
      float[] here = reference.values.get(name);
      float[] there = ordered.values.get(name);
      for (int i = 0; i < here.length; i++) {
        sum += here[i] * (double) there[i] / noise;
      }
    }
    return sum;
  }

  private static double variance(float[] values) {
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value;
      squares += (double) value * value;
    }
    return squares / values.length - sum / values.length * sum / values.length;
  }

  @Test
  void findsTheBestOfAllPermutationsOfSmallGroups() throws Exception {
    Structure structure = Structures.mlp(3, 4, 4, 3);
    List<GroupPermutations> all = new ArrayList<>();
    for (int[] one : permutations(4)) {
      for (int[] two : permutations(4)) {
        all.add(
            GroupPermutations.identity()
                .with(structure.group("one"), List.of(Permutation.ofSources(one)))
                .with(structure.group("two"), List.of(Permutation.ofSources(two))));
      }
    }
    assertThat(all).hasSize(576);
    int best = 0;
    for (int seed = 1; seed <= 20; seed++) {
      Model reference = Model.random(structure, seed);
      Model suspect =
          everything(reference, 0.7, seed)
              .gathered(GroupPermutations.random(structure, seed + 50L));
      MeanField field = field(structure, reference, suspect);
      double greatest = Double.NEGATIVE_INFINITY;
      for (GroupPermutations assignment : all) {
        greatest = Math.max(greatest, field.agreement(columns(structure, assignment)));
      }
      double found = field.agreement(field.solve());
      assertThat(found).isLessThanOrEqualTo(greatest + 1e-3);
      best += found > greatest - 1e-3 ? 1 : 0;
    }
    assertThat(best).isGreaterThanOrEqualTo(18);
  }

  private static List<int[]> permutations(int size) {
    if (size == 0) {
      return List.of(new int[0]);
    }
    List<int[]> longer = new ArrayList<>();
    for (int[] shorter : permutations(size - 1)) {
      for (int at = 0; at < size; at++) {
        int[] next = new int[size];
        System.arraycopy(shorter, 0, next, 0, at);
        next[at] = size - 1;
        System.arraycopy(shorter, at, next, at + 1, size - 1 - at);
        longer.add(next);
      }
    }
    return longer;
  }

  @Test
  void balancedRowsAndColumnsSumToOne() {
    SplittableRandom random = new SplittableRandom(3);
    float[] scores = new float[49];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) (3 * random.nextGaussian());
    }
    float[] soft = SoftPermutation.balanced(scores, 7, 0.8);
    for (int i = 0; i < 7; i++) {
      double row = 0;
      double column = 0;
      for (int j = 0; j < 7; j++) {
        row += soft[i * 7 + j];
        column += soft[j * 7 + i];
      }
      assertThat(row).isCloseTo(1, within(5e-3));
      assertThat(column).isCloseTo(1, within(5e-3));
    }
    assertThat(SoftPermutation.balanced(scores, 7, 0)).containsExactly(SoftPermutation.uniform(7));
    assertThat(soft).isNotEqualTo(SoftPermutation.uniform(7));
  }

  @Test
  void findsTheOrderThatNoGroupAloneCouldBegin() throws Exception {
    Structure structure = Structures.residual(10, 40, 64, 4);
    Model reference = Model.random(structure, 1);
    GroupPermutations truth = GroupPermutations.random(structure, 9);
    Model suspect = everything(reference, 2, 7).gathered(truth);
    MatchOptions options = MatchOptions.defaults();
    assertThat(right(structure, reference, suspect, options.withRefine(false), truth))
        .isLessThan(0.5);
    assertThat(right(structure, reference, suspect, options, truth)).isEqualTo(1);
  }

  private static double right(
      Structure structure,
      Model reference,
      Model suspect,
      MatchOptions options,
      GroupPermutations truth)
      throws Exception {
    MatchResult result = Matcher.match(structure, reference, suspect, options);
    int right = 0;
    int leaves = 0;
    for (Group group : structure.groups()) {
      int[] wanted = truth.inverse(structure).unitSources(structure, group);
      for (int leaf = 0; leaf < wanted.length; leaf++) {
        right += result.group(group.name()).sources()[leaf] == wanted[leaf] ? 1 : 0;
      }
      leaves += wanted.length;
    }
    return right / (double) leaves;
  }

  @Test
  void isNotTriedWhereNothingIsInDoubtNorOnStrangers() throws Exception {
    Structure structure = Structures.residual(70, 40, 64, 3);
    Model reference = Model.random(structure, 1);
    GroupPermutations truth = GroupPermutations.random(structure, 9);
    assertThat(jointTasks(structure, reference, everything(reference, 0.3, 7).gathered(truth)))
        .isZero();
    assertThat(jointTasks(structure, reference, Model.random(structure, 2))).isZero();
    assertThat(jointTasks(structure, reference, everything(reference, 8, 7).gathered(truth)))
        .isEqualTo(1);
  }

  private static long jointTasks(Structure structure, Model reference, Model suspect)
      throws Exception {
    List<MatchTask<?>> seen = new ArrayList<>();
    TaskRunner local = new LocalRunner(structure, reference, suspect);
    TaskRunner runner =
        new TaskRunner() {
          @Override
          public <R extends Serializable> List<R> run(
              String stage, List<? extends MatchTask<R>> tasks) throws java.io.IOException {
            seen.addAll(tasks);
            return local.run(stage, tasks);
          }
        };
    Matcher.match(structure, reference, suspect, MatchOptions.defaults(), runner);
    return seen.stream().filter(JointTask.class::isInstance).count();
  }
}
