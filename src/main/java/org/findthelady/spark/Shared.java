package org.findthelady.spark;

import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;

/** A value that is sent once to every executor, not with every task. */
public final class Shared<T extends Serializable> implements Serializable, AutoCloseable {
  private static final long serialVersionUID = 1;

  private final Broadcast<Wire<T>> broadcast;
  private transient T value;

  Shared(Broadcast<Wire<T>> broadcast) {
    this.broadcast = broadcast;
  }

  /** The value, in this process. */
  public synchronized T value() {
    if (value == null) {
      value = broadcast.value().value();
    }
    return value;
  }

  /** Frees it everywhere; no task may use it any more. */
  @Override
  public void close() {
    broadcast.destroy();
  }
}
