package org.findthelady.job;

import java.io.IOException;
import java.util.List;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.MatchResult;
import org.findthelady.match.TensorComparison;
import org.findthelady.structure.Assignment;

/** Where the heavy steps of one pair run: in this thread, or spread over executors. */
interface Execution {
  /** Finds the permutations. */
  MatchResult match(PairContext context, MatchOptions options) throws IOException;

  /** Compares all tensors in the order of {@link PairContext#compared}. */
  List<TensorComparison> compare(PairContext context, MatchOptions options, Assignment resync)
      throws IOException;

  /** Tensor bytes read so far. */
  long bytesRead();
}
