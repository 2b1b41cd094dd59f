package org.findthelady.lab;

import java.util.List;
import java.util.Map;
import org.findthelady.core.Shape;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Factor;
import org.findthelady.structure.Group;
import org.findthelady.structure.Segment;
import org.findthelady.structure.Structure;

/** One layer of independent normal weights, the setting of the closed form. */
final class SeededLayer {
  static final String TENSOR = "layer.weight";

  private SeededLayer() {}

  /** N neurons of d incoming weights, a function of the seed. */
  static LabModel of(ModelSpec.LayerShape layer, long seed) {
    Group group = Group.root("layer", layer.neurons());
    Structure structure =
        new Structure(
            "layer " + layer.neurons() + " x " + layer.width(),
            List.of(group),
            Map.of(
                TENSOR,
                List.of(
                    Axis.of(Segment.of(Factor.of(group))),
                    Axis.frozen(layer.width(), "incoming weights"))));
    float[] values =
        new Gaussians(seed, "weights").floats(Math.multiplyExact(layer.neurons(), layer.width()));
    Shape shape = Shape.of(layer.neurons(), layer.width());
    return new LabModel(structure, Map.of(TENSOR, new FloatTensor(shape, values)));
  }
}
