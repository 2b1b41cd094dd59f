package org.findthelady.spark;

import java.io.Serializable;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/** Runs the one item of a partition on an executor. */
final class RunItem<T extends Serializable, R extends Serializable>
    extends AbstractFunction1<Iterator<Wire<T>>, Wire<R>> implements Serializable {
  private static final long serialVersionUID = 1;

  private final Task<T, R> task;

  RunItem(Task<T, R> task) {
    this.task = task;
  }

  @Override
  public Wire<R> apply(Iterator<Wire<T>> items) {
    try {
      return Wire.of(task.run(items.next().value()));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
