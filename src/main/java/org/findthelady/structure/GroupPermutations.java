package org.findthelady.structure;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.core.Permutation;

/**
 * One permutation for every instance of every group of a structure; groups that are not named stay
 * as they are. A nested group's instance is counted in the <em>output</em>: output unit u of output
 * instance i takes from unit {@code permutation(i).source(u)} of the instance that the parent's
 * permutation brings to place i. Immutable.
 */
public final class GroupPermutations implements Serializable {
  private static final long serialVersionUID = 1;

  private final LinkedHashMap<String, List<Permutation>> permutations;

  private GroupPermutations(LinkedHashMap<String, List<Permutation>> permutations) {
    this.permutations = permutations;
  }

  /** Nothing moves. */
  public static GroupPermutations identity() {
    return new GroupPermutations(new LinkedHashMap<>());
  }

  /** Every instance of every group of the structure shuffled uniformly, from the seed alone. */
  public static GroupPermutations random(Structure structure, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    LinkedHashMap<String, List<Permutation>> shuffled = new LinkedHashMap<>();
    for (Group group : structure.groups()) {
      List<Permutation> instances = new ArrayList<>();
      for (int i = 0; i < group.instances(); i++) {
        instances.add(Permutation.random(group.size(), random));
      }
      shuffled.put(group.name(), instances);
    }
    return new GroupPermutations(shuffled);
  }

  /**
   * This assignment with one group's permutations replaced.
   *
   * @param instances one permutation of the group's size for every instance
   */
  public GroupPermutations with(Group group, List<Permutation> instances) {
    if (instances.size() != group.instances()
        || instances.stream().anyMatch(p -> p.size() != group.size())) {
      throw new IllegalArgumentException(
          "group %s needs %d permutations of %d"
              .formatted(group.name(), group.instances(), group.size()));
    }
    LinkedHashMap<String, List<Permutation>> changed = new LinkedHashMap<>(permutations);
    changed.put(group.name(), List.copyOf(instances));
    return new GroupPermutations(changed);
  }

  /** The permutations of one group, one an instance; identities if it was never set. */
  public List<Permutation> of(Group group) {
    List<Permutation> instances = permutations.get(group.name());
    if (instances != null) {
      return instances;
    }
    List<Permutation> identities = new ArrayList<>();
    for (int i = 0; i < group.instances(); i++) {
      identities.add(Permutation.identity(group.size()));
    }
    return identities;
  }

  /** The groups that were set, whether they move or not. */
  public Map<String, List<Permutation>> asMap() {
    return java.util.Collections.unmodifiableMap(permutations);
  }

  /** Whether nothing of a group moves. */
  public boolean isIdentity(String groupName) {
    List<Permutation> instances = permutations.get(groupName);
    return instances == null || instances.stream().allMatch(Permutation::isIdentity);
  }

  /** For every output unit the place, within its instance, that it takes from. */
  int[] places(Group group) {
    List<Permutation> instances = permutations.get(group.name());
    int[] places = new int[group.units()];
    for (int unit = 0; unit < places.length; unit++) {
      int place = unit % group.size();
      places[unit] = instances == null ? place : instances.get(unit / group.size()).source(place);
    }
    return places;
  }

  /**
   * The assignment that undoes this one.
   *
   * @param structure the structure that both are for
   */
  public GroupPermutations inverse(Structure structure) {
    LinkedHashMap<String, List<Permutation>> inverses = new LinkedHashMap<>();
    for (Group group : structure.groups()) {
      int[] from = instanceSources(structure, group);
      Permutation[] undone = new Permutation[group.instances()];
      List<Permutation> instances = of(group);
      for (int i = 0; i < undone.length; i++) {
        undone[from[i]] = instances.get(i).inverse();
      }
      inverses.put(group.name(), List.of(undone));
    }
    return new GroupPermutations(inverses);
  }

  /**
   * For every output unit of a group the input unit that it takes from, ancestors' moves included.
   */
  public int[] unitSources(Structure structure, Group group) {
    int[] instanceSources = instanceSources(structure, group);
    List<Permutation> instances = of(group);
    int[] sources = new int[group.units()];
    for (int unit = 0; unit < sources.length; unit++) {
      int instance = unit / group.size();
      sources[unit] =
          instanceSources[instance] * group.size()
              + instances.get(instance).source(unit % group.size());
    }
    return sources;
  }

  private int[] instanceSources(Structure structure, Group group) {
    return group
        .parent()
        .map(parent -> unitSources(structure, structure.group(parent)))
        .orElseGet(() -> new int[1]);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GroupPermutations a && permutations.equals(a.permutations);
  }

  @Override
  public int hashCode() {
    return permutations.hashCode();
  }

  @Override
  public String toString() {
    return "Assignment" + permutations;
  }
}
