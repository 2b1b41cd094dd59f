package org.findthelady.checkpoint.packed;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.findthelady.checkpoint.PartMove;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;

/** Numbers of which every block of a weight has one: scales, zero points, shifts. */
interface Terms extends Serializable {
  /** Reads lines of blocks, as {@link Blocks#line} counts them. */
  @FunctionalInterface
  interface Lines {
    /** The numbers of one line; not to be changed. */
    float[] line(long index) throws IOException;
  }

  /** The stored tensors. */
  List<TensorInfo> parts();

  /** Begins to read. */
  Lines open(TensorReader reader, Blocks blocks) throws IOException;

  /**
   * How the stored tensors are rewritten when the weight is gathered.
   *
   * @param from terms of the same kind
   * @param weight for errors
   */
  List<PartMove> moves(Terms from, Blocks blocks, int[][] gathers, String weight);
}
