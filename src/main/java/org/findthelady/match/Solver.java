package org.findthelady.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.GroupAxis;
import org.findthelady.match.rows.PermutationSubsets;
import org.findthelady.match.task.DuplicateUnitsTask;
import org.findthelady.match.task.EqualRows;
import org.findthelady.match.task.JointTask;
import org.findthelady.match.task.ParentTask;
import org.findthelady.match.task.SurvivingWeights;
import org.findthelady.match.task.SurvivingWeightsTask;
import org.findthelady.match.task.TaskRunner;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * Solves the groups of a structure outward from its anchored axes, level by level (method 3.3),
 * then refines. Holds no weights: all reading happens in tasks.
 */
final class Solver {
  /** Numbers per unit and bit of choice from which a group's evidence is taken as enough. */
  private static final double STRONG = 24;

  private static final int SWEEPS = 4;

  /** Weights of a group up to which its odds are taken again by sure evidence. */
  private static final long MOST_AGAIN = 1 << 22;

  /** Units that are matched by their children at most: all their scores are held at once. */
  private static final int MOST_PARENTS = 4096;

  private final Structure structure;
  private final MatchOptions options;
  private final TaskRunner runner;
  private final ScorePlanner planner;
  private final Map<String, List<AnchoredAxis>> members;
  private final EvidenceWeights evidenceWeights;
  private final Set<String> solved = new LinkedHashSet<>();
  private final Map<String, GroupScores> comparisons = new LinkedHashMap<>();
  private final Map<String, GroupScores> first = new LinkedHashMap<>();
  private final Map<String, SurvivingWeights> survivors = new HashMap<>();
  private final List<String> notes = new ArrayList<>();
  private GroupPermutations resync = GroupPermutations.identity();

  Solver(
      Structure structure,
      Map<String, List<AnchoredAxis>> members,
      EvidenceWeights evidenceWeights,
      MatchOptions options,
      TaskRunner runner) {
    this.structure = structure;
    this.members = members;
    this.evidenceWeights = evidenceWeights;
    this.options = options;
    this.runner = runner;
    this.planner = new ScorePlanner(structure, runner, options);
  }

  GroupPermutations resync() {
    return resync;
  }

  Map<String, GroupScores> comparisons() {
    return comparisons;
  }

  /** The comparisons of the first pass, on anchored evidence only. */
  Map<String, GroupScores> first() {
    return first;
  }

  List<String> notes() {
    return notes;
  }

  /** Solves every group that has evidence. */
  void solve() throws IOException {
    int level = 1;
    while (solved.size() < structure.groups().size()) {
      List<ScorePlanner.Request> ready = chosen(ready(true));
      if (ready.isEmpty()) {
        ready = strongest(ready(false));
      }
      if (ready.isEmpty()) {
        giveUp();
        return;
      }
      String stage = "Level %d: %d groups".formatted(level++, ready.size());
      List<ScorePlanner.Request> direct = new ArrayList<>();
      for (ScorePlanner.Request request : ready) {
        if (request.evidence().isEmpty()) {
          byChildren(stage, request.group());
        } else {
          direct.add(request);
        }
      }
      for (GroupScores comparison : compared(stage, direct)) {
        accept(comparison);
      }
    }
  }

  /** Compares, and lets what an attack left alone settle what is in doubt. */
  private List<GroupScores> compared(String stage, List<ScorePlanner.Request> requests)
      throws IOException {
    List<GroupScores> comparisons = planner.compare(stage, requests, resync);
    settleDoubts(stage, comparisons.stream().filter(c -> c.sketched() == null).toList());
    return comparisons;
  }

  private void settleDoubts(String stage, List<GroupScores> comparisons) throws IOException {
    settleByUntouched(stage, comparisons);
    settleBySurvivors(stage, comparisons);
  }

