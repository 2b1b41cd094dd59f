package org.findthelady.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingStateTest {
  private final List<TensorInfo> tensors = new ArrayList<>();

  private void add(String name, long... shape) {
    Shape of = Shape.of(shape);
    tensors.add(
        new TensorInfo(name, DType.F32, of, 0, 1000L * tensors.size(), DType.F32.bytes(of)));
  }

  private Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    TrainingState.of(tensors)
        .companions()
        .forEach((name, companion) -> parameters.put(name, companion.parameter()));
    return parameters;
  }

  @ParameterizedTest
  @CsvSource({
    "optimizer_weights/Adam/dense_1/kernel/m:0, dense_1/dense_1/kernel:0",
    "optimizer_weights/training/Adam/dense/kernel/v:0, dense/dense/kernel:0",
    "optimizer_weights/adam/dense_1_kernel_momentum, dense_1/dense_1/kernel:0",
    "optimizer_weights/Adam/conv2d/bias/m:0, conv2d/conv2d/bias:0",
    "optimizer_weights/Adam/depthwise_conv2d/bias/m:0, depthwise_conv2d/depthwise_conv2d/bias:0",
    "optimizer.state.layer1.0.conv1.weight.exp_avg_sq, layer1.0.conv1.weight",
    "ema.layer1.0.conv1.weight, layer1.0.conv1.weight",
    "model_ema.module.layer1.0.conv1.weight, layer1.0.conv1.weight",
    "state_dict_ema.conv1.weight, conv1.weight",
  })
  void namesTellWhatATensorGoesWith(String name, String parameter) {
    add("dense/dense/kernel:0", 4, 3);
    add("dense_1/dense_1/kernel:0", 4, 3);
    add("conv2d/conv2d/bias:0", 4, 3);
    add("depthwise_conv2d/depthwise_conv2d/bias:0", 4, 3);
    add("conv1.weight", 4, 3);
    add("layer1.0.conv1.weight", 4, 3);
    add("layer2.0.conv1.weight", 4, 3);
    add(name, 4, 3);
    assertThat(parameters()).containsExactly(Map.entry(name, parameter));
    assertThat(TrainingState.of(tensors).weights()).hasSize(7);
  }

  @ParameterizedTest
  @CsvSource({
    "semantic.conv1.weight", // "ema" within a word
    "schema.layer1.0.conv1.weight",
    "ema_attention.conv1.weight", // a module of the network
    "teacher.conv1.weight",
  })
  void whatSaysNothingOfACopyIsAWeight(String name) {
    add("conv1.weight", 4, 3);
    add("layer1.0.conv1.weight", 4, 3);
    add(name, 4, 3);
    assertThat(parameters()).isEmpty();
    assertThat(TrainingState.of(tensors).weights()).hasSize(3);
  }

  @Test
  void shapesMustBeEqual() {
    add("conv1.weight", 4, 3);
    add("ema.conv1.weight", 4, 4);
    add("optimizer.state.conv1.weight.exp_avg", 4);
    assertThat(parameters()).isEmpty();
    assertThat(TrainingState.of(tensors).unplaced())
        .extracting(TensorInfo::name)
        .containsExactly("optimizer.state.conv1.weight.exp_avg");
  }

  @Test
  void anAveragedCopyAloneIsTheNetwork() {
    add("head.weight", 2, 2);
    add("ema.conv1.weight", 4, 3);
    add("ema.conv1.bias", 4);
    assertThat(TrainingState.of(tensors).weights()).hasSize(3);
  }

  @Test
  void numbersCountParametersAndNoStatistics() {
    add("conv.weight", 4, 3);
    add("bn.weight", 4);
    add("bn.running_mean", 4);
    add("bn.bias", 4);
    add("fc.weight", 2, 4);
    add("optimizer.state.0.step");
    add("optimizer.state.0.exp_avg", 4, 3);
    add("optimizer.state.1.exp_avg", 4);
    add("optimizer.state.2.exp_avg", 4);
    add("optimizer.state.3.exp_avg", 2, 4);
    assertThat(parameters())
        .containsOnly(
            Map.entry("optimizer.state.0.exp_avg", "conv.weight"),
            Map.entry("optimizer.state.1.exp_avg", "bn.weight"),
            Map.entry("optimizer.state.2.exp_avg", "bn.bias"),
            Map.entry("optimizer.state.3.exp_avg", "fc.weight"));
    assertThat(TrainingState.of(tensors).unplaced()).isEmpty();
  }

  /** Parameters in groups are numbered group by group: which is which is not known. */
  @Test
  void anotherOrderIsNotGuessed() {
    add("conv.weight", 4, 3);
    add("conv.bias", 4);
    add("fc.weight", 2, 4);
    add("optimizer.state.0.exp_avg", 4, 3);
    add("optimizer.state.1.exp_avg", 2, 4);
    add("optimizer.state.2.exp_avg", 4);
    assertThat(parameters()).isEmpty();
    assertThat(TrainingState.of(tensors).unplaced()).hasSize(3);
  }

  /** Without the last parameter's state others may be missing too, which shifts all numbers. */
  @Test
  void numbersMustReachTheLastParameter() {
    add("a.weight", 4);
    add("b.weight", 4);
    add("c.weight", 4);
    add("optimizer.state.0.exp_avg", 4);
    add("optimizer.state.1.exp_avg", 4);
    assertThat(parameters()).isEmpty();
  }
}
