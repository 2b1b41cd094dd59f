package org.findthelady.structure.derive;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.FreezeReason;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Segment;
import org.findthelady.structure.Structure;
import org.findthelady.structure.trace.Coordinates;

/**
 * From coordinates to a structure: group the elements, check the symmetry, write the axes, check
 * that the structure moves every axis as the symbols do. Whatever fails a check is held still and
 * the derivation starts again, so that the result is a symmetry or has no group.
 */
final class Derivation {
  /** Each turn holds at least one more element still; this many mean a defect. */
  private static final int MOST_TURNS = 200;

  private final String name;
  private final Coordinates coordinates;
  private final Map<String, long[]> tensors;
  private final Set<Integer> rigid = new HashSet<>();

  /**
   * @param tensors every stored tensor's axis lengths
   */
  Derivation(String name, Coordinates coordinates, Map<String, long[]> tensors) {
    this.name = name;
    this.coordinates = coordinates;
    this.tensors = tensors;
  }

  Structure structure() {
    for (int turn = 0; turn < MOST_TURNS; turn++) {
      CoordinateClasses elements = CoordinateClasses.of(coordinates);
      Grouping grouping = new Grouping(elements, rigid);
      Set<Integer> failures = new LinkedHashSet<>(grouping.misfits());
      failures.addAll(new SymmetryCheck(coordinates, elements, grouping, turn).failures());
      if (!failures.isEmpty()) {
        hold(failures, elements, grouping);
        continue;
      }
      Structure structure = written(elements, grouping, failures);
      if (failures.isEmpty()) {
        return structure;
      }
      hold(failures, elements, grouping);
    }
    coordinates
        .carriers()
        .forEach(c -> coordinates.freeze(c.coordinates(), FreezeReason.BY_POSITION.text()));
    return structure();
  }

  /** Holds the innermost groups of these elements still: first inside their parent, then at all. */
  private void hold(Set<Integer> failures, CoordinateClasses elements, Grouping grouping) {
    Set<Integer> blamed = new HashSet<>();
    Set<Integer> frozen = new HashSet<>();
    for (int x : failures) {
      int[] tips = grouping.tips(x);
      boolean nested = tips.length == 2 && grouping.drafts().get(tips[0]).parent() >= 0;
      boolean already = rigid.contains(elements.coordinate(x));
      if (tips.length == 2 && !already) {
        (nested ? blamed : frozen).add(tips[0]);
      } else {
        coordinates.freeze(new int[] {elements.coordinate(x)}, FreezeReason.BY_POSITION.text());
      }
    }
    for (int x = 0; x < elements.count(); x++) {
      int[] tips = grouping.tips(x);
      if (tips.length == 2 && blamed.contains(tips[0])) {
        rigid.add(elements.coordinate(x));
      } else if (tips.length == 2 && frozen.contains(tips[0])) {
        coordinates.freeze(new int[] {elements.coordinate(x)}, FreezeReason.BY_POSITION.text());
      }
    }
  }

  /** A trial: an assignment and what it does to elements, worked out without the axes. */
  private record Moves(GroupPermutations assignment, int[] sources, Ranks ranks) {}

  private Structure written(CoordinateClasses elements, Grouping grouping, Set<Integer> failures) {
    List<Group> groups = named(elements, grouping);
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    Map<String, Coordinates.Carrier> carriers = new HashMap<>();
    coordinates.carriers().forEach(c -> carriers.put(c.axis() + ":" + c.tensor(), c));
    Structure bare = new Structure(name, groups, Map.of());
    GroupPermutations assignment = Shuffle.of(bare, 1);
    int[][] units = groups.stream().map(g -> assignment.unitSources(bare, g)).toArray(int[][]::new);
    Moves moves = new Moves(assignment, grouping.sources(units), new Ranks(elements.count()));
    tensors.forEach(
        (tensor, dims) -> {
          List<Axis> list = new ArrayList<>();
          for (int axis = 0; axis < dims.length; axis++) {
            Coordinates.Carrier carrier = carriers.get(axis + ":" + tensor);
            list.add(
                carrier == null
                    ? still(tensor, axis, dims[axis])
                    : axis(carrier, elements, grouping, groups, bare, moves, failures));
          }
          axes.put(tensor, list);
        });
    Set<String> seen = new HashSet<>();
    axes.values().forEach(list -> list.forEach(axis -> seen.addAll(axis.groups())));
    return failures.isEmpty()
        ? new Structure(name, groups.stream().filter(g -> seen.contains(g.name())).toList(), axes)
        : bare;
  }

