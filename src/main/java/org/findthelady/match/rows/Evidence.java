package org.findthelady.match.rows;

import java.io.Serializable;
import java.util.Objects;

/**
 * One member of a group as evidence in a comparison.
 *
 * @param tensor name
 * @param axis index of the axis that carries the group
 * @param width numbers that it gives each unit
 * @param weight factor of this member's products
 * @param centred whether the reference's mean is taken off each column first
 * @param noise mean squared noise that is expected, as a share of the mean square
 * @param anySign whether a unit whose numbers here have their sign turned is as much alike
 */
public record Evidence(
    String tensor,
    int axis,
    long width,
    float weight,
    boolean centred,
    double noise,
    boolean anySign)
    implements Serializable {
  public Evidence {
    Objects.requireNonNull(tensor);
    if (axis < 0 || !(weight > 0) || Float.isInfinite(weight)) {
      throw new IllegalArgumentException(tensor + " axis " + axis + ": weight " + weight);
    }
  }

  /** Evidence of which the sign counts. */
  public Evidence(
      String tensor, int axis, long width, float weight, boolean centred, double noise) {
    this(tensor, axis, width, weight, centred, noise, false);
  }

  /** The same, whatever the sign of a unit's numbers. */
  public Evidence ofAnySign() {
    return new Evidence(tensor, axis, width, weight, centred, noise, true);
  }
}
