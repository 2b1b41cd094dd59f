package org.findthelady.structure.onnx;

import java.util.HashMap;
import java.util.Map;

/**
 * The operators that are known, by name; those outside the default ONNX domain carry their domain
 * as a prefix. An operator that is not here freezes whatever it touches.
 */
final class Operators {
  private Operators() {}

  /** A fresh table, which a test may break. */
  static Map<String, Rule> all() {
    Map<String, Rule> rules = new HashMap<>();
    ConstantRules.addTo(rules);
    ContractionRules.addTo(rules);
    ElementwiseRules.addTo(rules);
    IndexRules.addTo(rules);
    NormalisationRules.addTo(rules);
    PositionRules.addTo(rules);
    QuantisedRules.addTo(rules);
    RecurrentRules.addTo(rules);
    ReductionRules.addTo(rules);
    ReshapeRules.addTo(rules);
    return rules;
  }
}
