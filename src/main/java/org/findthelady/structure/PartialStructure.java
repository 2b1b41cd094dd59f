package org.findthelady.structure;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.core.Shape;

/**
 * A structure for a pair that has some of its tensors only, or has them in other lengths.
 *
 * @param shapes of the tensors that are there
 * @param why what axes that are held say from then on
 */
record PartialStructure(Structure full, Map<String, Shape> shapes, String why) {
  Structure structure() {
    if (isWhole()) {
      return full;
    }
    Set<String> held = new HashSet<>();
    Set<String> broken = new HashSet<>();
    for (StackedTensor stack : full.stacks()) {
      if (!shapes.keySet().containsAll(stack.parts())) {
        broken.add(stack.name());
        full.axes().get(stack.name()).forEach(axis -> held.addAll(axis.groups()));
      }
    }
    full.axes().forEach((tensor, list) -> held.addAll(misfits(list, shapes.get(tensor))));
    Structure safe = full.without(held, why);
    LinkedHashMap<String, List<Axis>> kept = new LinkedHashMap<>();
    safe.axes()
        .forEach(
            (tensor, list) -> {
              boolean whole = full.stack(tensor).isPresent();
              if (whole ? !broken.contains(tensor) : shapes.containsKey(tensor)) {
                kept.put(tensor, whole ? list : resized(list, shapes.get(tensor), why));
              }
            });
    Set<String> used = new HashSet<>();
    kept.values().forEach(list -> list.forEach(axis -> used.addAll(axis.groups())));
    return full.with(
        safe.groups().stream().filter(group -> used.contains(group.name())).toList(),
        kept,
        full.stacks().stream().filter(stack -> !broken.contains(stack.name())).toList(),
        full.rotary().stream().filter(digit -> kept.containsKey(digit.tensor())).toList());
  }

  private boolean isWhole() {
    return full.stacks().stream().allMatch(stack -> shapes.keySet().containsAll(stack.parts()))
        && full.axes().entrySet().stream()
            .filter(entry -> full.stacks().stream().noneMatch(s -> s.name().equals(entry.getKey())))
            .allMatch(
                entry -> {
                  Shape shape = shapes.get(entry.getKey());
                  return shape != null && resized(entry.getValue(), shape, "") == entry.getValue();
                });
  }

  /** The groups on axes that are not as long as they should be. */
  private static Set<String> misfits(List<Axis> list, Shape shape) {
    Set<String> misfits = new HashSet<>();
    for (int axis = 0; shape != null && axis < list.size(); axis++) {
      if (list.size() != shape.rank() || list.get(axis).length() != shape.length(axis)) {
        misfits.addAll(list.get(axis).groups());
      }
    }
    return misfits;
  }

  /** Axes in the lengths that are there; the same list if they are as long as they should be. */
  private static List<Axis> resized(List<Axis> list, Shape shape, String why) {
    List<Axis> resized = new ArrayList<>();
    boolean changed = list.size() != shape.rank();
    for (int axis = 0; axis < shape.rank(); axis++) {
      boolean fits = axis < list.size() && list.get(axis).length() == shape.length(axis);
      resized.add(fits ? list.get(axis) : Axis.frozen(shape.intLength(axis), why));
      changed |= !fits;
    }
    return changed ? resized : list;
  }
}
