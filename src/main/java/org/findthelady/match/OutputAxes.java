package org.findthelady.match;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.core.Shape;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Structure;

/**
 * On which axis of its weights a layer has its outputs: the first in PyTorch, the last in Keras and
 * in GPT-2. Told from the bias that stands beside the weights, which has one number an output;
 * where there is none, from what most other layers do.
 */
final class OutputAxes {
  private final Map<String, Integer> byTensor = new HashMap<>();
  private boolean last;

  private OutputAxes() {}

  static OutputAxes of(Structure structure, Weights weights) {
    OutputAxes axes = new OutputAxes();
    Map<String, Map.Entry<String, List<Axis>>> vectors = new HashMap<>();
    for (Map.Entry<String, List<Axis>> tensor : structure.axes().entrySet()) {
      if (tensor.getValue().size() == 1) {
        // Of several vectors of one layer any tells: they all are as long as its outputs.
        vectors.put(layer(tensor.getKey()), tensor);
      }
    }
    int balance = 0;
    for (Map.Entry<String, List<Axis>> tensor : structure.axes().entrySet()) {
      Map.Entry<String, List<Axis>> vector = vectors.get(layer(tensor.getKey()));
      if (tensor.getValue().size() > 1 && vector != null && weights.has(tensor.getKey())) {
        int axis = told(tensor.getValue(), vector.getValue().get(0));
        if (axis >= 0) {
          axes.byTensor.put(tensor.getKey(), axis);
          balance += axis == 0 ? -1 : 1;
        }
      }
    }
    axes.last = balance > 0;
    return axes;
  }

  /** The one axis of the weights that is as long as the vector and carries the same groups. */
  private static int told(List<Axis> weights, Axis vector) {
    int told = -1;
    for (int axis = 0; axis < weights.size(); axis++) {
      boolean same =
          weights.get(axis).length() == vector.length()
              && weights.get(axis).groups().equals(vector.groups());
      if (same && told >= 0) {
        return -1;
      }
      told = same ? axis : told;
    }
    return told;
  }

  private static String layer(String tensor) {
    return tensor.substring(0, Math.max(tensor.lastIndexOf('.'), tensor.lastIndexOf('/')) + 1);
  }

  /** The axis of a tensor's outputs. */
  int of(String tensor, Shape shape) {
    int most = shape.rank() - 1;
    int usual = !last ? 0 : shape.length(most) == 1 ? Math.max(0, most - 1) : most;
    return byTensor.getOrDefault(tensor, usual);
  }
}
