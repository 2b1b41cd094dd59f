package org.findthelady.structure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.findthelady.core.Shape;

/**
 * A structure with room for the units of two networks of which one has more units in some groups.
 * Each network's own units come first in its groups; what is behind them is empty.
 */
public final class Widened {
  private final Structure narrow;
  private final Structure wide;
  private final Map<String, Integer> theirs;

  private Widened(Structure narrow, Structure wide, Map<String, Integer> theirs) {
    this.narrow = narrow;
    this.wide = wide;
    this.theirs = theirs;
  }

  /**
   * Finds the groups whose numbers of units explain all lengths of the other network.
   *
   * @param structure of the reference
   * @param shapes of the suspect's tensors, by the reference's names; of a stack as a whole
   * @return nothing if they do not, or if no group differs
   */
  public static Optional<Widened> of(Structure structure, Map<String, Shape> shapes) {
    Map<String, Integer> sizes = new HashMap<>();
    boolean all = structure.isKnown();
    List<Seen> seen = new ArrayList<>();
    for (Map.Entry<String, List<Axis>> tensor : structure.axes().entrySet()) {
      Shape shape = shapes.get(tensor.getKey());
      all &= shape != null && shape.rank() == tensor.getValue().size();
      for (int axis = 0; all && axis < shape.rank(); axis++) {
        seen.add(new Seen(tensor.getValue().get(axis), shape.length(axis)));
      }
    }
    seen.sort(Comparator.comparingInt(Seen::groups));
    for (Seen one : seen) {
      all = all && add(structure, one.axis(), one.length(), sizes);
    }
    sizes.entrySet().removeIf(e -> structure.group(e.getKey()).size() == e.getValue());
    if (!all || sizes.isEmpty() || !explains(structure, shapes, sizes)) {
      return Optional.empty();
    }
    Map<String, Integer> most = new HashMap<>();
    sizes.forEach((name, size) -> most.put(name, Math.max(size, structure.group(name).size())));
    return Optional.of(new Widened(structure, resized(structure, most), sizes));
  }

  /** An axis of the reference and its length in the suspect. */
  private record Seen(Axis axis, long length) {
    int groups() {
      return axis.groups().size();
    }
  }

  /**
   * Takes the size of a group of an axis from its length: of the one that other axes do not tell,
   * else of the outermost one.
   *
   * @return false if it is another
   */
  private static boolean add(
      Structure structure, Axis axis, long length, Map<String, Integer> sizes) {
    if (axis.segments().size() != 1) {
      return true;
    }
    AxisFactor open = null;
    long others = 1;
    for (AxisFactor factor : axis.segments().get(0).factors()) {
      boolean known = factor.isFixed() || sizes.containsKey(factor.groupName());
      if (!factor.isFixed() && factor.size() < structure.group(factor.groupName()).size()) {
        return length == axis.length();
      }
      if (open == null && !known) {
        open = factor;
      } else {
        others *=
            factor.isFixed()
                ? factor.size()
                : sizes.getOrDefault(factor.groupName(), factor.size());
      }
    }
    if (open == null || others == 0) {
      return length == others;
    }
    sizes.put(open.groupName(), (int) (length / others));
    return length % others == 0;
  }

  private static boolean explains(
      Structure structure, Map<String, Shape> shapes, Map<String, Integer> sizes) {
    return structure.axes().entrySet().stream()
        .allMatch(
            tensor -> {
              Shape shape = shapes.get(tensor.getKey());
              for (int axis = 0; axis < shape.rank(); axis++) {
                Axis own = tensor.getValue().get(axis);
                boolean sliced =
                    own.segments().stream()
                        .flatMap(segment -> segment.factors().stream())
                        .anyMatch(
                            f ->
                                sizes.containsKey(f.groupName())
                                    && f.size() < structure.group(f.groupName()).size());
                if (sliced || resized(own, sizes).length() != shape.length(axis)) {
                  return false;
                }
              }
              return true;
            });
  }

  private static Axis resized(Axis axis, Map<String, Integer> sizes) {
    return new Axis(
        axis.segments().stream()
            .map(
                segment ->
                    new Segment(
                        segment.factors().stream()
                            .map(
                                f ->
                                    sizes.containsKey(f.groupName())
                                        ? new AxisFactor(f.groupName(), 0, sizes.get(f.groupName()))
                                        : f)
                            .toList()))
            .toList(),
        axis.reason(),
        axis.why());
  }

  private static Structure resized(Structure structure, Map<String, Integer> sizes) {
    Map<String, Group> groups = new LinkedHashMap<>();
    for (Group group : structure.groups()) {
      int size = sizes.getOrDefault(group.name(), group.size());
      groups.put(
          group.name(),
          group.parent().isEmpty()
              ? Group.root(group.name(), size)
              : Group.within(groups.get(group.parentName()), group.name(), size));
    }
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    structure
        .axes()
        .forEach(
            (tensor, list) ->
                axes.put(tensor, list.stream().map(axis -> resized(axis, sizes)).toList()));
    return new Structure(structure.name(), groups.values(), axes);
  }

  /** The structure with room for both. */
  public Structure structure() {
    return wide;
  }

  /** The groups that differ. */
  public List<Group> groups() {
    return wide.groups().stream().filter(group -> theirs.containsKey(group.name())).toList();
  }

  /** Units of one of these groups in the reference, of a nested one in each of its parents. */
  public int ours(String group) {
    return narrow.group(group).size();
  }

  /** The same in the suspect. */
  public int theirs(String group) {
    return theirs.get(group);
  }

  /** A tensor of the reference with empty units behind its own. */
  public float[] padded(String tensor, float[] values) {
    return padded(narrow.axes(tensor), wide.axes(tensor), values);
  }

  /** A tensor of the suspect with empty units behind its own. */
  public float[] paddedSuspect(String tensor, float[] values) {
    List<Axis> own = narrow.axes(tensor).stream().map(axis -> resized(axis, theirs)).toList();
    return padded(own, wide.axes(tensor), values);
  }

  private static float[] padded(List<Axis> own, List<Axis> wide, float[] values) {
    List<int[]> places = new ArrayList<>();
    int size = 1;
    for (int axis = 0; axis < own.size(); axis++) {
      places.add(places(own.get(axis), wide.get(axis)));
      size = Math.multiplyExact(size, wide.get(axis).length());
    }
    float[] padded = new float[size];
    for (int i = 0; i < values.length; i++) {
      int rest = i;
      int to = 0;
      int stride = 1;
      for (int axis = own.size() - 1; axis >= 0; axis--) {
        int[] place = places.get(axis);
        to += place[rest % place.length] * stride;
        rest /= place.length;
        stride *= wide.get(axis).length();
      }
      padded[to] = values[i];
    }
    return padded;
  }

  /** For every index of an axis the one that the same digits have on a wider axis. */
  private static int[] places(Axis own, Axis wide) {
    int[] places = new int[own.length()];
    int base = 0;
    int at = 0;
    for (int s = 0; s < own.segments().size(); s++) {
      Segment from = own.segments().get(s);
      Segment to = wide.segments().get(s);
      for (int i = 0; i < from.length(); i++) {
        int rest = i;
        int index = 0;
        int stride = 1;
        for (int f = from.factors().size() - 1; f >= 0; f--) {
          index += rest % from.factors().get(f).size() * stride;
          rest /= from.factors().get(f).size();
          stride *= to.factors().get(f).size();
        }
        places[at++] = base + index;
      }
      base += to.length();
    }
    return places;
  }
}
