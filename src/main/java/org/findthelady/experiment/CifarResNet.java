package org.findthelady.experiment;

import java.util.List;
import org.findthelady.core.Shape;

/**
 * The ResNets for CIFAR-10 of He et al. (arXiv 1512.03385, section 4.2) as an ONNX graph: a 3 x 3
 * convolution, three stages of basic blocks of 16, 32 and 64 channels, shortcuts without weights
 * (every second pixel, new channels zero on both sides), mean over pixels, one linear layer.
 * Tensors by the names of akamaster's checkpoints.
 */
public final class CifarResNet {
  private static final Shape IMAGE = Shape.of(3, 32, 32);
  private static final float EPSILON = 1e-5f;

  private final LabModel model;
  private final String prefix;
  private final WeightedGraphBuilder graph = new WeightedGraphBuilder();

  private CifarResNet(LabModel model) {
    this.model = model;
    this.prefix = model.has("module.conv1.weight") ? "module." : "";
  }

  /** The graph's bytes: images [batch, 3, 32, 32] in, logits [batch, 10] out. */
  public static byte[] graph(LabModel model) {
    return new CifarResNet(model).build();
  }

  private byte[] build() {
    String value = graph.input("images", IMAGE);
    value = relu(convolved(value, "conv1", "bn1", 1));
    for (int stage = 1; stage <= 3; stage++) {
      for (int block = 0; has("layer" + stage + "." + block + ".conv1"); block++) {
        value = block(value, stage, block);
      }
    }
    String pooled = graph.node("GlobalAveragePool", List.of(value));
    String flat = graph.node("Flatten", List.of(pooled), WeightedGraphBuilder.integer("axis", 1));
    String logits =
        graph.node(
            "Gemm",
            List.of(flat, weights("linear.weight"), weights("linear.bias")),
            WeightedGraphBuilder.integer("transB", 1));
    graph.output(logits, Shape.of(model.shape(prefix + "linear.bias").length(0)));
    return graph.build();
  }

  private String block(String input, int stage, int block) {
    String name = "layer" + stage + "." + block + ".";
    boolean narrows = stage > 1 && block == 0;
    String inner = relu(convolved(input, name + "conv1", name + "bn1", narrows ? 2 : 1));
    String outer = convolved(inner, name + "conv2", name + "bn2", 1);
    String shortcut = narrows ? narrowed(input, name + "conv1") : input;
    return relu(graph.node("Add", List.of(outer, shortcut)));
  }

  private String narrowed(String input, String convolution) {
    Shape shape = model.shape(prefix + convolution + ".weight");
    long added = shape.length(0) - shape.length(1);
    String pixels =
        graph.node(
            "Slice",
            List.of(
                input,
                graph.integers(0, 0),
                graph.integers(Long.MAX_VALUE, Long.MAX_VALUE),
                graph.integers(2, 3),
                graph.integers(2, 2)));
    String pads = graph.integers(0, added / 2, 0, 0, 0, added - added / 2, 0, 0);
    return graph.node("Pad", List.of(pixels, pads));
  }

  private String convolved(String input, String convolution, String norm, int stride) {
    String value =
        graph.node(
            "Conv",
            List.of(input, weights(convolution + ".weight")),
            WeightedGraphBuilder.integers("kernel_shape", 3, 3),
            WeightedGraphBuilder.integers("pads", 1, 1, 1, 1),
            WeightedGraphBuilder.integers("strides", stride, stride));
    return graph.node(
        "BatchNormalization",
        List.of(
            value,
            weights(norm + ".weight"),
            weights(norm + ".bias"),
            weights(norm + ".running_mean"),
            weights(norm + ".running_var")),
        WeightedGraphBuilder.number("epsilon", EPSILON));
  }

  private String relu(String value) {
    return graph.node("Relu", List.of(value));
  }

  private boolean has(String layer) {
    return model.has(prefix + layer + ".weight");
  }

  private String weights(String name) {
    return graph.weights(prefix + name, model.tensor(prefix + name));
  }
}
