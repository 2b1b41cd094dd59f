package org.findthelady.spark;

import java.io.Serializable;
import org.apache.spark.api.java.function.Function;

/** Runs the one item of a partition on an executor, and stages a result that is large. */
final class RunItem<T extends Serializable, R extends Serializable>
    implements Function<byte[], byte[]> {
  private static final long serialVersionUID = 1;

  /**
   * Where a result is.
   *
   * @param address as its stage knows it
   */
  record Staged(String address) implements Serializable {}

  private final Task<T, R> task;
  private final ResultStage stage;
  private final long mostBytes;

  /**
   * @param stage for results of more than {@code mostBytes}; null if there is none
   */
  RunItem(Task<T, R> task, ResultStage stage, long mostBytes) {
    this.task = task;
    this.stage = stage;
    this.mostBytes = mostBytes;
  }

  @Override
  @SuppressWarnings("unchecked") // the driver made it of a T
  public byte[] call(byte[] item) throws Exception {
    if (item.length == 0) {
      return item; // none for this place
    }
    byte[] result = Wire.bytes(task.run((T) Wire.value(item)));
    return stage == null || result.length <= mostBytes
        ? result
        : Wire.bytes(new Staged(stage.put(result)));
  }
}
