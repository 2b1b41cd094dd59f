package org.findthelady.pair;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.result.MatchResult;
import org.findthelady.structure.GroupPermutations;

/** Where the heavy steps of one pair run: in this thread, or spread over executors. */
public interface Execution {
  /**
   * The reference of a pair.
   *
   * @throws org.findthelady.core.CheckpointException if it cannot be read
   */
  default OpenedReference reference(PairRequest pair) {
    return OpenedReference.open(pair.store(), pair.reference(), pair.structure());
  }

  /** Where the suspect of a pair is read before its reference is opened. */
  default Store suspects(PairRequest pair) {
    return pair.store();
  }

  /** Where the suspect of a pair is read, and the tensors of both. */
  Store store(PairRequest pair, OpenedReference reference);

  /** Opens what matching reads. */
  MatchSession match(PairContext context, MatchOptions options) throws IOException;

  /**
   * Compares tensors.
   *
   * @param tensors of {@link PairContext#compared}
   * @return in the order of {@code tensors}
   */
  List<TensorComparison> compare(
      PairContext context, MatchOptions options, List<TensorInfo> tensors, GroupPermutations resync)
      throws IOException;

  /**
   * Looks at tensors a second time, as many at once as there are processors.
   *
   * @return in the order of {@code asked}
   */
  default List<TensorLook> look(
      PairContext context, MatchOptions options, MatchResult match, List<TensorLook.Asked> asked)
      throws IOException {
    try {
      return asked.parallelStream().map(one -> looked(context, options, match, one)).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static TensorLook looked(
      PairContext context, MatchOptions options, MatchResult match, TensorLook.Asked asked) {
    try {
      return TensorLook.at(context, options, match, asked);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Tensor bytes of both that were read for the last pair.
   *
   * @param beside those that were read beside matching and comparing
   */
  long bytesRead(PairContext context, long beside);
}
