package org.findthelady.match.basis;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.findthelady.core.Shape;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/** Tensors of a small model in memory, to be changed. */
public final class MemoryWeights implements Weights {
  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final Map<String, float[]> values = new LinkedHashMap<>();

  /** Reads tensors whole. */
  static MemoryWeights of(Weights weights, Collection<String> tensors) throws IOException {
    MemoryWeights memory = new MemoryWeights();
    for (String tensor : tensors) {
      memory.put(tensor, weights.shape(tensor), weights.readWhole(tensor));
    }
    return memory;
  }

  /** Adds a tensor; its numbers are not copied. */
  public void put(String tensor, Shape shape, float[] numbers) {
    shapes.put(tensor, shape);
    values.put(tensor, numbers);
  }

  /** Names of the tensors that are held. */
  public Set<String> names() {
    return values.keySet();
  }

  /** A tensor's numbers, row-major; not copied. */
  public float[] values(String tensor) {
    return values.get(tensor);
  }

  void drop(Collection<String> tensors) {
    values.keySet().removeAll(tensors);
    shapes.keySet().removeAll(tensors);
  }

  /** Every tensor gathered by the permutations. */
  public void gather(Structure structure, GroupPermutations permutations) {
    values.replaceAll(
        (name, data) ->
            structure.axes(name).isEmpty()
                ? data
                : gathered(shapes.get(name), data, structure.gathers(name, permutations)));
  }

  private static float[] gathered(Shape shape, float[] data, int[][] gathers) {
    float[] out = new float[data.length];
    for (int i = 0; i < out.length; i++) {
      int rest = i;
      int from = 0;
      int stride = 1;
      for (int axis = shape.rank() - 1; axis >= 0; axis--) {
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

  @Override
  public boolean has(String tensor) {
    return values.containsKey(tensor);
  }

  @Override
  public Shape shape(String tensor) {
    return shapes.get(tensor);
  }

  @Override
  public void read(String tensor, long firstElement, float[] target, int offset, int count) {
    System.arraycopy(values.get(tensor), Math.toIntExact(firstElement), target, offset, count);
  }
}
