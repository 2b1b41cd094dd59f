package org.findthelady.structure.keras;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.Shape;
import org.findthelady.structure.graph.GraphBuilder;

/** The graph as far as it is drawn. */
final class Drawing {
  private final GraphBuilder graph;
  private final Set<String> weights = new LinkedHashSet<>();
  private int inputs;

  Drawing(String name) {
    graph = new GraphBuilder(name);
  }

  /** A node with one output. */
  String node(String type, List<String> from, AttributeProto... attributes) {
    return graph.node(type, from, attributes);
  }

  /** A constant. */
  String number(double value) {
    return graph.number(value);
  }

  /** A constant list. */
  String integers(long... values) {
    return graph.integers(values);
  }

  /** A constant list. */
  String numbers(double... values) {
    return graph.numbers(values);
  }

  /** A tensor of the checkpoint, under its own name. */
  String weight(String tensor, Shape shape) {
    if (weights.add(tensor)) {
      graph.input(tensor, shape.toArray());
    }
    return tensor;
  }

  /** An input of the model; lengths as Keras has them, -1 where open. */
  Signal input(List<Long> lengths) {
    long[] shape = lengths.stream().mapToLong(Long::longValue).toArray();
    if (shape.length == 0) {
      throw new Untranslatable("an input without axes");
    }
    shape[0] = shape[0] < 0 ? 1 : shape[0];
    String value = graph.input("input" + inputs++, shape);
    return channelsFirst(value, shape.length);
  }

  void output(Signal signal) {
    graph.output(signal.value());
  }

  /** A value whose axes are as Keras has them, brought into the order of the graph. */
  Signal channelsFirst(String value, int rank) {
    if (rank < 3) {
      return new Signal(value, rank);
    }
    long[] order = new long[rank];
    order[1] = rank - 1L;
    for (int axis = 2; axis < rank; axis++) {
      order[axis] = axis - 1L;
    }
    return new Signal(transposed(value, order), rank);
  }

  /** A value with its axes as Keras has them. */
  String channelsLast(Signal signal) {
    if (signal.rank() < 0) {
      throw new Untranslatable("an input of unknown rank");
    }
    if (signal.rank() < 3) {
      return signal.value();
    }
    long[] order = LongStream.range(0, signal.rank()).map(axis -> axis + 1).toArray();
    order[0] = 0;
    order[signal.rank() - 1] = 1;
    return transposed(signal.value(), order);
  }

  String transposed(String value, long... order) {
    return node("Transpose", List.of(value), GraphBuilder.ints("perm", order));
  }

  /** An operator that nobody knows: whatever goes in is frozen. */
  Signal unknown(Layer layer, List<Signal> from, LayerWeights own) {
    List<String> all = new ArrayList<>(from.stream().map(Signal::value).toList());
    own.all().forEach(tensor -> all.add(weight(tensor, own.shape(tensor))));
    boolean recurrent = layer.settings().has("return_sequences");
    int rank = !recurrent ? -1 : layer.flag("return_sequences", false) ? 3 : 2;
    String made = node("keras." + layer.kind().replace('.', '_'), all);
    if (recurrent) {
      graph.declare(made, LongStream.generate(() -> -1).limit(rank).toArray());
    }
    return new Signal(made, rank);
  }

  OnnxModel model() {
    return graph.model();
  }

  Set<String> weights() {
    return weights;
  }
}
