package org.findthelady.match.task;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Structure;

/**
 * A piece of work that reads weights and returns little. Small itself: it can be sent to where the
 * weights are.
 *
 * @param <R> the result; small
 */
public interface MatchTask<R extends Serializable> extends Serializable {
  /** Tensors whose numbers it reads, for whoever sends it to where they are; all small if none. */
  default List<String> reads() {
    return List.of();
  }

  /** Does the work; a function of the arguments only. */
  R run(Structure structure, Weights reference, Weights suspect) throws IOException;
}
