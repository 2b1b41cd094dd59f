package org.findthelady.structure.keras;

import java.util.List;
import java.util.Map;
import org.findthelady.structure.graph.GraphBuilder;

/** KerasLayers that scale and shift channels. */
final class NormalisationLayers {
  private NormalisationLayers() {}

  static void addTo(Map<String, LayerRule> rules) {
    rules.put("BatchNormalization", NormalisationLayers::batch);
    rules.put("SyncBatchNormalization", NormalisationLayers::batch);
    rules.put("LayerNormalization", NormalisationLayers::layer);
    rules.put("Rescaling", NormalisationLayers::rescaling);
  }

  private static void requireChannels(Layer layer, Signal x) {
    List<Long> axes = layer.integers("axis");
    if (axes.size() != 1 || x.axis(axes.get(0)) != 1) {
      throw new Untranslatable("normalised over axes " + axes);
    }
  }

  private static Signal batch(Drawing d, Layer layer, LayerWeights w, List<Signal> in) {
    Signal x = in.get(0);
    requireChannels(layer, x);
    String mean = w.require("moving_mean", 1);
    String variance = w.require("moving_variance", 1);
    String mu = d.weight(mean, w.shape(mean));
    String length = d.node("Shape", List.of(mu));
    String scale = terms(d, layer, w, "scale", "gamma", length, 1);
    String shift = terms(d, layer, w, "center", "beta", length, 0);
    return x.as(
        d.node(
            "BatchNormalization",
            List.of(x.value(), scale, shift, mu, d.weight(variance, w.shape(variance))),
            GraphBuilder.number("epsilon", layer.number("epsilon", 1e-3))));
  }

  /** A normalisation's terms, or as many times the number that leaves all as it is. */
  private static String terms(
      Drawing d,
      Layer layer,
      LayerWeights w,
      String flag,
      String role,
      String length,
      double neutral) {
    if (!layer.flag(flag, true)) {
      return d.node("Expand", List.of(d.number(neutral), length));
    }
    String tensor = w.require(role, 1);
    return d.weight(tensor, w.shape(tensor));
  }

  private static Signal layer(Drawing d, Layer layer, LayerWeights w, List<Signal> in) {
    Signal x = in.get(0);
    requireChannels(layer, x);
    String gamma = w.require("gamma", 1);
    String beta = w.require("beta", 1);
    String y =
        d.node(
            "LayerNormalization",
            List.of(
                d.channelsLast(x), d.weight(gamma, w.shape(gamma)), d.weight(beta, w.shape(beta))),
            GraphBuilder.integer("axis", -1),
            GraphBuilder.number("epsilon", layer.number("epsilon", 1e-3)));
    return d.channelsFirst(y, x.rank());
  }

  private static Signal rescaling(Drawing d, Layer layer, LayerWeights w, List<Signal> in) {
    double scale = layer.number("scale", Double.NaN);
    double offset = layer.number("offset", Double.NaN);
    if (Double.isNaN(scale) || Double.isNaN(offset)) {
      throw new Untranslatable("a scale or an offset for every channel");
    }
    String scaled = d.node("Mul", List.of(in.get(0).value(), d.number(scale)));
    return in.get(0).as(d.node("Add", List.of(scaled, d.number(offset))));
  }
}
