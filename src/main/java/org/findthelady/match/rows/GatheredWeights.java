package org.findthelady.match.rows;

import java.io.IOException;
import java.util.Map;
import org.findthelady.core.Shape;

/** Weights with the rows of some tensors in another order, e.g. another rotary layout. */
public final class GatheredWeights extends ForwardingWeights {
  private final Map<String, int[][]> gathers;

  /**
   * @param weights the tensors as they are
   * @param gathers for some tensors the gather of their first axis; those of the others are null
   */
  public GatheredWeights(Weights weights, Map<String, int[][]> gathers) {
    super(weights);
    this.gathers = Map.copyOf(gathers);
    this.gathers.forEach(
        (tensor, axes) -> {
          for (int axis = 1; axis < axes.length; axis++) {
            if (axes[axis] != null) {
              throw new IllegalArgumentException(
                  "tensor '" + tensor + "': only rows are gathered, not axis " + axis);
            }
          }
        });
  }

  @Override
  public void read(String tensor, long firstElement, float[] target, int offset, int count)
      throws IOException {
    inRuns(
        tensor,
        firstElement,
        count,
        (source, done, part) -> weights().read(tensor, source, target, offset + done, part));
  }

  /** Rows in another order are read from all over their tensor. */
  @Override
  public void expect(String tensor, long[] firstElements, long count) throws IOException {
    if (!gathers.containsKey(tensor)) {
      super.expect(tensor, firstElements, count);
    }
  }

  @Override
  public void readPacked(String tensor, long firstElement, byte[] target, int offset, int count)
      throws IOException {
    int size = packedType(tensor).blockBytes();
    inRuns(
        tensor,
        firstElement,
        count,
        (source, done, part) ->
            weights().readPacked(tensor, source, target, offset + done * size, part));
  }

  /** Reads one stretch of a row. */
  private interface Run {
    void read(long source, int done, int count) throws IOException;
  }

  private void inRuns(String tensor, long firstElement, int count, Run run) throws IOException {
    int[][] axes = gathers.get(tensor);
    if (axes == null || axes[0] == null) {
      run.read(firstElement, 0, count);
      return;
    }
    Shape shape = weights().shape(tensor);
    long width = shape.elements() / shape.length(0);
    for (int done = 0; done < count; ) {
      long element = firstElement + done;
      long column = element % width;
      int part = (int) Math.min(count - done, width - column);
      long source = axes[0][Math.toIntExact(element / width)] * width + column;
      run.read(source, done, part);
      done += part;
    }
  }
}
