package org.findthelady.experiment;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.core.Shape;
import org.findthelady.perturb.Gaussians;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Group;
import org.findthelady.structure.Segment;
import org.findthelady.structure.Structure;

/** One layer of independent normal weights, the setting of the closed form. */
final class SeededLayer {
  static final String TENSOR = "layer.weight";
  private static final String OTHERS = "next.weight";

  private SeededLayer() {}

  /** The layer with all that speaks for its neurons, a function of the seed. */
  static LabModel of(ModelSpec.LayerShape layer, long seed) {
    Group group = Group.root("layer", layer.neurons());
    Axis neurons = Axis.of(Segment.of(AxisFactor.of(group)));
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    axes.put(TENSOR, List.of(neurons, Axis.frozen(layer.width(), "incoming weights")));
    FloatTensor incoming = normal(seed, TENSOR, layer.neurons(), layer.width());
    Arrays.fill(incoming.values(), 0, layer.dead() * layer.width(), 0);
    tensors.put(TENSOR, incoming);
    if (layer.others() > 0) {
      axes.put(OTHERS, List.of(Axis.frozen(layer.others(), "outgoing weights"), neurons));
      tensors.put(OTHERS, normal(seed, OTHERS, layer.others(), layer.neurons()));
    }
    for (int term = 0; term < layer.terms(); term++) {
      String name = "layer.term" + term;
      axes.put(name, List.of(neurons));
      tensors.put(name, normal(seed, name, layer.neurons()));
    }
    String name = "layer " + layer.neurons() + " x " + layer.width();
    return new LabModel(new Structure(name, List.of(group), axes), tensors);
  }

  private static FloatTensor normal(long seed, String name, long... lengths) {
    Shape shape = Shape.of(lengths);
    return new FloatTensor(
        shape, new Gaussians(seed, name).floats(Math.toIntExact(shape.elements())));
  }
}
