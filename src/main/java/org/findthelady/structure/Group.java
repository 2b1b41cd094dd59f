package org.findthelady.structure;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Optional;
import org.findthelady.core.Shape;

/**
 * A permutation group: units (neurons, channels, heads, experts) that may trade places if all the
 * tensor axes that carry them move together. A nested group (dimensions inside a head) has one
 * independent permutation for every unit of its parent.
 *
 * @param name unique within the structure
 * @param size places in one instance
 * @param parentName the group whose units each hold an instance of this one; null at the root
 * @param instances product of the sizes of all ancestors; 1 at the root
 */
public record Group(String name, int size, String parentName, int instances)
    implements Serializable {
  public Group {
    if (size < 1 || instances < 1 || (parentName == null && instances != 1)) {
      throw new IllegalArgumentException(
          "group " + name + ": size " + size + ", " + instances + " instances");
    }
  }

  /** A group of its own. */
  public static Group root(String name, int size) {
    return new Group(name, size, null, 1);
  }

  /** A group with one instance in every unit of {@code parent}. */
  public static Group within(Group parent, String name, int size) {
    return new Group(name, size, parent.name, Math.multiplyExact(parent.instances, parent.size));
  }

  /** The enclosing group's name. */
  public Optional<String> parent() {
    return Optional.ofNullable(parentName);
  }

  /** All units over all instances; unit {@code instance * size + place} names one of them. */
  public int units() {
    return Math.multiplyExact(size, instances);
  }

  /** Whether a tensor of that shape, of which nothing else is known, could carry the group. */
  public boolean couldLieOn(Shape shape) {
    return Arrays.stream(shape.toArray()).anyMatch(n -> n > 1 && n % units() == 0);
  }
}
