package org.findthelady.structure.declared;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.StackedTensor;
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
        MnistModels.linear(),
        MnistModels.convolutions(),
        TextModels.llama(),
        TextModels.gpt2(),
        TextModels.bert(),
        TextModels.vit(),
        TextModels.silero(),
        DecoderModels.qwen2(),
        DecoderModels.qwen3(),
        DecoderModels.gemma(),
        DecoderModels.gemma3(),
        DecoderModels.mixtral(),
        DecoderModels.qwenMoe(true),
        DecoderModels.qwenMoe(false),
        DecoderModels.gptOss(),
        DecoderModels.phi3(),
        DecoderModels.phi(),
        DecoderModels.gptNeoX(),
        EncoderModels.robertaForTokens(),
        EncoderModels.robertaForSequences(),
        EncoderModels.bertForTokens(),
        EncoderModels.clip(),
        EncoderModels.whisper(),
        EncoderModels.t5(false),
        EncoderModels.t5(true),
        EncoderModels.t5Encoder());
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
    Set<String> placed = new TreeSet<>(structure.axes().keySet());
    for (StackedTensor stack : structure.stacks()) {
      placed.remove(stack.name());
      placed.addAll(stack.parts());
    }
    assertThat(placed).isEqualTo(model.weights().shapes().keySet());
  }

  @ParameterizedTest
  @MethodSource("models")
  void keepsTheFunctionWhenAllGroupsMove(ReferenceModel model) {
    Structure structure = structure(model);
    double[] before = model.forward().run(model.weights());
    for (long seed = 0; seed < 3; seed++) {
      Weights moved =
          model.weights().permuted(structure, GroupPermutations.random(structure, seed));
      assertThat(difference(before, model.forward().run(moved))).isLessThan(SAME);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void keepsTheFunctionWhenOneGroupMoves(ReferenceModel model) {
    Structure structure = structure(model);
    double[] before = model.forward().run(model.weights());
    GroupPermutations random = GroupPermutations.random(structure, 17);
    for (Group group : structure.groups()) {
      GroupPermutations alone = GroupPermutations.identity().with(group, random.of(group));
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
                    GroupPermutations assignment = GroupPermutations.random(structure, seed);
                    Weights moved = model.weights().permuted(mutant, assignment);
                    largest = Math.max(largest, difference(before, model.forward().run(moved)));
                  }
                  assertThat(largest).as(tensor + " axis " + axis).isGreaterThan(CHANGED);
                }
              }
            });
  }

  /** A file that forgets an axis is refused, or its structure does not keep the function. */
  @ParameterizedTest
  @MethodSource("models")
  void noAxisCanBeLeftOutOfTheFile(ReferenceModel model) throws IOException {
    Architecture sound = read(model.architecture());
    Structure original = structure(model);
    double[] before = model.forward().run(model.weights());
    for (int rule = 0; rule < sound.tensors().size(); rule++) {
      TensorRule tensor = sound.tensors().get(rule);
      for (int axis = 0; axis < tensor.axes().size(); axis++) {
        Architecture mutant = forgetting(sound, rule, axis);
        ArchitectureFit fit =
            ArchitectureFit.of(mutant, model.weights().shapes(), model.configuration());
        boolean same = fit.structure().map(s -> s.axes().equals(original.axes())).orElse(false);
        String name = tensor.template().text();
        if (fit.structure().isEmpty()
            || same
            || KEY_BIAS.matcher(name).find()
            || !ArchitectureLinter.lint(mutant).isEmpty()) {
          continue;
        }
        Structure changed = withoutReasons(fit.structure().get());
        if (changed.axes().equals(withoutReasons(original).axes())) {
          continue;
        }
        double largest = 0;
        for (long seed = 23; seed < 29 && largest <= CHANGED; seed++) {
          Weights moved =
              model.weights().permuted(changed, GroupPermutations.random(changed, seed));
          largest = Math.max(largest, difference(before, model.forward().run(moved)));
        }
        assertThat(largest).as(name + " axis " + axis).isGreaterThan(CHANGED);
      }
    }
  }

  private static Structure withoutReasons(Structure structure) {
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    structure
        .axes()
        .forEach(
            (tensor, list) ->
                axes.put(tensor, list.stream().map(a -> new Axis(a.segments(), "")).toList()));
    return new Structure(
        structure.name(), structure.groups(), axes, structure.stacks(), structure.rotary());
  }

  private static Architecture read(String name) throws IOException {
    String file = name + ".json";
    try (InputStream in = Files.newInputStream(Path.of("conf/architectures", file))) {
      return ArchitectureReader.read(file, in);
    }
  }

  private static Architecture forgetting(Architecture sound, int rule, int axis) {
    List<TensorRule> tensors = new ArrayList<>(sound.tensors());
    TensorRule old = tensors.get(rule);
    List<TensorRule.AxisRule> axes = new ArrayList<>(old.axes());
    axes.set(axis, new TensorRule.AxisRule("forgotten", null, "forgotten"));
    tensors.set(
        rule,
        new TensorRule(
            old.template(),
            axes,
            old.chosen(),
            old.optional(),
            old.needs(),
            old.stack(),
            old.stackAxis()));
    return new Architecture(
        sound.name(),
        sound.modelTypes(),
        sound.classNames(),
        sound.prefixes(),
        sound.sizes(),
        sound.spaces(),
        tensors);
  }

  private static Structure without(Structure structure, String tensor, int axis) {
    Map<String, List<Axis>> axes = new LinkedHashMap<>(structure.axes());
    List<Axis> changed = new ArrayList<>(axes.get(tensor));
    changed.set(axis, Axis.frozen(changed.get(axis).length(), "forgotten"));
    axes.put(tensor, changed);
    return new Structure(
        "mutant", structure.groups(), axes, structure.stacks(), structure.rotary());
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
