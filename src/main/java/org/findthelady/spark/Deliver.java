package org.findthelady.spark;

import java.util.function.ObjIntConsumer;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/** Hands a partition's result to the driver's consumer; Spark calls it one result at a time. */
final class Deliver<R> extends AbstractFunction2<Object, Wire<R>, BoxedUnit> {
  private final ObjIntConsumer<R> done;

  Deliver(ObjIntConsumer<R> done) {
    this.done = done;
  }

  @Override
  public BoxedUnit apply(Object index, Wire<R> result) {
    done.accept(result.value(), (Integer) index);
    return BoxedUnit.UNIT;
  }
}
