package org.findthelady.spark;

import java.io.Serializable;
import org.apache.spark.TaskContext;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction2;

/** Runs the one item of a partition on an executor. */
final class RunPartition<T extends Serializable, R extends Serializable>
    extends AbstractFunction2<TaskContext, Iterator<Wire<T>>, Wire<R>> implements Serializable {
  private static final long serialVersionUID = 1;

  private final Task<T, R> task;

  RunPartition(Task<T, R> task) {
    this.task = task;
  }

  @Override
  public Wire<R> apply(TaskContext context, Iterator<Wire<T>> items) {
    try {
      return Wire.of(task.run(items.next().value()));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
