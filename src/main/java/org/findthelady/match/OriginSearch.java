package org.findthelady.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.findthelady.match.kernel.CombinedP;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.Origin;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.PermutationSubsets;
import org.findthelady.match.task.BlockResult;
import org.findthelady.match.task.BlockTask;
import org.findthelady.match.task.InPlaceTask;
import org.findthelady.match.task.RuleTask;
import org.findthelady.match.task.TaskRunner;
import org.findthelady.match.task.UnitRange;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * Looks for a common origin: first in place, then, if that does not settle it, by how matches stand
 * out. Every group is tested on the weight matrices that were anchored when it was first solved: so
 * a group's test is uniform whatever the order of those before it, and tests of groups are
 * independent of each other.
 */
final class OriginSearch {
  private final Structure structure;
  private final MatchOptions options;
  private final TaskRunner runner;
  private final Collection<GroupScores> first;
  private final GroupPermutations resync;
  private final Set<String> rules = new HashSet<>();

  /**
   * @param first every group's comparison on anchored evidence
   * @param resync what these put in order
   */
  OriginSearch(
      Structure structure,
      MatchOptions options,
      TaskRunner runner,
      Collection<GroupScores> first,
      GroupPermutations resync) {
    this.structure = structure;
    this.options = options;
    this.runner = runner;
    this.first = first;
    this.resync = resync;
  }

  /** Tests all groups. */
  Origin find() throws IOException {
    Set<String> looked = new HashSet<>();
    while (true) {
      Origin origin = tested();
      List<String> equal = origin.common() ? equal(strongest(origin), looked) : List.of();
      if (equal.isEmpty()) {
        return origin;
      }
      looked.addAll(equal);
      List<RuleTask> tasks = equal.stream().map(RuleTask::new).toList();
      List<Boolean> found = runner.run("Looking for constants", tasks);
      for (int i = 0; i < tasks.size(); i++) {
        if (found.get(i)) {
          rules.add(equal.get(i));
        }
      }
      if (!found.contains(true)) {
        return origin;
      }
    }
  }

  /** The group that says most for a common origin. */
  private static String strongest(Origin origin) {
    String strongest = "";
    double least = 0;
    for (Origin.GroupOrigin group : origin.groups()) {
      for (double log : new double[] {group.logInPlace(), group.logShuffled()}) {
        if (log < least) {
          least = log;
          strongest = group.group();
        }
      }
    }
    return strongest;
  }

  /** Matrices of a group that hold the same numbers on both sides, and were not looked at. */
  private List<String> equal(String group, Set<String> looked) {
    return first.stream()
        .filter(comparison -> comparison.group().name().equals(group))
        .flatMap(comparison -> matrices(comparison).stream())
        .filter(evidence -> evidence.noise() <= Thresholds.LEAST_NOISE)
        .map(Evidence::tensor)
        .filter(tensor -> !looked.contains(tensor))
        .distinct()
        .toList();
  }

  private Origin tested() throws IOException {
    Map<String, InPlaceTask.Found> inPlace = inPlace();
    double logInPlace =
        CombinedP.log(inPlace.values().stream().map(InPlaceTask.Found::logP).toList());
    long units = inPlace.values().stream().mapToLong(InPlaceTask.Found::units).sum();
    boolean settled = logInPlace < Math.log(Thresholds.NO_SECOND_TEST);
    List<StandOuts> standOuts = settled ? listed() : standOuts();
    Map<String, Double> shuffled = new HashMap<>();
    standOuts.forEach(group -> shuffled.put(group.group(), group.logP()));
    List<Origin.GroupOrigin> groups = new ArrayList<>();
    for (GroupScores comparison : first) {
      String name = comparison.group().name();
      InPlaceTask.Found found = inPlace.get(name);
      groups.add(
          new Origin.GroupOrigin(
              name,
              found == null ? Double.NaN : found.logP(),
              shuffled.getOrDefault(name, Double.NaN)));
    }
    return new Origin(
        logInPlace,
        StandOuts.logP(standOuts),
        Math.max(units, StandOuts.tests(standOuts)),
        StandOuts.agreement(standOuts),
        groups);
  }

  private List<Evidence> matrices(GroupScores comparison) {
    return comparison.evidence().stream()
        .filter(evidence -> !evidence.centred() && !rules.contains(evidence.tensor()))
        .toList();
  }

