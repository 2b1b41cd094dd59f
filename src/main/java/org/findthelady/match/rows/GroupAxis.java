package org.findthelady.match.rows;

import java.io.Serializable;
import java.util.Objects;

/**
 * A tensor axis that carries a group.
 *
 * @param tensor its name
 * @param axis index of the axis
 * @param width numbers that it gives each unit of the group
 * @param role what it is to the group
 */
public record GroupAxis(String tensor, int axis, long width, Role role) implements Serializable {
  public GroupAxis {
    Objects.requireNonNull(tensor);
    Objects.requireNonNull(role);
    if (axis < 0 || width < 1) {
      throw new IllegalArgumentException(tensor + " axis " + axis + ": width " + width);
    }
  }
}
