package org.findthelady.match;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.findthelady.core.Shape;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Axis;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/** A model in memory, for tests: tensors by name. */
public final class Model implements Weights {
  public final Structure structure;
  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  public final Map<String, float[]> values = new LinkedHashMap<>();

  public Model(Structure structure) {
    this.structure = structure;
  }

  /** Every tensor of the structure filled with normal weights; one-dimensional ones spread too. */
  public static Model random(Structure structure, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Model model = new Model(structure);
    structure
        .axes()
        .forEach(
            (name, axes) -> {
              long[] lengths = axes.stream().mapToLong(Axis::length).toArray();
              Shape shape = Shape.of(lengths);
              float[] data = new float[(int) shape.elements()];
              double scale = lengths.length == 1 ? 0.3 : 0.05;
              for (int i = 0; i < data.length; i++) {
                data[i] = (float) (scale * random.nextGaussian() + (lengths.length == 1 ? 1 : 0));
              }
              model.shapes.put(name, shape);
              model.values.put(name, data);
            });
    return model;
  }

  public Model copy() {
    Model copy = new Model(structure);
    copy.shapes.putAll(shapes);
    values.forEach((name, data) -> copy.values.put(name, data.clone()));
    return copy;
  }

  public void put(String name, Shape shape, float[] data) {
    shapes.put(name, shape);
    values.put(name, data);
  }

  /** Every tensor gathered by the assignment. */
  public Model gathered(GroupPermutations assignment) {
    Model moved = copy();
    values.forEach(
        (name, data) -> moved.values.put(name, gather(shapes.get(name), data, name, assignment)));
    return moved;
  }

  private float[] gather(Shape shape, float[] data, String name, GroupPermutations assignment) {
    int[][] gathers = structure.gathers(name, assignment);
    float[] out = new float[data.length];
    int rank = shape.rank();
    for (int i = 0; i < out.length; i++) {
      int rest = i;
      int from = 0;
      int stride = 1;
      for (int axis = rank - 1; axis >= 0; axis--) {
        int length = shape.intLength(axis);
        int digit = rest % length;
        rest /= length;
        from += (gathers[axis] == null ? digit : gathers[axis][digit]) * stride;
        stride *= length;
      }
      out[i] = data[from];
    }
    return out;
  }

  /** Every matrix changed by {@code change}; one-dimensional tensors stay. */
  public Model changed(UnaryOperator<float[]> change) {
    Model changed = copy();
    changed.values.replaceAll(
        (name, data) -> shapes.get(name).rank() < 2 ? data : change.apply(data));
    return changed;
  }

  public static UnaryOperator<float[]> noise(double omega, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return data -> {
      double mean = 0;
      double squares = 0;
      for (float value : data) {
        mean += value;
        squares += (double) value * value;
      }
      mean /= data.length;
      double sigma = Math.sqrt(squares / data.length - mean * mean);
      float[] noisy = data.clone();
      for (int i = 0; i < noisy.length; i++) {
        noisy[i] += (float) (omega * sigma * random.nextGaussian());
      }
      return noisy;
    };
  }

  public static UnaryOperator<float[]> pruned(double share) {
    return data -> {
      float[] sizes = new float[data.length];
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = Math.abs(data[i]);
      }
      Arrays.sort(sizes);
      float threshold = sizes[(int) Math.min(sizes.length - 1, share * sizes.length)];
      float[] kept = data.clone();
      for (int i = 0; i < kept.length; i++) {
        kept[i] = Math.abs(kept[i]) < threshold ? 0 : kept[i];
      }
      return kept;
    };
  }

  public static UnaryOperator<float[]> quantised(int bits) {
    return data -> {
      float least = Float.POSITIVE_INFINITY;
      float most = Float.NEGATIVE_INFINITY;
      for (float value : data) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
      double top = (1 << bits) - 1;
      double step = top / (most - least);
      float[] steps = data.clone();
      for (int i = 0; i < steps.length; i++) {
        double level = Math.rint(Math.max(0, Math.min(top, (steps[i] - least) * step)));
        steps[i] = (float) (level / step + least);
      }
      return steps;
    };
  }

  @Override
  public boolean has(String tensor) {
    return values.containsKey(tensor);
  }

  @Override
  public Shape shape(String tensor) {
    return shapes.get(tensor);
  }

  @Override
  public void read(String tensor, long first, float[] target, int offset, int count) {
    System.arraycopy(values.get(tensor), Math.toIntExact(first), target, offset, count);
  }

  public List<String> names() {
    return List.copyOf(values.keySet());
  }
}
