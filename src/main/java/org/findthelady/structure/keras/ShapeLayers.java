package org.findthelady.structure.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.findthelady.structure.graph.GraphBuilder;

/** KerasLayers that pool, pad, join and reshape, and those that do nothing once trained. */
final class ShapeLayers {
  private ShapeLayers() {}

  static void addTo(Map<String, LayerRule> rules) {
    for (String name :
        List.of(
            "Dropout",
            "SpatialDropout1D",
            "SpatialDropout2D",
            "AlphaDropout",
            "GaussianDropout",
            "GaussianNoise",
            "ActivityRegularization")) {
      rules.put(name, (d, layer, w, in) -> in.get(0));
    }
    for (int space = 1; space <= 3; space++) {
      int axes = space;
      String suffix = space + "D";
      rules.put("MaxPooling" + suffix, (d, l, w, in) -> pool(d, l, in.get(0), "MaxPool", axes));
      rules.put(
          "AveragePooling" + suffix, (d, l, w, in) -> pool(d, l, in.get(0), "AveragePool", axes));
      rules.put(
          "GlobalMaxPooling" + suffix,
          (d, l, w, in) -> poolAll(d, l, in.get(0), "GlobalMaxPool", axes));
      rules.put(
          "GlobalAveragePooling" + suffix,
          (d, l, w, in) -> poolAll(d, l, in.get(0), "GlobalAveragePool", axes));
    }
    rules.put("Add", (d, layer, w, in) -> joined(d, in, "Add"));
    rules.put("Subtract", (d, layer, w, in) -> joined(d, in, "Sub"));
    rules.put("Multiply", (d, layer, w, in) -> joined(d, in, "Mul"));
    rules.put("Maximum", (d, layer, w, in) -> joined(d, in, "Max"));
    rules.put("Minimum", (d, layer, w, in) -> joined(d, in, "Min"));
    rules.put("Concatenate", ShapeLayers::concatenated);
    rules.put("Flatten", ShapeLayers::flattened);
    rules.put("Reshape", ShapeLayers::reshaped);
    rules.put("ZeroPadding2D", ShapeLayers::padded);
    rules.put("UpSampling2D", ShapeLayers::enlarged);
    rules.put("Embedding", ShapeLayers::embedded);
  }

  private static Signal pool(Drawing d, Layer layer, Signal x, String type, int space) {
    layer.requireChannelsLast();
    KernelLayers.requireRank(x, space + 2);
    long[] window = layer.sizes("pool_size", space, 2);
    boolean stepped =
        layer.settings().path("strides").isNumber() || layer.settings().path("strides").isArray();
    String y =
        d.node(
            type,
            List.of(x.value()),
            GraphBuilder.ints("kernel_shape", window),
            GraphBuilder.ints("strides", stepped ? layer.sizes("strides", space, 1) : window),
            KernelLayers.padding(layer));
    return new Signal(y, space + 2);
  }

  private static Signal poolAll(Drawing d, Layer layer, Signal x, String type, int space) {
    layer.requireChannelsLast();
    KernelLayers.requireRank(x, space + 2);
    String pooled = d.node(type, List.of(x.value()));
    return layer.flag("keepdims", false)
        ? new Signal(pooled, space + 2)
        : new Signal(d.node("Flatten", List.of(pooled), GraphBuilder.integer("axis", 1)), 2);
  }

  private static Signal joined(Drawing d, List<Signal> in, String type) {
    Signal first = in.get(0);
    String sum = first.value();
    for (Signal next : in.subList(1, in.size())) {
      if (next.rank() != first.rank() || next.rank() < 0) {
        throw new Untranslatable("inputs of " + first.rank() + " and " + next.rank() + " axes");
      }
      sum = d.node(type, List.of(sum, next.value()));
    }
    return first.as(sum);
  }

  private static Signal concatenated(Drawing d, Layer layer, LayerWeights w, List<Signal> in) {
    Signal first = in.get(0);
    long axis = layer.settings().has("axis") ? layer.integers("axis").get(0) : -1;
    if (in.stream().anyMatch(x -> x.rank() != first.rank())) {
      throw new Untranslatable("inputs of different ranks");
    }
    return first.as(
        d.node(
            "Concat",
            in.stream().map(Signal::value).toList(),
            GraphBuilder.integer("axis", first.axis(axis))));
  }

  private static Signal flattened(Drawing d, Layer layer, LayerWeights w, List<Signal> in) {
    layer.requireChannelsLast();
    return new Signal(
        d.node("Flatten", List.of(d.channelsLast(in.get(0))), GraphBuilder.integer("axis", 1)), 2);
  }

  private static Signal reshaped(Drawing d, Layer layer, LayerWeights w, List<Signal> in) {
    List<Long> lengths = new ArrayList<>(layer.integers("target_shape"));
    lengths.add(0, 0L);
    long[] shape = lengths.stream().mapToLong(Long::longValue).toArray();
    String y = d.node("Reshape", List.of(d.channelsLast(in.get(0)), d.integers(shape)));
    return d.channelsFirst(y, shape.length);
  }

  private static Signal padded(Drawing d, Layer layer, LayerWeights w, List<Signal> in) {
    layer.requireChannelsLast();
    KernelLayers.requireRank(in.get(0), 4);
    long[] pads = new long[8];
    JsonNode padding = layer.settings().path("padding");
    for (int axis = 0; axis < 2; axis++) {
      JsonNode own = padding.isArray() && padding.size() == 2 ? padding.get(axis) : padding;
      for (int side = 0; side < 2; side++) {
        JsonNode one = own.isArray() && own.size() == 2 ? own.get(side) : own;
        if (!one.isInt() || one.intValue() < 0) {
          throw new Untranslatable("padding " + padding);
        }
        pads[2 + axis + 4 * side] = one.intValue();
      }
    }
    String y = d.node("Pad", List.of(in.get(0).value(), d.integers(pads)));
    return new Signal(y, 4);
  }

  private static Signal enlarged(Drawing d, Layer layer, LayerWeights w, List<Signal> in) {
    layer.requireChannelsLast();
    KernelLayers.requireRank(in.get(0), 4);
    if (!layer.text("interpolation", "nearest").equals("nearest")) {
      throw new Untranslatable("interpolation that is not nearest");
    }
    long[] size = layer.sizes("size", 2, 2);
    String scales = d.numbers(1, 1, (double) size[0], (double) size[1]);
    String y =
        d.node(
            "Resize",
            List.of(in.get(0).value(), "", scales),
            GraphBuilder.text("mode", "nearest"),
            GraphBuilder.text("coordinate_transformation_mode", "asymmetric"),
            GraphBuilder.text("nearest_mode", "floor"));
    return new Signal(y, 4);
  }

  private static Signal embedded(Drawing d, Layer layer, LayerWeights w, List<Signal> in) {
    Signal x = in.get(0);
    String table = w.require("embeddings", 2);
    String ids = d.node("Cast", List.of(d.channelsLast(x)), GraphBuilder.integer("to", 7));
    String rows = d.node("Gather", List.of(d.weight(table, w.shape(table)), ids));
    return d.channelsFirst(rows, x.rank() + 1);
  }
}
