package org.findthelady.structure.keras;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Draws the layers of a model in the order in which they read each other. */
final class ModelWalk {
  /** Models shared in models may not multiply a small configuration into an endless walk. */
  private static final int MOST_CALLS = 100_000;

  private static final int DEEPEST = 16;

  private final Drawing drawing;
  private final WeightNames names;
  private final Set<String> notes = new LinkedHashSet<>();
  private int drawn;

  ModelWalk(Drawing drawing, WeightNames names) {
    this.drawing = drawing;
    this.names = names;
  }

  /**
   * Draws a whole model.
   *
   * @throws Untranslatable if it is not clear what reads what
   */
  void run(Configuration model) {
    outputs(model, null, List.of(), 0).forEach(drawing::output);
  }

  /** KerasLayers that were frozen with all they touch, and why. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  private List<Signal> outputs(
      Configuration model, WeightNames.Place outer, List<Signal> inputs, int depth) {
    if (depth > DEEPEST) {
      throw new Untranslatable("models nested more than " + DEEPEST + " deep");
    }
    List<WeightNames.Place> places = names.places(model.layers(), outer);
    return model.outputs().isEmpty()
        ? List.of(sequence(model, places, inputs, depth))
        : network(model, places, inputs, depth);
  }

  private Signal sequence(
      Configuration model, List<WeightNames.Place> places, List<Signal> inputs, int depth) {
    Signal at = inputs.isEmpty() ? firstInput(model) : inputs.get(0);
    for (int i = 0; i < model.layers().size(); i++) {
      Layer layer = model.layers().get(i);
      if (!layer.kind().equals("InputLayer")) {
        at = draw(layer, places.get(i), List.of(at), depth);
      }
    }
    return at;
  }

  private Signal firstInput(Configuration model) {
    Layer first = model.layers().get(0);
    if (hasShape(first)) {
      return input(first);
    }
    if (model.shape() == null) {
      throw new Untranslatable("a sequence of layers without the shape of its input");
    }
    Layer shaped = new Layer("", "", model.shape(), List.of());
    return drawing.input(shaped.integers());
  }

  private static boolean hasShape(Layer layer) {
    return layer.settings().has("batch_input_shape") || layer.settings().has("batch_shape");
  }

  private Signal input(Layer layer) {
    return drawing.input(
        layer.integers(
            layer.settings().has("batch_input_shape") ? "batch_input_shape" : "batch_shape"));
  }

  private List<Signal> network(
      Configuration model, List<WeightNames.Place> places, List<Signal> inputs, int depth) {
    Map<Source, Signal> made = new HashMap<>();
    Map<String, Integer> indexOf = new LinkedHashMap<>();
    for (int i = 0; i < model.layers().size(); i++) {
      if (indexOf.put(model.layers().get(i).name(), i) != null) {
        throw new Untranslatable("two layers named " + model.layers().get(i).name());
      }
    }
    if (!inputs.isEmpty() && inputs.size() != model.inputs().size()) {
      throw new Untranslatable(inputs.size() + " inputs for " + model.inputs().size());
    }
    for (int i = 0; i < model.inputs().size(); i++) {
      String name = model.inputs().get(i);
      Integer index = indexOf.get(name);
      if (index == null) {
        throw new Untranslatable("no layer " + name);
      }
      made.put(
          new Source(name, 0), inputs.isEmpty() ? input(model.layers().get(index)) : inputs.get(i));
    }
    List<Call> waiting = new ArrayList<>();
    for (int i = 0; i < model.layers().size(); i++) {
      Layer layer = model.layers().get(i);
      for (int call = 0; call < layer.calls().size(); call++) {
        waiting.add(new Call(layer, places.get(i), call));
      }
    }
    while (!waiting.isEmpty()) {
      List<Call> left = new ArrayList<>();
      for (Call call : waiting) {
        List<Source> sources = call.layer().calls().get(call.number());
        if (made.keySet().containsAll(sources) && !sources.isEmpty()) {
          List<Signal> from = sources.stream().map(made::get).toList();
          made.putIfAbsent(
              new Source(call.layer().name(), call.number()),
              draw(call.layer(), call.place(), from, depth));
        } else {
          left.add(call);
        }
      }
      if (left.size() == waiting.size()) {
        throw new Untranslatable(
            "layer '%s' reads what is not there".formatted(left.get(0).layer().name()));
      }
      waiting = left;
    }
    List<Signal> outputs = new ArrayList<>();
    for (Source output : model.outputs()) {
      if (!made.containsKey(output)) {
        throw new Untranslatable("no output " + output.layer());
      }
      outputs.add(made.get(output));
    }
    return outputs;
  }

  private record Call(Layer layer, WeightNames.Place place, int number) {}

  private Signal draw(Layer layer, WeightNames.Place place, List<Signal> from, int depth) {
    if (++drawn > MOST_CALLS) {
      throw new Untranslatable("more than " + MOST_CALLS + " calls of layers");
    }
    if (layer.isModel()) {
      List<Signal> outputs = outputs(Configuration.of(layer), place, from, depth + 1);
      if (outputs.size() != 1) {
        throw new Untranslatable("model '" + layer.name() + "' with several outputs");
      }
      return outputs.get(0);
    }
    LayerWeights weights = new LayerWeights(layer, names.at(place));
    try {
      return KerasLayers.rule(layer, from.size()).draw(drawing, layer, weights, from);
    } catch (Untranslatable | ArithmeticException reason) {
      notes.add("%s '%s': %s".formatted(layer.kind(), layer.name(), reason.getMessage()));
      return drawing.unknown(layer, from, weights);
    }
  }
}
