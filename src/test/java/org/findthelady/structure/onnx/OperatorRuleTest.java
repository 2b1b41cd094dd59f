package org.findthelady.structure.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operator rule is proven by running a network, and shown to matter by breaking it. */
class OperatorRuleTest {
  private static final Map<String, OnnxModel> NETWORKS = OperatorNetworks.all();

  /** Their outputs are noise or an identity of shape only: no coordinate passes through them. */
  private static final Set<String> WITHOUT_COORDINATES =
      Set.of("EyeLike", "RandomNormalLike", "RandomUniformLike");

  static Stream<String> operators() {
    return NETWORKS.keySet().stream().sorted();
  }

  @Test
  void everyRuleHasANetwork() {
    Set<String> rules = new TreeSet<>(Operators.all().keySet());
    rules.removeAll(WITHOUT_COORDINATES);
    assertThat(new TreeSet<>(NETWORKS.keySet())).isEqualTo(rules);
  }

  @ParameterizedTest
  @MethodSource("operators")
  void theRuleHoldsAndBreakingItFails(String operator) throws Exception {
    Subject subject = Subject.written(NETWORKS.get(operator));
    Structure right = subject.trace().structure();
    assertThat(subject.trace().notes()).isEmpty();
    Proof proof = subject.prove(right, 9);
    assertThat(proof.holds()).as("%s", proof).isTrue();

    Map<String, Rule> broken = Operators.all();
    broken.put(operator, forgetful(broken.get(operator)));
    Structure wrong = subject.trace(new OnnxTracer().withRules(broken)).structure();
    assertThat(subject.prove(wrong, 0).holds())
        .as("with the rule of %s broken", operator)
        .isFalse();
  }

  /** The rule without its ties: outputs of the right shape whose coordinates are all their own. */
  private static Rule forgetful(Rule rule) {
    return (operation, tracks) -> {
      Tracks scratch = new Tracks(new Coordinates());
      List<Value> stilled = new ArrayList<>();
      for (Value input : operation.inputs()) {
        if (input != null) {
          input.tracks();
        }
        Value still = input == null ? null : Value.still(input.dims()).with(input.constant());
        stilled.add(still);
      }
      Operation alone = new Operation(operation.node(), stilled, operation.opset());
      List<Value> outputs = new ArrayList<>();
      for (Value value : rule.trace(alone, scratch)) {
        outputs.add(loosened(value, tracks));
      }
      return outputs;
    };
  }

  private static Value loosened(Value value, Tracks tracks) {
    Track[] loose = new Track[value.rank()];
    for (int axis = 0; axis < loose.length; axis++) {
      int length = (int) value.length(axis);
      loose[axis] =
          length > 1 && value.constant() == null
              ? Track.of(tracks.coordinates().fresh(length))
              : Track.NEUTRAL;
    }
    Constant numbers = value.constant();
    if (numbers != null) {
      double[] wrong = numbers.data().clone();
      for (int i = 0; i < wrong.length; i++) {
        wrong[i] = wrong[i] == 4 ? 2 : wrong[i] == 2 ? 4 : wrong[i];
      }
      numbers = new Constant(numbers.dims(), wrong, numbers.integral());
    }
    return Value.of(value.dims(), loose).with(numbers);
  }
}
