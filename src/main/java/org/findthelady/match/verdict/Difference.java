package org.findthelady.match.verdict;

import java.util.Collection;
import org.findthelady.match.compare.TensorComparison;

/**
 * All compared tensors of one suspect taken together.
 *
 * @param cosine of all changed weights as one vector
 * @param relative norm of the difference over the reference's norm, changed weights only
 * @param equalShare share of weight elements that are not zero and bit-equal
 * @param referenceZeroShare share of exact zeros among changed weights
 * @param suspectZeroShare likewise
 * @param notFinite elements that are NaN or infinite
 */
public record Difference(
    double cosine,
    double relative,
    double equalShare,
    double referenceZeroShare,
    double suspectZeroShare,
    long notFinite) {
  /** Sums over tensors; weights are tensors of rank 2 and up. */
  public static Difference of(Collection<TensorComparison> tensors) {
    double dot = 0;
    double reference = 0;
    double suspect = 0;
    double difference = 0;
    double referenceZeros = 0;
    double suspectZeros = 0;
    double changed = 0;
    double equal = 0;
    double weights = 0;
    long notFinite = 0;
    for (TensorComparison tensor : tensors) {
      notFinite += tensor.notFinite();
      if (!tensor.weight()) {
        continue;
      }
      weights += tensor.elements();
      double zeros =
          Math.max(tensor.referenceZeroShare(), tensor.suspectZeroShare()) * tensor.elements();
      equal += Math.max(0, tensor.elements() - tensor.different() - zeros);
      if (tensor.bytesEqual()) {
        continue;
      }
      dot += tensor.dot();
      reference += tensor.referenceSquares();
      suspect += tensor.suspectSquares();
      difference += tensor.differenceSquares();
      changed += tensor.elements();
      referenceZeros += tensor.referenceZeroShare() * tensor.elements();
      suspectZeros += tensor.suspectZeroShare() * tensor.elements();
    }
    double norms = Math.sqrt(reference) * Math.sqrt(suspect);
    return new Difference(
        norms > 0 ? dot / norms : reference == suspect ? 1 : 0,
        difference == 0 ? 0 : Math.sqrt(difference / reference),
        weights == 0 ? 0 : equal / weights,
        changed == 0 ? 0 : referenceZeros / changed,
        changed == 0 ? 0 : suspectZeros / changed,
        notFinite);
  }
}
