package org.findthelady.match.task;

import java.io.IOException;
import java.io.Serializable;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Structure;

/**
 * A piece of work that reads weights and returns little. Small itself: it can be sent to where the
 * weights are.
 *
 * @param <R> the result; small
 */
public interface MatchTask<R extends Serializable> extends Serializable {
  /** Does the work; a function of the arguments only. */
  R run(Structure structure, Weights reference, Weights suspect) throws IOException;

  /** In words, for progress displays: "Scoring features.7: 512 x 4608". */
  String description();

  /** Bytes of weights that it reads, as floats. */
  long bytes();

  /** Multiplications and additions. */
  double flops();
}
