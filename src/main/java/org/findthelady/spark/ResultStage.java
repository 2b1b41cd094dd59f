package org.findthelady.spark;

import java.io.IOException;
import java.io.Serializable;

/**
 * Where executors leave results that are too large to be sent to the driver: what it may receive is
 * limited by {@code spark.driver.maxResultSize}. Then only their addresses cross the wire.
 */
public interface ResultStage extends Serializable {
  /** Keeps a result; returns its address. Runs on an executor. */
  String put(byte[] result) throws IOException;

  /** Gives a result and forgets it. Runs on the driver. */
  byte[] take(String address) throws IOException;
}
