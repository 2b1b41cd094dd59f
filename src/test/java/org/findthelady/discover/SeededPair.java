package org.findthelady.discover;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.findthelady.core.Permutation;
import org.findthelady.core.Shape;
import org.findthelady.match.rows.Weights;

/** Seeded tensors in memory, and copies of them whose axes are permuted. */
final class SeededPair implements Weights {
  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final Map<String, float[]> values = new LinkedHashMap<>();

  /** Adds a tensor of independent normal numbers, its slices of different sizes. */
  SeededPair with(String name, long seed, long... lengths) {
    Shape shape = Shape.of(lengths);
    Random random = new Random(seed);
    float[] numbers = new float[(int) shape.elements()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return with(name, shape, numbers);
  }

  SeededPair with(String name, Shape shape, float[] numbers) {
    shapes.put(name, shape);
    values.put(name, numbers);
    return this;
  }

  /**
   * A copy with one axis of a tensor gathered: place i takes from place {@code order.source(i)}.
   */
  SeededPair gathered(String name, int axis, Permutation order) {
    Shape shape = shapes.get(name);
    float[] from = values.get(name);
    float[] to = new float[from.length];
    int inner = (int) shape.elements(axis + 1, shape.rank());
    int length = shape.intLength(axis);
    for (int i = 0; i < to.length; i++) {
      int place = i / inner % length;
      to[i] = from[i + (order.source(place) - place) * inner];
    }
    return copy().with(name, shape, to);
  }

  /** A copy with two tensors of one shape under each other's names. */
  SeededPair exchanged(String one, String other) {
    return copy()
        .with(one, shapes.get(one), values.get(other))
        .with(other, shapes.get(other), values.get(one));
  }

  /** A copy with noise on every number. */
  SeededPair noisy(double sigma, long seed) {
    Random random = new Random(seed);
    SeededPair noisy = new SeededPair();
    values.forEach(
        (name, numbers) -> {
          float[] changed = numbers.clone();
          for (int i = 0; i < changed.length; i++) {
            changed[i] += (float) (sigma * random.nextGaussian());
          }
          noisy.with(name, shapes.get(name), changed);
        });
    return noisy;
  }

  private SeededPair copy() {
    SeededPair copy = new SeededPair();
    shapes.forEach((name, shape) -> copy.with(name, shape, values.get(name)));
    return copy;
  }

  java.util.List<String> names() {
    return java.util.List.copyOf(shapes.keySet());
  }

  @Override
  public boolean has(String tensor) {
    return shapes.containsKey(tensor);
  }

  @Override
  public Shape shape(String tensor) {
    return shapes.get(tensor);
  }

  @Override
  public void read(String tensor, long firstElement, float[] target, int offset, int count) {
    System.arraycopy(values.get(tensor), (int) firstElement, target, offset, count);
  }
}
