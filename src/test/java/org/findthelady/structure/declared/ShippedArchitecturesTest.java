package org.findthelady.structure.declared;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Proves every shipped file by function: a forward pass does not see the groups move. */
class ShippedArchitecturesTest {
  private static final double SAME = 1e-9;
  private static final double CHANGED = 1e-7;

  /** Adds the same to every score of a query, so softmax does not see it. */
  private static final Pattern KEY_BIAS = Pattern.compile("\\.(key|k_proj)\\.bias$");

  static Stream<ReferenceModel> models() {
    return Stream.of(
        ImageModels.resnetCifar(),
        ImageModels.resnet(false),
        ImageModels.resnet(true),
        ImageModels.vgg(11, false),
        ImageModels.vgg(11, true),
        ImageModels.vgg(13, false),
        ImageModels.vgg(13, true),
        ImageModels.vgg(16, false),
        ImageModels.vgg(16, true),
        ImageModels.vgg(19, false),
        ImageModels.vgg(19, true),
        TextModels.llama(),
        TextModels.gpt2(),
        TextModels.bert(),
        TextModels.vit(),
        TextModels.silero());
  }

  private static Structure structure(ReferenceModel model) {
    return Architectures.builtIn().choose(model.weights().shapes(), model.configuration());
  }

  @ParameterizedTest
  @MethodSource("models")
  void isChosenAndFreesExactlyTheExpectedGroups(ReferenceModel model) {
    Structure structure = structure(model);
    assertThat(structure.name()).isEqualTo(model.architecture());
    Map<String, Integer> sizes = new TreeMap<>();
    for (Group group : structure.groups()) {
      sizes.put(group.name(), group.size());
    }
    assertThat(sizes).isEqualTo(new TreeMap<>(model.groups()));
    assertThat(structure.axes().keySet()).isEqualTo(model.weights().shapes().keySet());
  }

  @ParameterizedTest
  @MethodSource("models")
  void keepsTheFunctionWhenAllGroupsMove(ReferenceModel model) {
    Structure structure = structure(model);
    double[] before = model.forward().run(model.weights());
    for (long seed = 0; seed < 3; seed++) {
      Weights moved = model.weights().permuted(structure, Assignment.random(structure, seed));
      assertThat(difference(before, model.forward().run(moved))).isLessThan(SAME);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void keepsTheFunctionWhenOneGroupMoves(ReferenceModel model) {
    Structure structure = structure(model);
    double[] before = model.forward().run(model.weights());
    Assignment random = Assignment.random(structure, 17);
    for (Group group : structure.groups()) {
      Assignment alone = Assignment.identity().with(group, random.of(group));
      Weights moved = model.weights().permuted(structure, alone);
      assertThat(difference(before, model.forward().run(moved))).as(group.name()).isLessThan(SAME);
    }
  }

  /** The proof above must be able to fail: every axis matters. */
  @ParameterizedTest
  @MethodSource("models")
  void losesTheFunctionWhenAnyAxisStaysBehind(ReferenceModel model) {
    Structure structure = structure(model);
    double[] before = model.forward().run(model.weights());
    structure
        .axes()
        .forEach(
            (tensor, axes) -> {
              for (int axis = 0; axis < axes.size(); axis++) {
                if (!axes.get(axis).isFrozen() && !KEY_BIAS.matcher(tensor).find()) {
                  Structure mutant = without(structure, tensor, axis);
                  double largest = 0;
                  for (long seed = 23; seed < 29 && largest <= CHANGED; seed++) {
                    Assignment assignment = Assignment.random(structure, seed);
                    Weights moved = model.weights().permuted(mutant, assignment);
                    largest = Math.max(largest, difference(before, model.forward().run(moved)));
                  }
                  assertThat(largest).as(tensor + " axis " + axis).isGreaterThan(CHANGED);
                }
              }
            });
  }

  private static Structure without(Structure structure, String tensor, int axis) {
    Map<String, List<Axis>> axes = new LinkedHashMap<>(structure.axes());
    List<Axis> changed = new ArrayList<>(axes.get(tensor));
    changed.set(axis, Axis.frozen(changed.get(axis).length(), "forgotten"));
    axes.put(tensor, changed);
    return new Structure("mutant", structure.groups(), axes);
  }

  private static double difference(double[] a, double[] b) {
    double largest = 0;
    double scale = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i] - b[i]));
      scale = Math.max(scale, Math.abs(a[i]));
    }
    assertThat(scale).isBetween(1e-3, 1e6);
    return Double.isNaN(largest) ? Double.POSITIVE_INFINITY : largest / scale;
  }
}
