package org.findthelady.discover;

import java.io.Serializable;
import java.util.Objects;

/**
 * Why an axis is taken to carry a group's order, or to stay as it is.
 *
 * @param tensor and {@code axis} where it was found
 * @param group empty if the axis stays in place
 * @param logP natural logarithm of a bound on the probability that an order which has nothing to do
 *     with the axis fits as well, all candidates counted; 0 where there is no evidence
 * @param how in words
 */
public record Tie(String tensor, int axis, String group, double logP, String how)
    implements Serializable {
  public Tie {
    Objects.requireNonNull(tensor);
    Objects.requireNonNull(group);
    Objects.requireNonNull(how);
    if (axis < 0 || !(logP <= 0)) {
      throw new IllegalArgumentException(tensor + " axis " + axis + ": log p " + logP);
    }
  }
}
