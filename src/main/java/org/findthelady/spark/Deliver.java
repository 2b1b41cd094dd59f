package org.findthelady.spark;

import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/** Takes a partition's result from Spark's scheduler, which must not be kept waiting. */
final class Deliver<R> extends AbstractFunction2<Object, Wire<R>, BoxedUnit> {
  private final Arrivals<R> arrivals;
  private final int first;

  /**
   * @param first index of the item in partition 0
   */
  Deliver(Arrivals<R> arrivals, int first) {
    this.arrivals = arrivals;
    this.first = first;
  }

  @Override
  public BoxedUnit apply(Object partition, Wire<R> result) {
    arrivals.add(first + (Integer) partition, result);
    return BoxedUnit.UNIT;
  }
}
