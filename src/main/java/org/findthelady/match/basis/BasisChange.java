package org.findthelady.match.basis;

import java.util.List;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.Origin;

/**
 * A suspect that is the reference in other bases.
 *
 * @param undone what was undone
 * @param relative norm of what differs after that over the reference's norm, all matrices
 * @param origin told from the units whose order no basis was fitted to
 * @param weights the suspect after that, in the reference's order; without gains that were folded
 */
public record BasisChange(
    List<Undone> undone, double relative, Origin origin, MemoryWeights weights) {
  public BasisChange {
    undone = List.copyOf(undone);
  }

  /**
   * One thing that was undone.
   *
   * @param place the stream, or what kind of parts
   * @param words what had been done to it
   */
  public record Undone(String place, String words) {}

  /**
   * Whether nothing but rounding is left.
   *
   * @param roundoff largest relative error of the types that store the weights
   */
  public boolean isExact(double roundoff) {
    return relative <= Math.max(Thresholds.BASIS_ROUNDING, roundoff);
  }
}