  private void settleBySurvivors(String stage, List<GroupScores> comparisons) throws IOException {
    List<GroupScores> doubtful = new ArrayList<>();
    List<SurvivingWeightsTask> tasks = new ArrayList<>();
    for (GroupScores comparison : comparisons) {
      Group group = comparison.group();
      if (options.evidence() == EvidenceMode.ALL && MatchConfidence.unsure(comparison)) {
        doubtful.add(comparison);
        if (!survivors.containsKey(group.name())) {
          List<GroupAxis> all =
              members.get(group.name()).stream().map(AnchoredAxis::member).toList();
          tasks.add(
              new SurvivingWeightsTask(
                  group.name(),
                  all,
                  PermutationSubsets.restricted(
                      structure, resync, all.stream().map(GroupAxis::tensor).toList()),
                  options.blockBytes() / 4));
        }
      }
    }
    List<SurvivingWeights> found =
        tasks.isEmpty() ? List.of() : runner.run(stage + ": single weights left alone", tasks);
    for (int i = 0; i < tasks.size(); i++) {
      survivors.put(tasks.get(i).group(), found.get(i));
    }
    for (GroupScores comparison : doubtful) {
      SurvivingWeights named = survivors.get(comparison.group().name());
      int units = comparison.group().units();
      new ExactValueTieBreaker(comparison, named.columnOf(units), named.corroborated(units))
          .settle();
    }
  }

  private void settleByUntouched(String stage, List<GroupScores> comparisons) throws IOException {
    List<GroupScores> doubtful = new ArrayList<>();
    List<DuplicateUnitsTask> tasks = new ArrayList<>();
    for (GroupScores comparison : comparisons) {
      List<GroupAxis> untouched = untouched(comparison);
      if (!untouched.isEmpty() && MatchConfidence.unsure(comparison)) {
        doubtful.add(comparison);
        tasks.add(duplicatesTask(comparison.group(), untouched));
      }
    }
    List<DuplicateUnitsTask.UnitHashes> sums =
        tasks.isEmpty() ? List.of() : runner.run(stage + ": weights left alone", tasks);
    for (int i = 0; i < tasks.size(); i++) {
      EqualRows equal = EqualRows.of(sums.get(i));
      if (equal != null) {
        new ExactValueTieBreaker(doubtful.get(i), equal.named(), false).settle();
      }
    }
  }

  /** The members of a root group that were compared and hold the same numbers on both sides. */
  private List<GroupAxis> untouched(GroupScores comparison) {
    Group group = comparison.group();
    if (options.evidence() != EvidenceMode.ALL || group.parent().isPresent()) {
      return List.of();
    }
    Set<String> compared = new LinkedHashSet<>();
    comparison.evidence().forEach(e -> compared.add(e.axis() + " " + e.tensor()));
    return members.get(group.name()).stream()
        .map(AnchoredAxis::member)
        .filter(m -> compared.contains(m.axis() + " " + m.tensor()))
        .filter(m -> evidenceWeights.isUntouched(m.tensor(), structure.elements(m.tensor())))
        .toList();
  }

  private DuplicateUnitsTask duplicatesTask(Group group, List<GroupAxis> some) {
    return new DuplicateUnitsTask(
        group.name(),
        some,
        PermutationSubsets.restricted(
            structure, resync, some.stream().map(GroupAxis::tensor).toList()),
        options.seed(),
        options.blockBytes() / 4);
  }

  private void accept(GroupScores comparison) {
    Group group = comparison.group();
    comparisons.put(group.name(), comparison);
    first.putIfAbsent(group.name(), comparison);
    resync = resync.with(group, UnitPlacement.permutations(group, comparison.columnOf()));
    solved.add(group.name());
  }

  /** Groups that can be compared now; an empty evidence list means through their children. */
  private List<ScorePlanner.Request> ready(boolean byMatrices) {
    List<ScorePlanner.Request> ready = new ArrayList<>();
    for (Group group : structure.groups()) {
      if (solved.contains(group.name())
          || group.parent().filter(parent -> !solved.contains(parent)).isPresent()) {
        continue;
      }
      List<AnchoredAxis> anchored =
          evidenceWeights
              .admitted(options.evidence(), members.get(group.name()), byMatrices)
              .stream()
              .filter(c -> solved.containsAll(c.around()))
              .toList();
      List<Evidence> evidence = evidenceWeights.evidence(anchored);
      boolean matrix = anchored.stream().anyMatch(AnchoredAxis::isMatrix);
      if (!evidence.isEmpty() && (matrix || !byMatrices)) {
        ready.add(request(group, evidence, width(anchored)));
      } else if (byMatrices && !matrix && !children(group).isEmpty()) {
        long width = children(group).values().stream().mapToLong(Solver::width).sum();
        ready.add(request(group, List.of(), width));
      }
    }
    return ready;
  }

