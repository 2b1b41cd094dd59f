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
 */
public record Evidence(
    String tensor, int axis, long width, float weight, boolean centred, double noise)
    implements Serializable {
  public Evidence {
    Objects.requireNonNull(tensor);
    if (axis < 0 || !(weight > 0) || Float.isInfinite(weight)) {
      throw new IllegalArgumentException(tensor + " axis " + axis + ": weight " + weight);
    }
  }
}
