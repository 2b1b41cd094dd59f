package org.findthelady.match;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.compare.TensorPairResult;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.Origin;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/**
 * The order in which the suspect's units lie, held against the one that was found. Where units of
 * the same number are more alike than chance allows, the suspect was hardly shuffled, and of two
 * orders the one that leaves fewer tensors changed is what happened.
 */
final class LyingOrder {
  private static final double LEAST_REST = 1e-6;

  private final Structure structure;
  private final Solution solution;
  private final Origin origin;

  LyingOrder(Structure structure, Solution solution, Origin origin) {
    this.structure = structure;
    this.solution = solution;
    this.origin = origin;
  }

  /** Whether the suspect may lie in order though units were moved. */
  boolean isPossible(List<TensorPairResult> found) {
    boolean differs = found.stream().anyMatch(pair -> !pair.comparison().bytesEqual());
    boolean moved =
        structure.groups().stream().anyMatch(g -> !solution.resync().isIdentity(g.name()));
    return differs && moved && structure.groups().stream().anyMatch(g -> isInPlace(g.name()));
  }

  private boolean isInPlace(String group) {
    return origin.groups().stream()
        .anyMatch(g -> g.group().equals(group) && g.logInPlace() < Thresholds.IN_PLACE_LOG_P);
  }

  /**
   * Leaves all units where they lie if that is better.
   *
   * @param found tensors compared in the order that was found
   * @param lying the same as they lie
   */
  boolean keep(List<TensorPairResult> found, List<TensorPairResult> lying) {
    long more = equal(lying) - equal(found);
    if (more < 0 || (more == 0 && likeness(lying) <= likeness(found))) {
      return false;
    }
    Set<String> told = new HashSet<>();
    for (TensorPairResult pair : lying) {
      if (pair.comparison().weight() && pair.comparison().sameValues()) {
        structure.axes(pair.comparison().tensor()).forEach(axis -> told.addAll(axis.groups()));
      }
    }
    for (Group group : structure.groups()) {
      keep(group, told.contains(group.name()) || isInPlace(group.name()));
    }
    return true;
  }

  private void keep(Group group, boolean known) {
    GroupScores scores = solution.get(group.name());
    if (scores == null) {
      return;
    }
    scores.keepPlaces();
    if (known) {
      boolean[] all = new boolean[group.units()];
      Arrays.fill(all, true);
      scores.prove(all);
    }
    solution.accept(scores);
  }

  private static long equal(List<TensorPairResult> pairs) {
    return pairs.stream().filter(pair -> pair.comparison().sameValues()).count();
  }

  /** Log likelihood of what differs under normal noise, factors and signs aside. */
  private static double likeness(List<TensorPairResult> pairs) {
    return pairs.stream()
        .map(TensorPairResult::comparison)
        .filter(TensorComparison::weight)
        .mapToDouble(
            tensor -> {
              double cosine = Double.isNaN(tensor.cosine()) ? 0 : tensor.cosine();
              double rest = Math.max(LEAST_REST, 1 - cosine * cosine);
              return -0.5 * tensor.elements() * Math.log(rest);
            })
        .sum();
  }
}
