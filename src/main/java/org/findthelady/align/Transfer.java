package org.findthelady.align;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.RotaryDigit;
import org.findthelady.structure.StackedTensor;
import org.findthelady.structure.Structure;

/** Puts the structure of a suspect on the tensors of its reference. */
final class Transfer {
  private final List<Counterpart> counterparts;
  private final Structure ofSuspect;

  Transfer(List<Counterpart> counterparts, Structure ofSuspect) {
    this.counterparts = counterparts;
    this.ofSuspect = ofSuspect;
  }

  Structure structure() {
    Structure safe = ofSuspect.without(held(), "a tensor of its group has no counterpart");
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    for (Counterpart pair : counterparts) {
      List<Axis> stored = safe.axes(pair.suspect().source().name());
      if (!stored.isEmpty() && !safe.isCompanion(pair.suspect().source().name())) {
        axes.put(
            pair.name(),
            IntStream.range(0, stored.size())
                .mapToObj(axis -> stored.get(pair.suspect().sourceAxis(axis)))
                .toList());
      }
    }
    Set<String> used = new HashSet<>();
    axes.values().forEach(list -> list.forEach(axis -> used.addAll(axis.groups())));
    List<Group> groups =
        safe.groups().stream().filter(group -> used.contains(group.name())).toList();
    return new Structure(safe.name(), groups, axes, List.of(), rotary(safe));
  }

  /** The groups of tensors that have no counterpart, or lie in a stack. */
  private Set<String> held() {
    Set<String> known = new HashSet<>();
    for (Counterpart pair : counterparts) {
      known.add(pair.suspect().source().name());
      pair.attached().keySet().forEach(tensor -> known.add(tensor.name()));
    }
    Set<String> held = new HashSet<>();
    ofSuspect
        .axes()
        .forEach(
            (tensor, axes) -> {
              if (!known.contains(tensor)) {
                axes.forEach(axis -> held.addAll(axis.groups()));
              }
            });
    for (StackedTensor stack : ofSuspect.stacks()) {
      ofSuspect.axes(stack.name()).forEach(axis -> held.addAll(axis.groups()));
    }
    return held;
  }

  private List<RotaryDigit> rotary(Structure safe) {
    Map<String, Counterpart> bySuspect = new HashMap<>();
    counterparts.forEach(c -> bySuspect.put(c.suspect().source().name(), c));
    List<RotaryDigit> rotary = new ArrayList<>();
    for (RotaryDigit digit : safe.rotary()) {
      Counterpart pair = bySuspect.get(digit.tensor());
      if (pair != null && pair.suspect().order() == null) {
        rotary.add(new RotaryDigit(pair.name(), digit.axis(), digit.segment(), digit.factor()));
      }
    }
    return rotary;
  }
}