  private Map<String, InPlaceTask.Found> inPlace() throws IOException {
    List<InPlaceTask> tasks = new ArrayList<>();
    long tensors = Math.max(1, first.stream().mapToLong(group -> matrices(group).size()).sum());
    long elements =
        Math.max(
            Thresholds.TESTED_OF_MANY,
            Math.min(Thresholds.TESTED_ELEMENTS, Thresholds.TESTED_AGAIN / tensors));
    for (GroupScores comparison : first) {
      List<Evidence> matrices = matrices(comparison);
      Group group = comparison.group();
      if (!matrices.isEmpty() && group.size() > 1 && group.units() >= Thresholds.FEWEST_UNITS) {
        boolean nested = group.parent().isPresent();
        int[] units = sample(group);
        tasks.add(
            new InPlaceTask(
                group.name(),
                matrices,
                units,
                nested ? Math.min(group.size(), units.length) : units.length,
                elements,
                options.blockBytes() / 4));
      }
    }
    List<InPlaceTask.Found> found =
        tasks.isEmpty() ? List.of() : runner.run("Testing the origin in place", tasks);
    Map<String, InPlaceTask.Found> byGroup = new HashMap<>();
    for (int i = 0; i < tasks.size(); i++) {
      byGroup.put(tasks.get(i).group(), found.get(i));
    }
    return byGroup;
  }

  /** Units of a group that are tested: whole instances of a nested one, any of another. */
  private int[] sample(Group group) {
    if (group.parent().isPresent()) {
      int instances =
          Math.max(1, Math.min(group.instances(), Thresholds.TESTED_UNITS / group.size()));
      int each = Math.min(group.size(), Thresholds.TESTED_UNITS);
      int[] units = new int[instances * each];
      for (int i = 0; i < units.length; i++) {
        units[i] = i / each * group.size() + i % each;
      }
      return units;
    }
    int[] all = IntStream.range(0, group.units()).toArray();
    int count = Math.min(all.length, Thresholds.TESTED_UNITS);
    SplittableRandom random = new SplittableRandom(options.seed() + group.name().hashCode());
    for (int i = 0; i < count && count < all.length; i++) {
      int other = i + random.nextInt(all.length - i);
      int kept = all[i];
      all[i] = all[other];
      all[other] = kept;
    }
    int[] units = Arrays.copyOf(all, count);
    Arrays.sort(units);
    return units;
  }

  /** Stand-outs that are known already: of groups that were compared by matrices alone. */
  private List<StandOuts> listed() {
    return first.stream().filter(this::isMatrixOnly).map(StandOuts::of).toList();
  }

  private boolean isMatrixOnly(GroupScores comparison) {
    return matrices(comparison).size() == comparison.evidence().size()
        && !comparison.evidence().isEmpty();
  }

  private List<StandOuts> standOuts() throws IOException {
    List<StandOuts> standOuts = new ArrayList<>(listed());
    List<BlockTask> tasks = new ArrayList<>();
    List<Group> groups = new ArrayList<>();
    long left = Thresholds.TESTED_AGAIN;
    for (GroupScores comparison : first) {
      List<Evidence> matrices = matrices(comparison);
      if (isMatrixOnly(comparison) || matrices.isEmpty()) {
        continue;
      }
      BlockTask task = task(comparison.group(), matrices);
      long elements = Math.multiplyExact(width(matrices), comparison.group().units());
      if (elements <= left) {
        left -= elements;
        tasks.add(task);
        groups.add(comparison.group());
      }
    }
    List<BlockResult> found =
        tasks.isEmpty() ? List.of() : runner.run("Testing the origin of matches", tasks);
    for (int i = 0; i < tasks.size(); i++) {
      GroupScores alone = new GroupScores(tasks.get(i), groups.get(i), List.of(found.get(i)));
      standOuts.add(StandOuts.of(alone));
    }
    return standOuts;
  }

  /** Scores some of a group's reference units by weight matrices alone. */
  private BlockTask task(Group group, List<Evidence> matrices) {
    boolean within = group.parent().isPresent();
    int[] sample = sample(group);
    int rows = within ? Math.max(1, sample.length / group.size()) * group.size() : sample.length;
    int candidates = within ? group.size() : group.units();
    return new BlockTask(
        group.name(),
        matrices,
        PermutationSubsets.restricted(
            structure, resync, matrices.stream().map(Evidence::tensor).toList()),
        within || sample.length == group.units() ? UnitRange.of(0, rows) : UnitRange.of(sample),
        within,
        Math.min(2, candidates),
        options.blockBytes() / 4);
  }

  private static long width(List<Evidence> matrices) {
    return matrices.stream().mapToLong(Evidence::width).sum();
  }
}
