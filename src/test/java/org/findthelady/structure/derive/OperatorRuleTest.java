package org.findthelady.structure.derive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.structure.Structure;
import org.findthelady.structure.prove.Proof;
import org.findthelady.structure.trace.AxisAlgebra;
import org.findthelady.structure.trace.AxisSymbol;
import org.findthelady.structure.trace.Constant;
import org.findthelady.structure.trace.Coordinates;
import org.findthelady.structure.trace.Operation;
import org.findthelady.structure.trace.OperatorRule;
import org.findthelady.structure.trace.Operators;
import org.findthelady.structure.trace.TracedValue;
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

    Map<String, OperatorRule> broken = Operators.all();
    broken.put(operator, forgetful(broken.get(operator)));
    Structure wrong = subject.trace(new OnnxTracer().withRules(broken)).structure();
    assertThat(subject.prove(wrong, 0).holds())
        .as("with the rule of %s broken", operator)
        .isFalse();
  }

  /** The rule without its ties: outputs of the right shape whose coordinates are all their own. */
  private static OperatorRule forgetful(OperatorRule rule) {
    return (operation, tracks) -> {
      AxisAlgebra scratch = new AxisAlgebra(new Coordinates());
      List<TracedValue> stilled = new ArrayList<>();
      for (TracedValue input : operation.inputs()) {
        if (input != null) {
          input.tracks();
        }
        TracedValue still =
            input == null ? null : TracedValue.still(input.dims()).with(input.constant());
        stilled.add(still);
      }
      Operation alone = new Operation(operation.node(), stilled, operation.opset());
      List<TracedValue> outputs = new ArrayList<>();
      for (TracedValue value : rule.trace(alone, scratch)) {
        outputs.add(loosened(value, tracks));
      }
      return outputs;
    };
  }

  private static TracedValue loosened(TracedValue value, AxisAlgebra tracks) {
    AxisSymbol[] loose = new AxisSymbol[value.rank()];
    for (int axis = 0; axis < loose.length; axis++) {
      int length = (int) value.length(axis);
      loose[axis] =
          length > 1 && value.constant() == null
              ? AxisSymbol.of(tracks.coordinates().fresh(length))
              : AxisSymbol.NEUTRAL;
    }
    Constant numbers = value.constant();
    if (numbers != null) {
      double[] wrong = numbers.data().clone();
      for (int i = 0; i < wrong.length; i++) {
        wrong[i] = wrong[i] == 4 ? 2 : wrong[i] == 2 ? 4 : wrong[i];
      }
      numbers = new Constant(numbers.dims(), wrong, numbers.integral());
    }
    return TracedValue.of(value.dims(), loose).with(numbers);
  }
}
