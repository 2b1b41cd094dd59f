package org.findthelady.match;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.findthelady.core.Shape;
import org.findthelady.structure.Stack;
import org.findthelady.structure.Structure;

/** Weights that also show the stacks of a structure, each as one tensor. */
public final class StackedWeights implements Weights {
  private final Weights weights;
  private final Map<String, Stack> stacks = new HashMap<>();

  /**
   * @param weights the tensors of a checkpoint
   */
  public StackedWeights(Structure structure, Weights weights) {
    this.weights = weights;
    structure.stacks().forEach(stack -> stacks.put(stack.name(), stack));
  }

  @Override
  public boolean has(String tensor) {
    Stack stack = stacks.get(tensor);
    return stack == null ? weights.has(tensor) : stack.parts().stream().allMatch(weights::has);
  }

  @Override
  public Shape shape(String tensor) {
    Stack stack = stacks.get(tensor);
    if (stack == null) {
      return weights.shape(tensor);
    }
    Shape part = weights.shape(stack.parts().get(0));
    long[] lengths = new long[part.rank()];
    for (int axis = 0; axis < lengths.length; axis++) {
      lengths[axis] = part.length(axis);
    }
    lengths[stack.axis()] = Math.multiplyExact(lengths[stack.axis()], (long) stack.parts().size());
    return Shape.of(lengths);
  }

  @Override
  public void read(String tensor, long firstElement, float[] target, int offset, int count)
      throws IOException {
    Stack stack = stacks.get(tensor);
    if (stack == null) {
      weights.read(tensor, firstElement, target, offset, count);
      return;
    }
    Shape part = weights.shape(stack.parts().get(0));
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
      weights.read(stack.parts().get(which), row * run + within, target, offset + done, length);
      done += length;
    }
  }
}
