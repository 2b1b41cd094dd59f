package org.findthelady.checkpoint;

/** Shows what every format reads in another way; found through {@link java.util.ServiceLoader}. */
@FunctionalInterface
public interface FormatLayer {
  /** The same format, seen through this layer. */
  CheckpointFormat over(CheckpointFormat format);
}
