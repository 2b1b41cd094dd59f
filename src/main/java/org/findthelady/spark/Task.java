package org.findthelady.spark;

import java.io.Serializable;

/**
 * What an executor does with one item. A named class, never a lambda, so that what crosses the wire
 * is visible; everything that it holds is serialised with Java serialization.
 */
@FunctionalInterface
public interface Task<T extends Serializable, R extends Serializable> extends Serializable {
  /** Runs on an executor. */
  R run(T item) throws Exception;
}
