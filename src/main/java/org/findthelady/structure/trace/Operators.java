package org.findthelady.structure.trace;

import java.util.HashMap;
import java.util.Map;

/**
 * The operators that are known, by name; those outside the default ONNX domain carry their domain
 * as a prefix. An operator that is not here freezes whatever it touches.
 */
public final class Operators {
  private Operators() {}

  /** A fresh table, which a test may break. */
  public static Map<String, OperatorRule> all() {
    Map<String, OperatorRule> rules = new HashMap<>();
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
