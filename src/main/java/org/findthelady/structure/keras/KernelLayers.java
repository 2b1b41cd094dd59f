package org.findthelady.structure.keras;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.findthelady.core.Shape;
import org.findthelady.structure.graph.GraphBuilder;

/**
 * Dense and convolutional layers. Keras keeps kernels as (space, in, out), depthwise ones as
 * (space, in, multiplier) and transposed ones as (space, out, in).
 */
final class KernelLayers {
  private KernelLayers() {}

  static void addTo(Map<String, LayerRule> rules) {
    rules.put("Dense", KernelLayers::dense);
    rules.put("Conv1D", (d, layer, w, in) -> convolution(d, layer, w, in.get(0), 1));
    rules.put("Conv2D", (d, layer, w, in) -> convolution(d, layer, w, in.get(0), 2));
    rules.put("Conv3D", (d, layer, w, in) -> convolution(d, layer, w, in.get(0), 3));
    rules.put("DepthwiseConv2D", KernelLayers::depthwise);
    rules.put("SeparableConv2D", KernelLayers::separable);
    rules.put("Conv2DTranspose", KernelLayers::transposed);
  }

  private static Signal dense(Drawing d, Layer layer, LayerWeights w, List<Signal> in) {
    Signal x = in.get(0);
    String kernel = w.require("kernel", 2);
    String product =
        d.node("MatMul", List.of(d.channelsLast(x), d.weight(kernel, w.shape(kernel))));
    Optional<String> bias = bias(d, layer, w);
    String sum = bias.isPresent() ? d.node("Add", List.of(product, bias.get())) : product;
    return Activations.named(d, layer, d.channelsFirst(sum, x.rank()));
  }

  private static Optional<String> bias(Drawing d, Layer layer, LayerWeights w) {
    if (!layer.flag("use_bias", true)) {
      return Optional.empty();
    }
    String bias = w.require("bias", 1);
    return Optional.of(d.weight(bias, w.shape(bias)));
  }

  private static Signal convolution(Drawing d, Layer layer, LayerWeights w, Signal x, int space) {
    String kernel = w.require("kernel", space + 2);
    long groups = layer.sizes("groups", 1, 1)[0];
    String turned = turned(d, kernel, w.shape(kernel));
    Signal y = convolved(d, layer, x, turned, bias(d, layer, w), groups, space);
    return Activations.named(d, layer, y);
  }

  /** (space, a, b) as (b, a, space). */
  private static String turned(Drawing d, String kernel, Shape shape) {
    int space = shape.rank() - 2;
    long[] order = new long[space + 2];
    order[0] = space + 1L;
    order[1] = space;
    for (int axis = 0; axis < space; axis++) {
      order[axis + 2] = axis;
    }
    return d.transposed(d.weight(kernel, shape), order);
  }

  private static Signal convolved(
      Drawing d,
      Layer layer,
      Signal x,
      String kernel,
      Optional<String> bias,
      long groups,
      int space) {
    layer.requireChannelsLast();
    requireRank(x, space + 2);
    List<String> from = new ArrayList<>(List.of(x.value(), kernel));
    bias.ifPresent(from::add);
    long[] dilations = layer.sizes("dilation_rate", space, 1);
    AttributeProto[] attributes = {
      GraphBuilder.ints("strides", layer.sizes("strides", space, 1)),
      GraphBuilder.ints("dilations", dilations),
      GraphBuilder.integer("group", groups),
      layer.text("padding", "valid").equals("causal") ? causal(layer, dilations) : padding(layer)
    };
    return new Signal(d.node("Conv", from, attributes), space + 2);
  }

  private static AttributeProto causal(Layer layer, long[] dilations) {
    long kernel = layer.sizes("kernel_size", 1, 1)[0];
    return GraphBuilder.ints("pads", Math.multiplyExact(dilations[0], kernel - 1), 0);
  }

  static AttributeProto padding(Layer layer) {
    return switch (layer.text("padding", "valid")) {
      case "same" -> GraphBuilder.text("auto_pad", "SAME_UPPER");
      case "valid" -> GraphBuilder.text("auto_pad", "VALID");
      default -> throw new Untranslatable("padding " + layer.settings().path("padding"));
    };
  }

  static void requireRank(Signal x, int rank) {
    if (x.rank() >= 0 && x.rank() != rank) {
      throw new Untranslatable("an input of " + x.rank() + " axes");
    }
  }

  private static Signal depthwise(Drawing d, Layer layer, LayerWeights w, List<Signal> in) {
    String role = w.find("depthwise_kernel").isPresent() ? "depthwise_kernel" : "kernel";
    Signal y = perChannel(d, layer, w, role, bias(d, layer, w), in.get(0));
    return Activations.named(d, layer, y);
  }

  private static Signal perChannel(
      Drawing d, Layer layer, LayerWeights w, String role, Optional<String> bias, Signal x) {
    String kernel = w.require(role, 4);
    long[] shape = w.shape(kernel).toArray();
    String byChannel = d.transposed(d.weight(kernel, w.shape(kernel)), 2, 3, 0, 1);
    if (shape[3] != 1) {
      long outputs = Math.multiplyExact(shape[2], shape[3]);
      byChannel = d.node("Reshape", List.of(byChannel, d.integers(outputs, 1, shape[0], shape[1])));
    }
    return convolved(d, layer, x, byChannel, bias, shape[2], 2);
  }

  private static Signal separable(Drawing d, Layer layer, LayerWeights w, List<Signal> in) {
    Signal deep = perChannel(d, layer, w, "depthwise_kernel", Optional.empty(), in.get(0));
    String kernel = w.require("pointwise_kernel", 4);
    List<String> from = new ArrayList<>();
    from.add(deep.value());
    from.add(turned(d, kernel, w.shape(kernel)));
    bias(d, layer, w).ifPresent(from::add);
    return Activations.named(d, layer, deep.as(d.node("Conv", from)));
  }

  private static Signal transposed(Drawing d, Layer layer, LayerWeights w, List<Signal> in) {
    layer.requireChannelsLast();
    requireRank(in.get(0), 4);
    String kernel = w.require("kernel", 4);
    long[] strides = layer.sizes("strides", 2, 1);
    long[] sizes = Arrays.copyOf(w.shape(kernel).toArray(), 2);
    boolean shrinks = sizes[0] < strides[0] || sizes[1] < strides[1];
    if (shrinks || !layer.settings().path("output_padding").isEmpty()) {
      throw new Untranslatable("strides wider than the kernel, or output_padding");
    }
    List<String> from = new ArrayList<>();
    from.add(in.get(0).value());
    from.add(turned(d, kernel, w.shape(kernel)));
    bias(d, layer, w).ifPresent(from::add);
    String y =
        d.node(
            "ConvTranspose",
            from,
            GraphBuilder.ints("strides", strides),
            GraphBuilder.ints("dilations", layer.sizes("dilation_rate", 2, 1)),
            padding(layer));
    return Activations.named(d, layer, new Signal(y, 4));
  }
}