  private Axis still(String tensor, int axis, long length) {
    int indices = Math.toIntExact(length);
    if (length == 1) {
      return Axis.frozen(indices, FreezeReason.SINGLE_INDEX);
    }
    String why = coordinates.frozenBecause(tensor, axis);
    return why == null ? Axis.frozen(indices, FreezeReason.NOT_REACHED) : Axis.frozen(indices, why);
  }

  private Axis axis(
      Coordinates.Carrier carrier,
      CoordinateClasses elements,
      Grouping grouping,
      List<Group> groups,
      Structure bare,
      Moves moves,
      Set<Integer> failures) {
    int[] along = elements.of(carrier.coordinates());
    boolean still = true;
    for (int x : along) {
      still &= grouping.tips(x).length == 0;
    }
    if (still) {
      String why = coordinates.frozenBecause(carrier.coordinates()[0]);
      return why == null
          ? Axis.frozen(along.length, FreezeReason.ALL_DIFFERENT)
          : Axis.frozen(along.length, why);
    }
    int[] wanted = moves.ranks().gather(along, moves.sources());
    for (boolean single : new boolean[] {false, true}) {
      Optional<Axis> axis = layout(carrier, along, single, grouping, groups);
      if (axis.isPresent() && Arrays.equals(bare.gather(axis.get(), moves.assignment()), wanted)) {
        return axis.get();
      }
    }
    for (int x : along) {
      if (grouping.tips(x).length > 0) {
        failures.add(x);
      }
    }
    return Axis.of(Segment.of(AxisFactor.fixed(along.length)));
  }

  /** The axis, or empty where a structure cannot express it. */
  private Optional<Axis> layout(
      Coordinates.Carrier carrier,
      int[] along,
      boolean single,
      Grouping grouping,
      List<Group> groups) {
    try {
      Axis axis = new AxisLayout(grouping, groups, along, single).axis();
      Set<Integer> used = new TreeSet<>();
      for (int x : along) {
        int[] chain = grouping.chain(x);
        for (int i = 0; i < chain.length; i += 2) {
          used.add(chain[i]);
        }
      }
      // The constructor checks the axis.
      new Structure(
          name, used.stream().map(groups::get).toList(), Map.of(carrier.tensor(), List.of(axis)));
      return Optional.of(axis);
    } catch (IllegalArgumentException notExpressible) {
      return Optional.empty();
    }
  }

  private List<Group> named(CoordinateClasses elements, Grouping grouping) {
    List<Grouping.Draft> drafts = grouping.drafts();
    String[] first = new String[drafts.size()];
    for (Coordinates.Carrier carrier : coordinates.carriers()) {
      for (int coordinate : carrier.coordinates()) {
        int[] tips = grouping.tips(elements.of(coordinate));
        for (int i = 0; i < tips.length; i += 2) {
          for (int g = tips[i]; g >= 0 && first[g] == null; g = drafts.get(g).parent()) {
            first[g] = carrier.tensor();
          }
        }
      }
    }
    boolean[] holds = new boolean[drafts.size()];
    drafts.stream().filter(d -> d.parent() >= 0).forEach(d -> holds[d.parent()] = true);
    Set<String> taken = new HashSet<>();
    List<Group> groups = new ArrayList<>();
    for (int g = 0; g < drafts.size(); g++) {
      Grouping.Draft draft = drafts.get(g);
      String base = first[g] == null ? "unseen" : first[g];
      String suffix = draft.parent() >= 0 ? ".inner" : holds[g] ? ".blocks" : "";
      String unique = base + suffix;
      for (int k = 2; !taken.add(unique); k++) {
        unique = base + suffix + "#" + k;
      }
      groups.add(
          draft.parent() < 0
              ? Group.root(unique, draft.size())
              : Group.within(groups.get(draft.parent()), unique, draft.size()));
    }
    return groups;
  }
}
