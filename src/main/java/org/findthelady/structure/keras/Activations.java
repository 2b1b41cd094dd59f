package org.findthelady.structure.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.findthelady.structure.graph.GraphBuilder;

/** Activations, on their own and at the end of other layers. */
final class Activations {
  private static final double HALF_ROOT = Math.sqrt(0.5);

  private Activations() {}

  static void addTo(Map<String, LayerRule> rules) {
    rules.put("Activation", (d, layer, w, in) -> named(d, layer, in.get(0)));
    rules.put("Softmax", (d, layer, w, in) -> softmax(d, in.get(0), layer.number("axis", -1)));
    rules.put("ReLU", (d, layer, w, in) -> rectified(d, layer, in.get(0)));
    rules.put(
        "LeakyReLU",
        (d, layer, w, in) -> {
          double slope = layer.number("negative_slope", layer.number("alpha", 0.3));
          return leaky(d, in.get(0), slope);
        });
    rules.put(
        "ELU",
        (d, layer, w, in) ->
            in.get(0)
                .as(
                    d.node(
                        "Elu",
                        List.of(in.get(0).value()),
                        GraphBuilder.number("alpha", layer.number("alpha", 1)))));
    rules.put(
        "PReLU",
        (d, layer, w, in) -> {
          Signal x = in.get(0);
          String alpha = w.require("alpha", x.rank() - 1);
          String slopes = d.weight(alpha, w.shape(alpha));
          String y = d.node("PRelu", List.of(d.channelsLast(x), slopes));
          return d.channelsFirst(y, x.rank());
        });
  }

  /** What the setting {@code activation} says. */
  static Signal named(Drawing d, Layer layer, Signal x) {
    JsonNode setting = layer.settings().path("activation");
    String name =
        setting.isTextual()
            ? setting.textValue()
            : setting.isNull() || setting.isMissingNode()
                ? "linear"
                : setting.path("config").isTextual()
                    ? setting.path("config").textValue()
                    : "of a class";
    List<String> in = List.of(x.value());
    return switch (name) {
      case "linear" -> x;
      case "softmax" -> softmax(d, x, -1);
      case "relu" -> x.as(d.node("Relu", in));
      case "relu6" -> x.as(capped(d, x.value(), 6));
      case "sigmoid" -> x.as(d.node("Sigmoid", in));
      case "tanh" -> x.as(d.node("Tanh", in));
      case "elu" -> x.as(d.node("Elu", in));
      case "selu" -> x.as(d.node("Selu", in));
      case "softplus" -> x.as(d.node("Softplus", in));
      case "softsign" -> x.as(d.node("Softsign", in));
      case "exponential" -> x.as(d.node("Exp", in));
      case "leaky_relu" -> leaky(d, x, 0.2);
      case "hard_swish", "hard_silu" -> x.as(d.node("HardSwish", in));
      case "swish", "silu" -> x.as(d.node("Mul", List.of(x.value(), d.node("Sigmoid", in))));
      case "hard_sigmoid" ->
          x.as(
              d.node(
                  "HardSigmoid",
                  in,
                  GraphBuilder.number("alpha", 0.2),
                  GraphBuilder.number("beta", 0.5)));
      case "mish" ->
          x.as(d.node("Mul", List.of(x.value(), d.node("Tanh", List.of(d.node("Softplus", in))))));
      case "gelu" -> x.as(gelu(d, x.value()));
      default -> throw new Untranslatable("activation " + name);
    };
  }

  private static Signal softmax(Drawing d, Signal x, double axis) {
    if (axis != Math.rint(axis)) {
      throw new Untranslatable("softmax over several axes");
    }
    return x.as(
        d.node("Softmax", List.of(x.value()), GraphBuilder.integer("axis", x.axis((long) axis))));
  }

  private static Signal rectified(Drawing d, Layer layer, Signal x) {
    double cap = layer.number("max_value", Double.NaN);
    double slope = layer.number("negative_slope", 0);
    if (layer.number("threshold", 0) != 0 || (slope != 0 && !Double.isNaN(cap))) {
      throw new Untranslatable("a threshold, or a slope and a cap");
    }
    if (slope != 0) {
      return leaky(d, x, slope);
    }
    return x.as(Double.isNaN(cap) ? d.node("Relu", List.of(x.value())) : capped(d, x.value(), cap));
  }

  private static String capped(Drawing d, String x, double cap) {
    return d.node("Clip", List.of(x, d.number(0), d.number(cap)));
  }

  private static Signal leaky(Drawing d, Signal x, double slope) {
    return x.as(d.node("LeakyRelu", List.of(x.value()), GraphBuilder.number("alpha", slope)));
  }

  private static String gelu(Drawing d, String x) {
    String scaled = d.node("Mul", List.of(x, d.number(HALF_ROOT)));
    String gate = d.node("Add", List.of(d.node("Erf", List.of(scaled)), d.number(1)));
    return d.node("Mul", List.of(d.node("Mul", List.of(x, gate)), d.number(0.5)));
  }
}
