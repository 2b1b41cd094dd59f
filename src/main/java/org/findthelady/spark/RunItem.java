package org.findthelady.spark;

import java.io.Serializable;
import org.apache.spark.api.java.function.Function;

/** Runs the one item of a partition on an executor. */
final class RunItem<T extends Serializable, R extends Serializable>
    implements Function<byte[], byte[]> {
  private static final long serialVersionUID = 1;

  private final Task<T, R> task;

  RunItem(Task<T, R> task) {
    this.task = task;
  }

  @Override
  @SuppressWarnings("unchecked") // the driver made it of a T
  public byte[] call(byte[] item) throws Exception {
    return Wire.bytes(task.run((T) Wire.value(item)));
  }
}
