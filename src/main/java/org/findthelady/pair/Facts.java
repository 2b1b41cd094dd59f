package org.findthelady.pair;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.align.Counterpart;
import org.findthelady.core.DType;
import org.findthelady.core.FloatRange;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.rows.EqualTensor;
import org.findthelady.match.rows.Weights;
import org.findthelady.match.verdict.PairFacts;
import org.findthelady.structure.Structure;

/** Gathers what a verdict needs to know of a pair beside its match. */
final class Facts {
  private Facts() {}

  /**
   * Reads equal tensors, if the match alone does not show a common origin.
   *
   * @param tensors every tensor compared
   */
  static PairFacts of(
      PairContext context, MatchOptions options, MatchResult match, List<TensorComparison> tensors)
      throws IOException {
    Structure structure = context.structure();
    return new PairFacts(
        structure::isCompanion,
        structure.stacks(),
        match.origin().common() ? Map.of() : equal(context, options, tensors),
        roundoff(context));
  }

  private static Map<String, EqualTensor> equal(
      PairContext context, MatchOptions options, List<TensorComparison> tensors)
      throws IOException {
    Map<String, EqualTensor> equal = new HashMap<>();
    try (PairReaders readers = new PairReaders(context, options)) {
      Weights reference = readers.referenceWeights(0);
      for (TensorComparison tensor : tensors) {
        boolean much =
            tensor.bytesEqual()
                || tensor.keptEqual() > Thresholds.EQUAL_SHARE * Math.max(1, tensor.kept());
        if (tensor.weight() && much && reference.has(tensor.tensor())) {
          equal.put(tensor.tensor(), EqualTensor.of(reference, tensor.tensor()));
        }
      }
    }
    return equal;
  }

  private static double roundoff(PairContext context) {
    double roundoff = 0;
    for (Counterpart pair : context.alignment().counterparts()) {
      for (DType type :
          List.of(pair.reference().source().dtype(), pair.suspect().source().dtype())) {
        roundoff = Math.max(roundoff, FloatRange.roundoff(type));
      }
    }
    return roundoff;
  }
}