  private static ScorePlanner.Request request(Group group, List<Evidence> evidence, long width) {
    return new ScorePlanner.Request(group, evidence, width);
  }

  /** Members of nested groups that speak for a root group whose own rows are not anchored. */
  private Map<Group, List<AnchoredAxis>> children(Group parent) {
    Map<Group, List<AnchoredAxis>> children = new LinkedHashMap<>();
    if (parent.parent().isPresent() || parent.units() > MOST_PARENTS) {
      return children;
    }
    for (Group child : structure.groups()) {
      if (!child.parent().filter(parent.name()::equals).isPresent()) {
        continue;
      }
      List<AnchoredAxis> anchored = new ArrayList<>();
      for (AnchoredAxis candidate : members.get(child.name())) {
        Set<String> around = new LinkedHashSet<>(candidate.around());
        around.remove(parent.name());
        if (candidate.isMatrix() && solved.containsAll(around)) {
          anchored.add(candidate);
        }
      }
      if (!evidenceWeights.evidence(anchored).isEmpty()) {
        children.put(child, anchored);
      }
    }
    return children;
  }

  private static long width(Collection<AnchoredAxis> candidates) {
    return candidates.stream().mapToLong(c -> c.member().width()).sum();
  }

  /** The groups with enough evidence; where there is none, the one with the most. */
  private List<ScorePlanner.Request> chosen(List<ScorePlanner.Request> ready) {
    List<ScorePlanner.Request> strong =
        ready.stream()
            .filter(
                r -> strength(r) >= STRONG || 2 * r.width() >= width(members.get(r.group().name())))
            .toList();
    return strong.isEmpty() ? strongest(ready) : strong;
  }

  private static List<ScorePlanner.Request> strongest(List<ScorePlanner.Request> ready) {
    return ready.stream()
        .max(Comparator.comparingDouble(Solver::strength))
        .map(List::of)
        .orElse(List.of());
  }

  private static double strength(ScorePlanner.Request request) {
    return request.width() * Math.log(2) / Math.log(1 + request.group().size());
  }

  /** Matches parent units by their children's best cosines. */
  private void byChildren(String stage, Group parent) throws IOException {
    int units = parent.units();
    double[] sums = new double[units * units];
    Map<Group, List<AnchoredAxis>> children = children(parent);
    for (Map.Entry<Group, List<AnchoredAxis>> child : children.entrySet()) {
      Group group = child.getKey();
      int unitsPerTask =
          Math.toIntExact(
              Math.max(
                  1, Math.min(units, options.blockBytes() / 8 / group.units() / group.size())));
      List<ParentTask> tasks = new ArrayList<>();
      for (int unit = 0; unit < units; unit += unitsPerTask) {
        tasks.add(
            new ParentTask(
                group.name(),
                evidenceWeights.evidence(child.getValue()),
                PermutationSubsets.restricted(
                    structure,
                    resync,
                    child.getValue().stream().map(c -> c.member().tensor()).toList()),
                unit * group.size(),
                Math.min(units, unit + unitsPerTask) * group.size(),
                width(child.getValue()),
                options.blockBytes() / 2));
      }
      int at = 0;
      for (float[] part : runner.run(stage, tasks)) {
        for (float score : part) {
          sums[at++] += score / children.size();
        }
      }
    }
    long width = children.values().stream().mapToLong(Solver::width).sum();
    accept(GroupScores.ofScores(parent, sums, width));
  }

  /** The comparisons that rest on sketches. */
  List<GroupScores> sketched() {
    return comparisons.values().stream().filter(c -> c.sketched() != null).toList();
  }

