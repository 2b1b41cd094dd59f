package org.findthelady.structure.derive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.UserException;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.findthelady.structure.graph.GraphFiller;
import org.findthelady.structure.trace.OperatorRule;
import org.findthelady.structure.trace.OperatorRuleException;
import org.findthelady.structure.trace.Operators;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Graphs that no exporter would write: whatever a node says, its rule answers or does not know.
 * Each network of an operator is damaged in many ways, from a seed.
 */
class HostileGraphTest {
  private static final int TURNS = Integer.getInteger("ftl.hostileTurns", 60);
  private static final long[] ODD = {
    0,
    1,
    -1,
    2,
    -2,
    3,
    5,
    7,
    8,
    64,
    100,
    -100,
    1 << 15,
    1 << 20,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 33,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };
  private static final double[] ODD_FLOATS = {
    0, 1, -1, 0.5, 2, 1e30, -1e30, Double.NaN, Double.POSITIVE_INFINITY
  };
  private static final Map<String, OnnxModel> NETWORKS = OperatorNetworks.all();
  private static final List<String> OPERATORS =
      List.copyOf(new TreeSet<>(Operators.all().keySet()));

  static Stream<String> operators() {
    return NETWORKS.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("operators")
  void aDamagedGraphIsTracedOrRefused(String operator) {
    OnnxModel model = NETWORKS.get(operator);
    damage(operator, model.proto(), new GraphFiller(model, 1).names());
  }

  private static void damage(String operator, ModelProto model, Set<String> weights) {
    int traced = 0;
    for (int turn = 0; turn < TURNS; turn++) {
      Damage damage = new Damage(new SplittableRandom(operator.hashCode() * 1000L + turn));
      ModelProto damaged = damage.done(model);
      try {
        traced += trace(operator, damaged, weights);
      } catch (UserException | CheckpointException e) {
        assertThat(e.getMessage()).isNotBlank();
      } catch (RuntimeException | Error e) {
        throw new AssertionError(operator + ", turn " + turn + ": " + damaged, e);
      }
    }
    assertThat(traced).isPositive();
  }

  /** Networks with branches, loops and functions, which the byte fuzzer starts from too. */
  @ParameterizedTest
  @ValueSource(strings = {"attention", "convolutional", "loop_and_function", "quantised"})
  void aDamagedNetworkIsTracedOrRefused(String name) throws IOException {
    ModelProto model;
    try (InputStream in =
        HostileGraphTest.class.getResourceAsStream(
            "TracerFuzzTestInputs/tracesOrRefuses/" + name)) {
      model = ModelProto.parseFrom(in);
    }
    damage(name, model, Set.of());
  }

  @Test
  void aDefectOfARuleIsNoAnswerAboutTheGraph() {
    Map<String, OperatorRule> rules = Operators.all();
    rules.put(
        "Relu",
        (operation, tracks) -> {
          throw new IndexOutOfBoundsException("index 3 of 2");
        });
    OnnxTracer tracer = new OnnxTracer().withRules(rules);
    assertThatThrownBy(() -> tracer.trace(NETWORKS.get("Relu")))
        .isInstanceOf(OperatorRuleException.class)
        .hasMessageContaining("internal error: the rule of operator Relu failed at node")
        .hasMessageContaining("index 3 of 2");
  }

  private static int trace(String name, ModelProto proto, Set<String> weights) {
    OnnxModel model = OnnxModel.of(name, proto);
    Structure structure = new OnnxTracer().withWeightInputs(weights).trace(model).structure();
    GroupPermutations shuffled = GroupPermutations.random(structure, 1);
    structure.axes().keySet().forEach(tensor -> structure.move(tensor, shuffled));
    return 1;
  }

  /** A few changes of a model, drawn at random. */
  private record Damage(SplittableRandom random) {
    ModelProto done(ModelProto model) {
      GraphProto.Builder graph = model.getGraph().toBuilder();
      int changes = 1 + random.nextInt(3);
      for (int i = 0; i < changes; i++) {
        change(graph);
      }
      return model.toBuilder().setGraph(graph).build();
    }

    private void change(GraphProto.Builder graph) {
      int node = random.nextInt(Math.max(1, graph.getNodeCount()));
      if (graph.getNodeCount() == 0 || hasNestedChange(graph, node)) {
        return;
      }
      switch (random.nextInt(7)) {
        case 0 -> initialiser(graph);
        case 1 -> input(graph);
        case 2, 3 -> graph.setNode(node, inputs(graph, graph.getNode(node).toBuilder()));
        case 4 ->
            graph.setNode(
                node, graph.getNode(node).toBuilder().setOpType(odd(OPERATORS)).clearDomain());
        default -> graph.setNode(node, attribute(graph.getNode(node).toBuilder()));
      }
    }

    /** Changes a graph inside the node, if there is one, every other time. */
    private boolean hasNestedChange(GraphProto.Builder graph, int node) {
      NodeProto.Builder outer = graph.getNode(node).toBuilder();
      for (int i = 0; i < outer.getAttributeCount(); i++) {
        if (outer.getAttribute(i).hasG() && random.nextBoolean()) {
          GraphProto.Builder inner = outer.getAttribute(i).getG().toBuilder();
          change(inner);
          outer.setAttribute(i, outer.getAttribute(i).toBuilder().setG(inner));
          graph.setNode(node, outer);
          return true;
        }
      }
      return false;
    }

    private <T> T odd(List<T> all) {
      return all.get(random.nextInt(all.size()));
    }

    private long odd() {
      return ODD[random.nextInt(ODD.length)];
    }

    private void initialiser(GraphProto.Builder graph) {
      if (graph.getInitializerCount() == 0) {
        return;
      }
      int at = random.nextInt(graph.getInitializerCount());
      TensorProto.Builder tensor = graph.getInitializer(at).toBuilder();
      if (random.nextBoolean() && tensor.getDimsCount() > 0) {
        tensor.setDims(random.nextInt(tensor.getDimsCount()), random.nextInt(9));
      } else if (tensor.getDataType() == 7) {
        int count = random.nextInt(6);
        ByteBuffer bytes = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
          bytes.putLong(odd());
        }
        tensor.clearInt64Data().setRawData(ByteString.copyFrom(bytes.array()));
        tensor.clearDims().addDims(count);
      }
      graph.setInitializer(at, tensor);
    }

    private void input(GraphProto.Builder graph) {
      if (graph.getInputCount() == 0) {
        return;
      }
      int at = random.nextInt(graph.getInputCount());
      ValueInfoProto.Builder input = graph.getInput(at).toBuilder();
      var shape = input.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
      int axes = shape.getDimCount();
      if (axes == 0 || random.nextInt(3) == 0) {
        shape.addDimBuilder().setDimValue(random.nextInt(9));
      } else if (random.nextInt(3) == 0) {
        shape.removeDim(random.nextInt(axes));
      } else {
        shape.getDimBuilder(random.nextInt(axes)).setDimValue(random.nextInt(12));
      }
      graph.setInput(at, input);
    }

    private NodeProto inputs(GraphProto.Builder graph, NodeProto.Builder node) {
      List<String> names = new ArrayList<>(node.getInputList());
      List<String> known = new ArrayList<>(List.of(""));
      graph.getInputList().forEach(i -> known.add(i.getName()));
      graph.getInitializerList().forEach(i -> known.add(i.getName()));
      graph.getNodeList().forEach(n -> known.addAll(n.getOutputList()));
      int at = names.isEmpty() ? -1 : random.nextInt(names.size());
      switch (at < 0 ? 3 : random.nextInt(4)) {
        case 0 -> names.remove(at);
        case 1 -> names.set(at, odd(known));
        case 2 -> names.add(at, odd(names));
        default -> names.add(odd(known));
      }
      node.clearInput().addAllInput(names);
      if (random.nextInt(6) == 0) {
        node.clearOutput();
      }
      return node.build();
    }

    private NodeProto attribute(NodeProto.Builder node) {
      if (node.getAttributeCount() == 0) {
        String name = odd(List.of("axis", "axes", "perm", "group", "keepdims", "num_groups"));
        AttributeProto.Builder made = AttributeProto.newBuilder().setName(name);
        return node.addAttribute(made.setI(odd()).addInts(odd())).build();
      }
      int at = random.nextInt(node.getAttributeCount());
      AttributeProto.Builder attribute = node.getAttribute(at).toBuilder();
      int count = attribute.getIntsCount();
      int choice = random.nextInt(4);
      if (choice == 0) {
        return node.removeAttribute(at).build();
      }
      attribute.setI(odd());
      if (count > 0 && choice == 1) {
        List<Long> fewer = new ArrayList<>(attribute.getIntsList());
        fewer.remove(random.nextInt(count));
        attribute.clearInts().addAllInts(fewer);
      } else if (count > 0 && choice == 2) {
        attribute.addInts(odd());
      } else if (count > 0) {
        attribute.setInts(random.nextInt(count), odd());
      }
      if (attribute.getFloatsCount() > 0) {
        double odd = ODD_FLOATS[random.nextInt(ODD_FLOATS.length)];
        attribute.setFloats(random.nextInt(attribute.getFloatsCount()), (float) odd);
      }
      if (attribute.hasS() && random.nextBoolean()) {
        String text = odd(List.of("", "SAME_UPPER", "VALID", "ab,bc->", "aa->a", "a->aa", "->"));
        attribute.setS(ByteString.copyFromUtf8(text));
      }
      return node.setAttribute(at, attribute).build();
    }
  }
}
