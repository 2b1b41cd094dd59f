package org.findthelady.structure.declared;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.core.Shape;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.findthelady.structure.TensorMove;

/** A small checkpoint held in memory, for forward passes in tests. */
final class Weights {
  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final Map<String, double[]> values = new LinkedHashMap<>();

  /** Adds a tensor; its values are drawn by {@link #fill}. */
  Weights add(String name, long... lengths) {
    shapes.put(name, Shape.of(lengths));
    return this;
  }

  /** Adds a weight and a bias of its first axis. */
  Weights layer(String name, long... lengths) {
    return add(name + ".weight", lengths).add(name + ".bias", lengths[0]);
  }

  /** Adds a batch normalisation. */
  Weights batchNorm(String name, long channels) {
    return add(name + ".weight", channels)
        .add(name + ".bias", channels)
        .add(name + ".running_mean", channels)
        .add(name + ".running_var", channels)
        .add(name + ".num_batches_tracked");
  }

  /** Draws all values; weights scaled by fan-in, variances positive. */
  Weights fill(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    shapes.forEach(
        (name, shape) -> {
          double[] drawn = new double[Math.toIntExact(shape.elements())];
          double scale = shape.rank() < 2 ? 0.5 : Math.sqrt(6 / fanIn(shape));
          for (int i = 0; i < drawn.length; i++) {
            double value = random.nextDouble() * 2 - 1;
            drawn[i] = name.endsWith("running_var") ? 0.5 + Math.abs(value) : value * scale;
            if (shape.rank() == 1 && name.endsWith("weight")) {
              drawn[i] += 1;
            }
          }
          values.put(name, drawn);
        });
    return this;
  }

  private static double fanIn(Shape shape) {
    double product = 1;
    for (int axis = 1; axis < shape.rank(); axis++) {
      product *= shape.length(axis);
    }
    return product;
  }

  Map<String, Shape> shapes() {
    return shapes;
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  double[] values(String name) {
    double[] found = values.get(name);
    if (found == null) {
      throw new IllegalArgumentException("no tensor " + name);
    }
    return found;
  }

  int length(String name, int axis) {
    return Math.toIntExact(shapes.get(name).length(axis));
  }

  /** All tensors gathered along every axis. */
  Weights permuted(Structure structure, GroupPermutations assignment) {
    Weights moved = new Weights();
    moved.shapes.putAll(shapes);
    for (String name : values.keySet()) {
      TensorMove move = structure.move(name, assignment);
      moved.values.put(name, gather(values.get(move.source()), shapes.get(name), move.gathers()));
    }
    return moved;
  }

  private static double[] gather(double[] source, Shape shape, int[][] gathers) {
    double[] target = new double[source.length];
    for (int i = 0; i < target.length; i++) {
      int rest = i;
      int from = 0;
      int stride = 1;
      for (int axis = shape.rank() - 1; axis >= 0; axis--) {
        int length = Math.toIntExact(shape.length(axis));
        int index = rest % length;
        rest /= length;
        from += stride * (gathers[axis] == null ? index : gathers[axis][index]);
        stride *= length;
      }
      target[i] = source[from];
    }
    return target;
  }
}
