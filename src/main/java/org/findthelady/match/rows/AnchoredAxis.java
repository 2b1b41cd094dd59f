package org.findthelady.match.rows;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.core.Shape;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Group;
import org.findthelady.structure.Segment;
import org.findthelady.structure.Structure;

/**
 * A member and the groups that must be in reference order before it can be compared.
 *
 * @param around groups on the tensor's other axes and beside the group on its own; holds the group
 *     itself where the tensor refers to it twice
 */
public record AnchoredAxis(GroupAxis member, Set<String> around) {
  public AnchoredAxis {
    around = Set.copyOf(around);
  }

  /** Whether it gives each unit more than one number per copy. */
  public boolean isMatrix() {
    return member.role() != Role.SCALAR;
  }

  /** Every group's members, in the order of the structure's tensors. */
  public static Map<String, List<AnchoredAxis>> of(
      Structure structure, Weights reference, Weights suspect) {
    Map<String, List<AnchoredAxis>> members = new LinkedHashMap<>();
    structure.groups().forEach(group -> members.put(group.name(), new ArrayList<>()));
    OutputAxes outputs = OutputAxes.of(structure, reference);
    for (Map.Entry<String, List<Axis>> tensor : structure.axes().entrySet()) {
      if (!reference.has(tensor.getKey()) || !suspect.has(tensor.getKey())) {
        continue;
      }
      Shape shape = reference.shape(tensor.getKey());
      for (int axis = 0; axis < tensor.getValue().size(); axis++) {
        for (String group : tensor.getValue().get(axis).groups()) {
          members.get(group).add(candidate(structure, tensor, shape, axis, group, outputs));
        }
      }
    }
    return members;
  }

  /** The tensors of some groups' members, each once. */
  public static List<String> tensors(Map<String, List<AnchoredAxis>> members) {
    return members.values().stream()
        .flatMap(List::stream)
        .map(c -> c.member().tensor())
        .distinct()
        .toList();
  }

  private static AnchoredAxis candidate(
      Structure structure,
      Map.Entry<String, List<Axis>> tensor,
      Shape shape,
      int axis,
      String group,
      OutputAxes outputs) {
    List<Axis> axes = tensor.getValue();
    Set<String> around = new LinkedHashSet<>();
    long places = 0;
    for (int other = 0; other < axes.size(); other++) {
      if (other != axis) {
        around.addAll(axes.get(other).groups());
      }
    }
    for (Segment segment : axes.get(axis).segments()) {
      Set<String> beside = new LinkedHashSet<>();
      for (AxisFactor factor : segment.factors()) {
        factor.group().ifPresent(beside::add);
      }
      if (beside.remove(group)) {
        around.addAll(beside);
        places += segment.length();
      }
    }
    Group carried = structure.group(group);
    long across = shape.elements() / shape.length(axis);
    long width = Math.multiplyExact(places / carried.units(), across);
    Role role = role(across, axis == outputs.of(tensor.getKey(), shape));
    return new AnchoredAxis(new GroupAxis(tensor.getKey(), axis, width, role), around);
  }

  private static Role role(long across, boolean output) {
    return across == 1 ? Role.SCALAR : output ? Role.INCOMING : Role.OUTGOING;
  }
}
