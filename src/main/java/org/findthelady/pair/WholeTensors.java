package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.structure.StackedTensor;
import org.findthelady.structure.Structure;
import org.findthelady.structure.TrainingState;

/**
 * The network's own tensors of a checkpoint by the names of a structure: parts of a stack, of which
 * there may be more or fewer than in the reference, as one. An optimizer's state is left out.
 */
final class WholeTensors {
  private final Checkpoint checkpoint;
  private final Map<String, TensorInfo> byName = new HashMap<>();
  private final Map<String, StackedTensor> stacks = new HashMap<>();

  WholeTensors(Checkpoint checkpoint, List<StackedTensor> all) {
    this.checkpoint = checkpoint;
    TrainingState.of(checkpoint.tensors())
        .weights()
        .forEach(tensor -> byName.put(tensor.name(), tensor));
    all.forEach(stack -> stacks.put(stack.name(), stack));
  }

  Checkpoint checkpoint() {
    return checkpoint;
  }

  /** Names, of stacks those that the structure has for them. */
  Set<String> names() {
    Set<String> names = new HashSet<>(byName.keySet());
    for (StackedTensor stack : stacks.values()) {
      List<TensorInfo> parts = parts(stack.name());
      parts.forEach(part -> names.remove(part.name()));
      if (!parts.isEmpty()) {
        names.add(stack.name());
      }
    }
    return names;
  }

  /** Whether it holds no real numbers and no units, as shapes in a graph do. */
  boolean isAside(String name, Structure structure) {
    return byName.containsKey(name)
        && !byName.get(name).dtype().floating()
        && structure.axes(name).stream().allMatch(axis -> axis.groups().isEmpty());
  }

  /** Null if it is not there whole, as real numbers. */
  Shape shape(String name) {
    List<TensorInfo> parts = parts(name);
    boolean all =
        parts.stream()
            .allMatch(part -> part.dtype().floating() && part.shape().equals(parts.get(0).shape()));
    if (parts.isEmpty() || !all) {
      return null;
    }
    long[] lengths = parts.get(0).shape().toArray();
    if (stacks.containsKey(name)) {
      int axis = stacks.get(name).axis();
      if (axis >= lengths.length) {
        return null;
      }
      lengths[axis] = Math.multiplyExact(lengths[axis], parts.size());
    }
    return Shape.of(lengths);
  }

  /** The numbers, row-major. */
  float[] read(String name, TensorReader reader) throws IOException {
    List<TensorInfo> parts = parts(name);
    if (!stacks.containsKey(name)) {
      return reader.readFloats(parts.get(0));
    }
    Shape shape = parts.get(0).shape();
    int block = Math.toIntExact(shape.elements(stacks.get(name).axis(), shape.rank()));
    float[] whole = new float[Math.toIntExact(shape.elements() * parts.size())];
    for (int part = 0; part < parts.size(); part++) {
      float[] values = reader.readFloats(parts.get(part));
      for (int from = 0; from < values.length; from += block) {
        int to = (from / block * parts.size() + part) * block;
        System.arraycopy(values, from, whole, to, block);
      }
    }
    return whole;
  }

  /** The tensors that a name stands for, numbered from 0 where it is a stack's. */
  private List<TensorInfo> parts(String name) {
    StackedTensor stack = stacks.get(name);
    if (stack == null) {
      return byName.containsKey(name) ? List.of(byName.get(name)) : List.of();
    }
    List<TensorInfo> parts = new ArrayList<>();
    TensorInfo part = part(stack, 0);
    while (part != null) {
      parts.add(part);
      part = part(stack, parts.size());
    }
    return parts;
  }

  /** Null if there is none. */
  private TensorInfo part(StackedTensor stack, int number) {
    return stack.partName(number).map(byName::get).orElse(null);
  }
}
