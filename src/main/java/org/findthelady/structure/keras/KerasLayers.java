package org.findthelady.structure.keras;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The kinds of layers that are known, by class name. */
final class KerasLayers {
  private static final Set<String> SEVERAL_INPUTS =
      Set.of("Add", "Subtract", "Multiply", "Maximum", "Minimum", "Concatenate");
  private static final Map<String, LayerRule> RULES = rules();

  private KerasLayers() {}

  private static Map<String, LayerRule> rules() {
    Map<String, LayerRule> rules = new HashMap<>();
    KernelLayers.addTo(rules);
    NormalisationLayers.addTo(rules);
    Activations.addTo(rules);
    ShapeLayers.addTo(rules);
    return Map.copyOf(rules);
  }

  /**
   * The rule of a layer.
   *
   * @throws Untranslatable if there is none for so many inputs
   */
  static LayerRule rule(Layer layer, int inputs) {
    LayerRule rule = RULES.get(layer.kind());
    if (rule == null) {
      throw new Untranslatable("this kind of layer is not known");
    }
    if (inputs != 1 && !(inputs > 1 && SEVERAL_INPUTS.contains(layer.kind()))) {
      throw new Untranslatable(inputs + " inputs");
    }
    return rule;
  }
}
