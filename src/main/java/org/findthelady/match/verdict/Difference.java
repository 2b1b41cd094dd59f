package org.findthelady.match.verdict;

import java.util.Collection;
import org.findthelady.match.compare.TensorComparison;

/**
 * All compared tensors of one suspect taken together.
 *
 * @param cosine of all changed weights as one vector; 1 if none changed
 * @param relative norm of the difference over the reference's norm, changed weights only
 * @param relativeTerms the same of biases and normalisation terms
 * @param keptEqual share of changed weights, of those that are not zero on both sides, that are
 *     equal
 * @param referenceZeroShare share of exact zeros among changed weights
 * @param suspectZeroShare likewise
 * @param notFinite elements that are NaN or infinite
 */
public record Difference(
    double cosine,
    double relative,
    double relativeTerms,
    double keptEqual,
    double referenceZeroShare,
    double suspectZeroShare,
    long notFinite) {
  /** Sums over tensors; weights are tensors of rank 2 and up. */
  public static Difference of(Collection<TensorComparison> tensors) {
    Sums weights = new Sums();
    Sums terms = new Sums();
    for (TensorComparison tensor : tensors) {
      (tensor.weight() ? weights : terms).add(tensor);
    }
    double norms = Math.sqrt(weights.reference) * Math.sqrt(weights.suspect);
    return new Difference(
        norms > 0 ? weights.dot / norms : weights.reference == weights.suspect ? 1 : 0,
        weights.relative(),
        terms.relative(),
        weights.kept == 0 ? 0 : weights.equal / weights.kept,
        weights.changed == 0 ? 0 : weights.referenceZeros / weights.changed,
        weights.changed == 0 ? 0 : weights.suspectZeros / weights.changed,
        weights.notFinite + terms.notFinite);
  }

  /** Sums over the tensors that changed. */
  private static final class Sums {
    private double dot;
    private double reference;
    private double suspect;
    private double difference;
    private double referenceZeros;
    private double suspectZeros;
    private double changed;
    private double kept;
    private double equal;
    private long notFinite;

    void add(TensorComparison tensor) {
      notFinite += tensor.notFinite();
      if (tensor.bytesEqual()) {
        return;
      }
      dot += tensor.dot();
      reference += tensor.referenceSquares();
      suspect += tensor.suspectSquares();
      difference += tensor.differenceSquares();
      changed += tensor.elements();
      kept += tensor.kept();
      equal += tensor.keptEqual();
      referenceZeros += tensor.referenceZeroShare() * tensor.elements();
      suspectZeros += tensor.suspectZeroShare() * tensor.elements();
    }

    double relative() {
      return difference == 0 ? 0 : Math.sqrt(difference / reference);
    }
  }
}
