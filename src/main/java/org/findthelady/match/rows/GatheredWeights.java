package org.findthelady.match.rows;

import java.io.IOException;
import java.util.Map;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;

/** Weights with the rows of some tensors in another order, e.g. another rotary layout. */
public final class GatheredWeights implements Weights {
  private final Weights weights;
  private final Map<String, int[][]> gathers;

  /**
   * @param weights the tensors as they are
   * @param gathers for some tensors the gather of their first axis; those of the others are null
   */
  public GatheredWeights(Weights weights, Map<String, int[][]> gathers) {
    this.weights = weights;
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
  public boolean has(String tensor) {
    return weights.has(tensor);
  }

  @Override
  public Shape shape(String tensor) {
    return weights.shape(tensor);
  }

  @Override
  public DType packedType(String tensor) {
    return weights.packedType(tensor);
  }

  @Override
  public void read(String tensor, long firstElement, float[] target, int offset, int count)
      throws IOException {
    inRuns(
        tensor,
        firstElement,
        count,
        (source, done, part) -> weights.read(tensor, source, target, offset + done, part));
  }

  @Override
  public void hold(String tensor) throws IOException {
    weights.hold(tensor);
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
            weights.readPacked(tensor, source, target, offset + done * size, part));
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
    Shape shape = weights.shape(tensor);
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