  /**
   * Proves sketched comparisons by exact sums, and scores exactly what cannot be proved.
   *
   * @return whether every group stays as it was; if not, what was solved after it may be wrong
   */
  boolean verify(Verification verification) throws IOException {
    Map<String, int[]> unproved = new HashMap<>();
    List<GroupScores> open = new ArrayList<>();
    for (GroupScores comparison : sketched()) {
      int[] rows = verification.unproved(comparison);
      if (rows.length > 0) {
        open.add(comparison);
        unproved.put(comparison.group().name(), rows);
      }
    }
    Map<String, GroupScores> settled = new LinkedHashMap<>();
    sketched().forEach(comparison -> settled.put(comparison.group().name(), comparison));
    for (GroupScores again : planner.reopened(open, unproved, resync).values()) {
      if (again.sketched() != null) {
        verification.unproved(again);
      }
      settled.put(again.group().name(), again);
    }
    Map<String, int[]> before = new HashMap<>();
    settled.keySet().forEach(name -> before.put(name, comparisons.get(name).columnOf()));
    settleDoubts("Not proved", List.copyOf(settled.values()));
    for (GroupScores comparison : settled.values()) {
      if (!Arrays.equals(before.get(comparison.group().name()), comparison.columnOf())) {
        return false;
      }
      accept(comparison);
    }
    return true;
  }

  /**
   * Matches groups that hold a doubt again with all their members, the others held fixed, until
   * nothing gets better. A change is kept only if the group's total similarity rises.
   */
  void refine() throws IOException {
    for (int sweep = 1; sweep <= SWEEPS; sweep++) {
      boolean changed = false;
      for (Group group : structure.groups()) {
        GroupScores before = comparisons.get(group.name());
        if (before != null && refinable(group, before)) {
          changed |= refine(sweep, group, before);
        }
      }
      if (!changed) {
        return;
      }
    }
  }

  /** Parents stay: their children's order is told from their own. Opposites would cancel out. */
  private boolean refinable(Group group, GroupScores before) {
    return MatchConfidence.unsure(before)
        && !before.hasOpposites()
        && structure.groups().stream().noneMatch(g -> group.name().equals(g.parentName()));
  }

  private boolean refine(int sweep, Group group, GroupScores before) throws IOException {
    List<Evidence> all = evidenceWeights.evidence(members.get(group.name()));
    if (sweep == 1 && all.size() == before.evidence().size()) {
      return false;
    }
    long width = all.stream().mapToLong(Evidence::width).sum();
    GroupScores after =
        compared("Refining, sweep " + sweep, List.of(request(group, all, width))).get(0);
    double gain = after.total(after.columnOf()) - after.total(before.columnOf());
    boolean moved = !Arrays.equals(after.columnOf(), before.columnOf());
    if (moved && gain <= 1e-6 * group.units()) {
      after.settle(before.columnOf());
      moved = false;
    }
    accept(after);
    return moved;
  }

  /**
   * Looks for all groups' places at once where many units are in doubt: what a group is compared
   * with may then be misplaced itself. What is found is kept if it makes both sides more alike.
   */
  void solveJointly() throws IOException {
    JointTask task =
        new JointPlan(structure, members, evidenceWeights, options)
            .task(first, comparisons, resync);
    if (task != null) {
      JointTask.Found found = runner.run("Matching all groups at once", List.of(task)).get(0);
      if (found.gain() > Thresholds.JOINT_GAIN) {
        adopt(found);
      }
    }
  }

  private void adopt(JointTask.Found found) throws IOException {
    List<ScorePlanner.Request> requests = new ArrayList<>();
    for (String name : found.columnOf().keySet()) {
      Group group = structure.group(name);
      resync = resync.with(group, UnitPlacement.permutations(group, found.columnOf().get(name)));
      List<Evidence> all = evidenceWeights.evidence(members.get(name));
      requests.add(request(group, all, all.stream().mapToLong(Evidence::width).sum()));
    }
    String stage = "Comparing what was matched at once";
    List<GroupScores> after = planner.compare(stage, requests, resync);
    for (GroupScores comparison : after) {
      comparison.settle(found.columnOf().get(comparison.group().name()));
    }
    settleDoubts(stage, after);
    after.forEach(this::accept);
  }

