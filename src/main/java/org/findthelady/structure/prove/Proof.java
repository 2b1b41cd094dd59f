package org.findthelady.structure.prove;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What running a network with its groups moved showed.
 *
 * @param groups one finding for every group
 * @param together largest relative difference of the outputs with all groups moved
 */
public record Proof(List<GroupDifference> groups, double together) {
  /** Outputs may differ by so much, relative to the largest, from summing in another order. */
  public static final double TOLERANCE = 1e-4;

  public Proof {
    groups = List.copyOf(groups);
  }

  /**
   * One group.
   *
   * @param group its name
   * @param difference largest relative difference of the outputs with this group alone moved; NaN
   *     if it was moved with the others only
   * @param effect the same with only part of the group moved, which must show: the outputs depend
   *     on the group; NaN if it was not tried or the group has one place only
   */
  public record GroupDifference(String group, double difference, double effect) {
    /** Whether moving the group changed the function. */
    public boolean changes() {
      return difference > TOLERANCE;
    }

    /** Whether the outputs do not depend on the group, so that the proof says nothing. */
    public boolean vacuous() {
      return effect <= TOLERANCE;
    }
  }

  /** Whether no group changes the function. */
  public boolean holds() {
    return together <= TOLERANCE && groups.stream().noneMatch(GroupDifference::changes);
  }

  /** Names of the groups that change the function. */
  public List<String> changing() {
    return groups.stream().filter(GroupDifference::changes).map(GroupDifference::group).toList();
  }

  /** Names of the groups on which the outputs do not depend. */
  public List<String> vacuous() {
    return groups.stream().filter(GroupDifference::vacuous).map(GroupDifference::group).toList();
  }

  @Override
  public String toString() {
    return "%s: together %.2g, worst alone %.2g, least effect %.2g%s%s"
        .formatted(
            holds() ? "holds" : "FAILS",
            together,
            groups.stream()
                .mapToDouble(GroupDifference::difference)
                .filter(d -> d >= 0)
                .max()
                .orElse(0),
            groups.stream()
                .mapToDouble(GroupDifference::effect)
                .filter(d -> d >= 0)
                .min()
                .orElse(0),
            changing().isEmpty() ? "" : ", changed by " + String.join(", ", changing()),
            vacuous().isEmpty()
                ? ""
                : vacuous().stream().collect(Collectors.joining(", ", ", no effect of ", "")));
  }
}
