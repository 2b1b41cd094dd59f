package org.findthelady.checkpoint.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * One name for every tensor of a model: an initialiser's own, or the output of the Constant node
 * that holds it. A name that is taken (graphs nested in others may repeat names) gets the tensor's
 * place in the model in front.
 */
final class TensorNames {
  private final Map<String, String> pathOfName = new HashMap<>();
  private final BiConsumer<Named, TensorProto> visitor;

  /** A tensor's name, its place and whether it is an initialiser of the main graph. */
  record Named(String name, String path, boolean initialiser) {}

  private TensorNames(BiConsumer<Named, TensorProto> visitor) {
    this.visitor = visitor;
  }

  /** Visits every tensor in the order of the model. */
  static void visit(ModelProto model, BiConsumer<Named, TensorProto> visitor) {
    TensorNames names = new TensorNames(visitor);
    names.graph(model.getGraph(), "g");
    for (int f = 0; f < model.getFunctionsCount(); f++) {
      FunctionProto function = model.getFunctions(f);
      names.nodes(function.getNodeList(), "f" + f);
    }
  }

  private void graph(GraphProto graph, String path) {
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      TensorProto tensor = graph.getInitializer(i);
      name(tensor.getName(), path + ".i" + i, tensor, path.equals("g"));
    }
    nodes(graph.getNodeList(), path);
  }

  private void nodes(List<NodeProto> nodes, String path) {
    for (int n = 0; n < nodes.size(); n++) {
      NodeProto node = nodes.get(n);
      for (int a = 0; a < node.getAttributeCount(); a++) {
        AttributeProto attribute = node.getAttribute(a);
        String at = path + ".n" + n + ".a" + a;
        String base = node.getOutputCount() > 0 ? node.getOutput(0) : node.getName();
        String plain =
            node.getOpType().equals("Constant") ? base : base + "." + attribute.getName();
        if (attribute.hasT()) {
          name(plain, at + ".t", attribute.getT(), false);
        }
        for (int t = 0; t < attribute.getTensorsCount(); t++) {
          name(plain + "." + t, at + ".ts" + t, attribute.getTensors(t), false);
        }
        if (attribute.hasG()) {
          graph(attribute.getG(), at + ".g");
        }
        for (int g = 0; g < attribute.getGraphsCount(); g++) {
          graph(attribute.getGraphs(g), at + ".gs" + g);
        }
      }
    }
  }

  private void name(String plain, String path, TensorProto tensor, boolean initialiser) {
    String taken = pathOfName.putIfAbsent(plain, path);
    String name = taken == null ? plain : path + ":" + plain;
    visitor.accept(new Named(name, path, initialiser), tensor);
  }
}