  /**
   * Takes units for doubtful whose place rests on others that are: by what lies beside sure units
   * alone it is not sure. Goes on until no more are found.
   */
  void doubtWhatRestsOnDoubts() throws IOException {
    boolean changed = true;
    for (int sweep = 0; sweep < SWEEPS && changed; sweep++) {
      changed = false;
      Map<String, boolean[]> here = new HashMap<>();
      Map<String, boolean[]> there = new HashMap<>();
      comparisons.values().forEach(comparison -> collectDoubts(comparison, here, there));
      List<ScorePlanner.Request> requests =
          comparisons.values().stream()
              .filter(comparison -> restsOn(comparison, here.keySet()))
              .map(c -> request(c.group(), c.evidence(), c.width()))
              .toList();
      for (GroupScores sure : planner.bySureEvidence(requests, resync, here, there)) {
        GroupScores comparison = comparisons.get(sure.group().name());
        sure.settle(comparison.columnOf());
        for (int unit = 0; unit < sure.group().units(); unit++) {
          if (MatchConfidence.matched(comparison, unit)
              && !comparison.isProved(unit)
              && !MatchConfidence.matched(sure, unit)) {
            comparison.doubt(unit);
            changed = true;
          }
        }
      }
    }
  }

  private void collectDoubts(
      GroupScores comparison, Map<String, boolean[]> here, Map<String, boolean[]> there) {
    if (!MatchConfidence.unsure(comparison)) {
      return;
    }
    Group group = comparison.group();
    int[] sources = resync.unitSources(structure, group);
    boolean[] rows = new boolean[sources.length];
    boolean[] columns = new boolean[sources.length];
    for (int unit = 0; unit < rows.length; unit++) {
      rows[unit] = !MatchConfidence.matched(comparison, unit);
      columns[sources[unit]] = rows[unit];
    }
    here.put(group.name(), rows);
    there.put(group.name(), columns);
  }

  /** Whether a group with units that are sure was compared beside one of these groups. */
  private boolean restsOn(GroupScores comparison, Set<String> unsure) {
    Group group = comparison.group();
    boolean sure = false;
    for (int unit = 0; unit < group.units() && !sure; unit++) {
      sure = MatchConfidence.matched(comparison, unit) && !comparison.isProved(unit);
    }
    Set<String> tensors = new LinkedHashSet<>();
    comparison.evidence().forEach(evidence -> tensors.add(evidence.tensor()));
    return sure
        && group.size() > 1
        && comparison.sketched() == null
        && !isLarge(comparison)
        && members.get(group.name()).stream()
            .filter(candidate -> tensors.contains(candidate.member().tensor()))
            .flatMap(candidate -> candidate.around().stream())
            .anyMatch(unsure::contains);
  }

  /** Whether to compare it once more would take long. */
  private static boolean isLarge(GroupScores comparison) {
    return comparison.width() * comparison.group().units() > MOST_AGAIN;
  }

  private void giveUp() {
    for (Group group : structure.groups()) {
      if (solved.add(group.name())) {
        notes.add("Group " + group.name() + ": no weights tell its units apart; left as it is");
      }
    }
  }

  /**
   * Looks for equal units where the evidence leaves a doubt, and puts them in index order.
   *
   * @return by group
   */
  Map<String, DuplicateUnitsTask.UnitHashes> duplicates() throws IOException {
    List<GroupScores> unsure =
        comparisons.values().stream().filter(MatchConfidence::unsure).toList();
    List<DuplicateUnitsTask> tasks = new ArrayList<>();
    for (GroupScores comparison : unsure) {
      tasks.add(
          duplicatesTask(
              comparison.group(),
              members.get(comparison.group().name()).stream().map(AnchoredAxis::member).toList()));
    }
    Map<String, DuplicateUnitsTask.UnitHashes> duplicates = new HashMap<>();
    List<DuplicateUnitsTask.UnitHashes> found =
        tasks.isEmpty() ? List.of() : runner.run("Looking for equal units", tasks);
    for (int i = 0; i < tasks.size(); i++) {
      GroupScores comparison = unsure.get(i);
      duplicates.put(comparison.group().name(), found.get(i));
      MatchConfidence.order(comparison, found.get(i));
      accept(comparison);
    }
    return duplicates;
  }
}
