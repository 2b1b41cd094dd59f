package org.findthelady.structure.keras;

import java.util.List;

/** How a kind of layer is drawn. */
@FunctionalInterface
interface LayerRule {
  /**
   * Draws one call of a layer.
   *
   * @throws Untranslatable if this use of the layer is not covered
   */
  Signal draw(Drawing drawing, Layer layer, LayerWeights weights, List<Signal> inputs);
}
