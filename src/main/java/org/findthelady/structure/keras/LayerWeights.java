package org.findthelady.structure.keras;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.findthelady.core.Shape;

/**
 * The tensors of one layer. A file with names gives them as {@code layer/.../kernel:0}; the
 * archives of Keras 3 give them by number, {@code layers/dense/vars/0}.
 */
final class LayerWeights {
  private static final Map<String, List<String>> ORDER =
      Map.of(
          "Dense", List.of("kernel", "bias"),
          "Conv1D", List.of("kernel", "bias"),
          "Conv2D", List.of("kernel", "bias"),
          "Conv2DTranspose", List.of("kernel", "bias"),
          "DepthwiseConv2D", List.of("kernel", "bias"),
          "SeparableConv2D", List.of("depthwise_kernel", "pointwise_kernel", "bias"),
          "BatchNormalization", List.of("gamma", "beta", "moving_mean", "moving_variance"),
          "LayerNormalization", List.of("gamma", "beta"),
          "Embedding", List.of("embeddings"),
          "PReLU", List.of("alpha"));

  private final Map<String, String> byRole = new HashMap<>();
  private final Map<String, Shape> shapes = new HashMap<>();
  private final List<String> all = new ArrayList<>();

  /**
   * @param tensors those of the layer, in the order of the file
   */
  LayerWeights(Layer layer, Map<String, Shape> tensors) {
    tensors.forEach(
        (name, shape) -> {
          all.add(name);
          shapes.put(name, shape);
          String role = role(layer, name);
          byRole.merge(role, name, (one, other) -> "");
        });
  }

  private static String role(Layer layer, String tensor) {
    String last = tensor.substring(tensor.lastIndexOf('/') + 1).replaceAll(":\\d+$", "");
    if (!last.matches("\\d{1,3}")) {
      return last;
    }
    List<String> order = new ArrayList<>(ORDER.getOrDefault(layer.kind(), List.of()));
    if (!layer.flag("use_bias", true)) {
      order.remove("bias");
    }
    if (!layer.flag("scale", true)) {
      order.remove("gamma");
    }
    if (!layer.flag("center", true)) {
      order.remove("beta");
    }
    int number = Integer.parseInt(last);
    return number < order.size() ? order.get(number) : last;
  }

  /** Every tensor of the layer. */
  List<String> all() {
    return all;
  }

  Shape shape(String tensor) {
    return shapes.get(tensor);
  }

  Optional<String> find(String role) {
    String name = byRole.get(role);
    if (name != null && name.isEmpty()) {
      throw new Untranslatable("two tensors are its " + role);
    }
    return Optional.ofNullable(name);
  }

  /**
   * The tensor of a role.
   *
   * @param rank that it must have
   * @throws Untranslatable if it is missing or has another rank
   */
  String require(String role, int rank) {
    String name = find(role).orElseThrow(() -> new Untranslatable("no " + role));
    if (shapes.get(name).rank() != rank) {
      throw new Untranslatable(role + " of shape " + shapes.get(name));
    }
    return name;
  }
}
