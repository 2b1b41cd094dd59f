package org.findthelady.experiment;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.perturb.LayerSelection;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Group;
import org.findthelady.structure.Segment;
import org.findthelady.structure.Structure;

/** Parts of a structure: one group with what is nested in it, everything else held still. */
public final class Neighbourhood {
  private Neighbourhood() {}

  /** The root groups, each the seed of a neighbourhood. */
  public static List<Group> roots(Structure structure) {
    return structure.groups().stream().filter(g -> g.parent().isEmpty()).toList();
  }

  /** A root group, the groups nested in it, and the tensors that carry any of them. */
  public static Structure of(Structure structure, Group root) {
    Set<String> family = new LinkedHashSet<>();
    List<Group> kept = new ArrayList<>();
    for (Group group : structure.groups()) {
      boolean inside = group.parent().map(family::contains).orElse(group.equals(root));
      if (inside) {
        family.add(group.name());
        kept.add(group);
      }
    }
    return part(structure, kept, family, structure.axes().keySet());
  }

  /**
   * The groups whose names fit, with what is nested in them and the tensors that carry them.
   *
   * @throws IllegalArgumentException if no name fits
   */
  static Structure ofGroups(Structure structure, LayerSelection names) {
    Set<String> family = new LinkedHashSet<>();
    List<Group> kept = new ArrayList<>();
    for (Group group : structure.groups()) {
      if (group.parent().map(family::contains).orElse(names.names(group.name()))) {
        family.add(group.name());
        kept.add(group);
      }
    }
    if (kept.isEmpty()) {
      throw new IllegalArgumentException(
          "no group of " + structure.name() + " fits " + names.patterns());
    }
    return part(structure, kept, family, structure.axes().keySet());
  }

  /** A structure with some of its tensors only. */
  static Structure ofTensors(Structure structure, Collection<String> tensors) {
    Set<String> names = new LinkedHashSet<>();
    structure.groups().forEach(group -> names.add(group.name()));
    return part(structure, List.copyOf(structure.groups()), names, tensors);
  }

  /**
   * The paper's view of a layer: the group on axis 0 of one tensor, and that tensor alone.
   *
   * @throws IllegalArgumentException if no root group lies on axis 0
   */
  public static Structure ofTensor(Structure structure, String tensor) {
    Group group = producedBy(structure, tensor);
    return part(structure, List.of(group), Set.of(group.name()), List.of(tensor));
  }

  /** The root group that lies on axis 0 of a tensor. */
  public static Group producedBy(Structure structure, String tensor) {
    return onAxis(structure, tensor, 0);
  }

  /** The root group that lies on axis 1 of a tensor: the neurons of the layer before it. */
  static Group readBy(Structure structure, String tensor) {
    return onAxis(structure, tensor, 1);
  }

  private static Group onAxis(Structure structure, String tensor, int axis) {
    return structure.axes(tensor).stream()
        .skip(axis)
        .limit(1)
        .flatMap(found -> found.groups().stream())
        .map(structure::group)
        .filter(group -> group.parent().isEmpty())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no group moves axis %d of '%s' in %s"
                        .formatted(axis, tensor, structure.name())));
  }

  private static Structure part(
      Structure structure, List<Group> groups, Set<String> names, Collection<String> tensors) {
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    for (String tensor : tensors) {
      List<Axis> held = structure.axes(tensor).stream().map(axis -> held(axis, names)).toList();
      if (held.stream().anyMatch(axis -> !axis.isFrozen())) {
        axes.put(tensor, held);
      }
    }
    return new Structure(structure.name(), groups, axes);
  }

  private static Axis held(Axis axis, Set<String> moving) {
    List<Segment> segments = new ArrayList<>();
    for (Segment segment : axis.segments()) {
      List<AxisFactor> factors = new ArrayList<>();
      for (AxisFactor factor : segment.factors()) {
        boolean moves = factor.group().map(moving::contains).orElse(false);
        factors.add(moves ? factor : AxisFactor.fixed(factor.size()));
      }
      segments.add(new Segment(factors));
    }
    boolean frozen = segments.stream().allMatch(Segment::isFixed);
    return new Axis(segments, frozen ? "held still" : "");
  }
}
