package org.findthelady.experiment;

import java.util.Comparator;
import java.util.List;
import org.findthelady.core.Shape;

/**
 * A classifier of images as an ONNX graph, of layers that follow one another as in a torch
 * Sequential: convolutions of stride 2 without padding, then linear layers on what they give,
 * flattened, and a ReLU between any two. Tensors are called {@code <place>.weight} and {@code
 * <place>.bias}.
 */
final class SequentialNetwork {
  private static final String WEIGHT = ".weight";

  private SequentialNetwork() {}

  /** The graph's bytes: images [batch, image] in, logits [batch, classes] out. */
  static byte[] graph(LabModel model, Shape image) {
    WeightedGraphBuilder graph = new WeightedGraphBuilder();
    List<String> layers =
        model.tensors().keySet().stream()
            .filter(name -> name.matches("\\d+\\.weight"))
            .map(name -> name.substring(0, name.length() - WEIGHT.length()))
            .sorted(Comparator.comparingInt(Integer::parseInt))
            .toList();
    String value = graph.input("images", image);
    boolean flat = false;
    for (String layer : layers) {
      FloatTensor weight = model.tensor(layer + WEIGHT);
      FloatTensor bias = model.tensor(layer + ".bias");
      boolean convolves = weight.shape().rank() == 4;
      if (!layer.equals(layers.get(0))) {
        value = graph.node("Relu", List.of(value));
      }
      if (!convolves && !flat) {
        value = graph.node("Flatten", List.of(value), WeightedGraphBuilder.integer("axis", 1));
        flat = true;
      }
      List<String> inputs =
          List.of(
              value, graph.weights(layer + WEIGHT, weight), graph.weights(layer + ".bias", bias));
      value =
          convolves
              ? graph.node("Conv", inputs, WeightedGraphBuilder.integers("strides", 2, 2))
              : graph.node("Gemm", inputs, WeightedGraphBuilder.integer("transB", 1));
    }
    String last = layers.get(layers.size() - 1) + ".bias";
    graph.output(value, Shape.of(model.shape(last).length(0)));
    return graph.build();
  }
}
