package org.findthelady.match.rows;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.structure.StackedTensor;
import org.findthelady.structure.Structure;

/** Weights that also show the stacks of a structure, each as one tensor. */
public final class StackedWeights extends ForwardingWeights {
  private final Map<String, StackedTensor> stacks = new HashMap<>();

  /**
   * @param weights the tensors of a checkpoint
   */
  public StackedWeights(Structure structure, Weights weights) {
    super(weights);
    structure.stacks().forEach(stack -> stacks.put(stack.name(), stack));
  }

  @Override
  public boolean has(String tensor) {
    StackedTensor stack = stacks.get(tensor);
    return stack == null ? weights().has(tensor) : stack.parts().stream().allMatch(weights()::has);
  }

  @Override
  public Shape shape(String tensor) {
    StackedTensor stack = stacks.get(tensor);
    if (stack == null) {
      return weights().shape(tensor);
    }
    Shape part = weights().shape(stack.parts().get(0));
    long[] lengths = new long[part.rank()];
    for (int axis = 0; axis < lengths.length; axis++) {
      lengths[axis] = part.length(axis);
    }
    lengths[stack.axis()] = Math.multiplyExact(lengths[stack.axis()], (long) stack.parts().size());
    return Shape.of(lengths);
  }

  /** F32 if the parts of a stack are stored in different types. */
  @Override
  public DType packedType(String tensor) {
    StackedTensor stack = stacks.get(tensor);
    if (stack == null) {
      return weights().packedType(tensor);
    }
    List<DType> types = stack.parts().stream().map(weights()::packedType).distinct().toList();
    return types.size() == 1 ? types.get(0) : DType.F32;
  }

  @Override
  public void read(String tensor, long firstElement, float[] target, int offset, int count)
      throws IOException {
    inParts(
        tensor,
        firstElement,
        count,
        (part, element, done, length) ->
            weights().read(part, element, target, offset + done, length));
  }

  @Override
  public void hold(String tensor) throws IOException {
    if (!stacks.containsKey(tensor)) {
      weights().hold(tensor);
    }
  }

  @Override
  public void expect(String tensor, long[] firstElements, long count) throws IOException {
    if (!stacks.containsKey(tensor)) {
      weights().expect(tensor, firstElements, count);
    }
  }

  @Override
  public long place(String tensor) {
    StackedTensor stack = stacks.get(tensor);
    return weights().place(stack == null ? tensor : stack.parts().get(0));
  }

  @Override
  public void readPacked(String tensor, long firstElement, byte[] target, int offset, int count)
      throws IOException {
    StackedTensor stack = stacks.get(tensor);
    if (stack != null && stack.parts().stream().map(weights()::packedType).distinct().count() > 1) {
      super.readPacked(tensor, firstElement, target, offset, count);
      return;
    }
    int size = packedType(tensor).blockBytes();
    inParts(
        tensor,
        firstElement,
        count,
        (part, element, done, length) ->
            weights().readPacked(part, element, target, offset + done * size, length));
  }

  /** Reads one stretch of a part. */
  private interface Stretch {
    void read(String part, long element, int done, int length) throws IOException;
  }

  private void inParts(String tensor, long firstElement, int count, Stretch stretch)
      throws IOException {
    StackedTensor stack = stacks.get(tensor);
    if (stack == null) {
      stretch.read(tensor, firstElement, 0, count);
      return;
    }
    Shape part = weights().shape(stack.parts().get(0));
    long run = 1;
    for (int axis = stack.axis(); axis < part.rank(); axis++) {
      run *= part.length(axis);
    }
    for (int done = 0; done < count; ) {
      long element = firstElement + done;
      long row = element / (run * stack.parts().size());
      int which = (int) (element / run % stack.parts().size());
      long within = element % run;
      int length = (int) Math.min(count - done, run - within);
      stretch.read(stack.parts().get(which), row * run + within, done, length);
      done += length;
    }
  }
}
