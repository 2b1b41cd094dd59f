package org.findthelady.structure;

import java.io.Serializable;
import java.util.Optional;

/**
 * One digit of an axis index: either fixed (never moves) or a contiguous range of a group's units.
 *
 * @param groupName the group, or null for a fixed digit
 * @param start first unit of the group that this digit covers; 0 when fixed
 * @param size number of values of the digit
 */
public record AxisFactor(String groupName, int start, int size) implements Serializable {
  public AxisFactor {
    if (size < 1 || start < 0 || (groupName == null && start != 0)) {
      throw new IllegalArgumentException(
          "factor of " + groupName + " from " + start + ", size " + size);
    }
  }

  /** A digit that never moves. */
  public static AxisFactor fixed(int size) {
    return new AxisFactor(null, 0, size);
  }

  /** A digit that runs over all the units of a group. */
  public static AxisFactor of(Group group) {
    return new AxisFactor(group.name(), 0, group.size());
  }

  /** A digit that runs over the units {@code start .. start + size} of a group. */
  public static AxisFactor slice(Group group, int start, int size) {
    if (Math.addExact(start, size) > group.size()) {
      throw new IllegalArgumentException(
          "units %d..%d of group %s, which has %d"
              .formatted(start, start + size, group.name(), group.size()));
    }
    return new AxisFactor(group.name(), start, size);
  }

  /** The group whose units this digit counts. */
  public Optional<String> group() {
    return Optional.ofNullable(groupName);
  }

  /** Whether this digit never moves. */
  public boolean isFixed() {
    return groupName == null;
  }
}
