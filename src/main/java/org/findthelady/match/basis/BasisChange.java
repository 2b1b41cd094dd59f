package org.findthelady.match.basis;

import java.util.List;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.Origin;

/**
 * A suspect that is the reference in other bases.
 *
 * @param undone what was undone, in words
 * @param relative norm of what differs after that over the reference's norm, all matrices
 * @param origin told from the units whose order no basis was fitted to
 */
public record BasisChange(List<String> undone, double relative, Origin origin) {
  public BasisChange {
    undone = List.copyOf(undone);
  }

  /**
   * Whether nothing but rounding is left.
   *
   * @param roundoff largest relative error of the types that store the weights
   */
  public boolean isExact(double roundoff) {
    return relative <= Math.max(Thresholds.BASIS_ROUNDING, roundoff);
  }
}
