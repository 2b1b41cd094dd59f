package org.findthelady.match.basis;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.findthelady.core.Shape;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.MatchResult;

/**
 * A suspect that is the reference in other bases.
 *
 * @param undone what was undone
 * @param tensors by name, compared once that is undone; gains that were folded count as equal
 * @param left tensors that are too large to be looked at
 * @param match how the units were put back whose order no basis was fitted to, and the origin as
 *     told from those
 * @param tables tells whether tensors that only the suspect has are tables of the reference
 */
public record BasisChange(
    List<Undone> undone,
    Map<String, TensorComparison> tensors,
    List<String> left,
    MatchResult match,
    Tables tables) {
  /** Where normalisations were folded: both sides are folded to be compared. */
  public static final String NORMALISATION = "normalisation";

  /** Where units were scaled. */
  static final String UNITS = "units";

  public BasisChange {
    undone = List.copyOf(undone);
    tensors = Map.copyOf(tensors);
    left = List.copyOf(left);
  }

  /**
   * One thing that was undone.
   *
   * @param place the stream, or what kind of parts
   * @param words what had been done to it
   */
  public record Undone(String place, String words) {}

  /** Tables of the reference, such as embeddings that serve as the output's weights too. */
  public interface Tables {
    /**
     * Whether a matrix of the suspect alone is one of them once the bases are undone.
     *
     * @param values row-major; changed
     */
    boolean have(String name, Shape shape, float[] values) throws IOException;
  }

  /** Whether more than units were scaled. */
  public boolean isTurned() {
    return undone.stream().anyMatch(one -> !one.place().equals(UNITS));
  }

  /** Norm of what differs after that over the reference's norm, over all matrices. */
  public double relative() {
    double gap = 0;
    double squares = 0;
    for (TensorComparison tensor : tensors.values()) {
      gap += tensor.weight() ? tensor.differenceSquares() : 0;
      squares += tensor.weight() ? tensor.referenceSquares() : 0;
    }
    return squares == 0 ? Double.POSITIVE_INFINITY : Math.sqrt(gap / squares);
  }

  /**
   * Whether nothing but rounding is left.
   *
   * @param roundoff largest relative error of the types that store the weights
   */
  public boolean isExact(double roundoff) {
    return left.isEmpty()
        && relative() <= Math.max(Thresholds.BASIS_ROUNDING, roundoff)
        && tensors.values().stream()
            .allMatch(
                tensor ->
                    tensor.relativeDifference()
                        <= Math.max(Thresholds.BASIS_ROUNDING_OF_ONE, roundoff));
  }
}
