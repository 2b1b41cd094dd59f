package org.findthelady.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.findthelady.match.kernel.GreedyAssignment;
import org.findthelady.match.kernel.SparseAssignment;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.kernel.TopLists;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.PermutationSubsets;
import org.findthelady.match.task.BlockResult;
import org.findthelady.match.task.BlockTask;
import org.findthelady.match.task.MaskedRescoreTask;
import org.findthelady.match.task.RowsTask;
import org.findthelady.match.task.SketchResult;
import org.findthelady.match.task.SketchTask;
import org.findthelady.match.task.TaskRunner;
import org.findthelady.match.task.UnitRange;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/** Plans the blocks of comparisons, runs them all at once, and settles who goes with whom. */
final class ScorePlanner {
  private static final double TASK_FLOPS = 5e10;

  /** Products of a whole group below this are cheap enough to do in full. */
  private static final double LARGE_FLOPS = 2e9;

  /** Units from which on groups are sketched. */
  private static final int MANY_UNITS = 1024;

  private static final int LEAST_WIDTH = 512;

  /** Share of rows left open from which on a longer sketch is made. */
  private static final double FEW_OPEN = 0.02;

  /** Share of rows left open from which on the whole group is scored exactly. */
  private static final double MANY_OPEN = 0.25;

  private final Structure structure;
  private final TaskRunner runner;
  private final MatchOptions options;

  ScorePlanner(Structure structure, TaskRunner runner, MatchOptions options) {
    this.structure = structure;
    this.runner = runner;
    this.options = options;
  }

  /** What is to be compared: a group by some evidence. */
  record Request(Group group, List<Evidence> evidence, long width) {}

  /** Compares and settles all requests; they must not depend on one another. */
  List<GroupScores> compare(String stage, List<Request> requests, GroupPermutations resync)
      throws IOException {
    Map<String, GroupScores> found = new LinkedHashMap<>();
    List<Request> large = requests.stream().filter(this::isLarge).toList();
    found.putAll(sketched(stage, large, resync));
    List<Request> rest = requests.stream().filter(r -> !found.containsKey(name(r))).toList();
    found.putAll(exact(stage, rest, resync));
    return requests.stream().map(r -> found.get(name(r))).toList();
  }

  private static String name(Request request) {
    return request.group().name();
  }

  private boolean isLarge(Request request) {
    return options.sketch() && isLarge(request.group(), request.width());
  }

  /** Whether a group is matched by sketches where they are allowed. */
  static boolean isLarge(Group group, long width) {
    double units = group.units();
    return group.parent().isEmpty()
        && units >= MANY_UNITS
        && width >= LEAST_WIDTH
        && 2 * units * units * width >= LARGE_FLOPS;
  }

  /** A group that sketches told of, the rows scored exactly so far, and those still to score. */
  private record SketchedGroup(
      Request request, SketchResult sketch, List<BlockResult> exact, int[] rows) {}

  /**
   * Sketches, longer ones where too many rows stay open, at last exact rows for what is left.
   * Groups of which sketches do not tell enough are not among the results.
   */
  private Map<String, GroupScores> sketched(
      String stage, List<Request> large, GroupPermutations resync) throws IOException {
    Map<String, Iterator<SketchPlan>> plans = new HashMap<>();
    large.forEach(request -> plans.put(name(request), SketchPlan.of(request).iterator()));
    List<SketchedGroup> done = new ArrayList<>();
    List<Request> open = large;
    while (!open.isEmpty()) {
      open = open.stream().filter(r -> plans.get(name(r)).hasNext()).toList();
      List<SketchTask> tasks = new ArrayList<>();
      for (Request request : open) {
        tasks.add(sketch(request, resync, plans.get(name(request)).next()));
      }
      List<SketchResult> results =
          tasks.isEmpty() ? List.of() : runner.run(stage + ": sketches", tasks);
      List<Request> next = new ArrayList<>();
      for (int r = 0; r < open.size(); r++) {
        Request request = open.get(r);
        double most = plans.get(name(request)).hasNext() ? FEW_OPEN : MANY_OPEN;
        if (results.get(r).open().length <= most * request.group().units()) {
          done.add(new SketchedGroup(request, results.get(r), List.of(), results.get(r).open()));
        } else {
          next.add(request);
        }
      }
      open = next;
    }
    return finished(stage, done, resync);
  }

  private SketchTask sketch(Request request, GroupPermutations resync, SketchPlan plan) {
    return new SketchTask(
        name(request),
        plan.folded(),
        request.evidence().stream().filter(Evidence::centred).toList(),
        plan.whole(),
        PermutationSubsets.restricted(
            structure, resync, request.evidence().stream().map(Evidence::tensor).toList()),
        request.width(),
        plan.length(),
        options.seed());
  }

  private Map<String, GroupScores> finished(
      String stage, List<SketchedGroup> done, GroupPermutations resync) throws IOException {
    List<BlockTask> tasks = new ArrayList<>();
    for (SketchedGroup sketched : done) {
      tasks.addAll(rows(sketched.request(), resync, sketched.rows()));
    }
    Map<String, GroupScores> found = new LinkedHashMap<>();
    List<BlockResult> results =
        tasks.isEmpty() ? List.of() : runner.run(stage + ": rows left open", tasks);
    for (SketchedGroup sketched : done) {
      Request request = sketched.request();
      List<BlockResult> exact = new ArrayList<>(sketched.exact());
      for (int i = 0; i < tasks.size(); i++) {
        if (tasks.get(i).group().equals(name(request))) {
          exact.add(results.get(i));
        }
      }
      BlockTask any = blocks(request, resync).get(0);
      GroupScores comparison = GroupScores.ofSketch(any, request.group(), sketched.sketch(), exact);
      settle(comparison, any);
      found.put(name(request), comparison);
    }
    return found;
  }

  /**
   * Settles sketched comparisons again, with exact scores of rows that could not be proved.
   *
   * @param unproved by group
   */
  Map<String, GroupScores> reopened(
      List<GroupScores> comparisons, Map<String, int[]> unproved, GroupPermutations resync)
      throws IOException {
    List<SketchedGroup> few = new ArrayList<>();
    List<Request> many = new ArrayList<>();
    for (GroupScores comparison : comparisons) {
      Group group = comparison.group();
      Request request = new Request(group, comparison.evidence(), comparison.width());
      int[] rows = unproved.get(group.name());
      if (rows.length > MANY_OPEN * group.units()) {
        many.add(request);
      } else {
        GroupScores.Sketched known = comparison.sketched();
        few.add(new SketchedGroup(request, known.sketch(), known.exact(), rows));
      }
    }
    Map<String, GroupScores> found = finished("Not proved", few, resync);
    found.putAll(exact("Not proved", many, resync));
    return found;
  }

  private List<BlockTask> rows(Request request, GroupPermutations resync, int[] rows) {
    BlockTask any = blocks(request, resync).get(0);
    List<BlockTask> tasks = new ArrayList<>();
    int step = any.units().to() - any.units().from();
    for (int from = 0; from < rows.length; from += step) {
      tasks.add(
          any.forRows(
              Arrays.copyOfRange(rows, from, Math.min(rows.length, from + step)), any.keep()));
    }
    return tasks;
  }

  /** Exact scores with everything else in place, not settled. */
  List<GroupScores> unsettled(String stage, List<Request> requests) throws IOException {
    return List.copyOf(scored(stage, requests, GroupPermutations.identity()).values());
  }

  private Map<String, GroupScores> exact(
      String stage, List<Request> requests, GroupPermutations resync) throws IOException {
    Map<String, GroupScores> found = scored(stage, requests, resync);
    for (Request request : requests) {
      settle(found.get(name(request)), blocks(request, resync).get(0));
    }
    return found;
  }

  /**
   * Scores by evidence beside sure units, not settled; the same requests as {@link
   * MaskedRescoreTask}.
   */
  List<GroupScores> bySureEvidence(
      List<Request> requests,
      GroupPermutations resync,
      Map<String, boolean[]> here,
      Map<String, boolean[]> there)
      throws IOException {
    List<GroupScores> comparisons = new ArrayList<>();
    for (Request request : requests) {
      List<BlockTask> blocks = blocks(request, resync);
      List<MaskedRescoreTask> tasks =
          blocks.stream().map(block -> new MaskedRescoreTask(block, here, there)).toList();
      comparisons.add(
          new GroupScores(
              blocks.get(0), request.group(), runner.run("Comparing by sure evidence", tasks)));
    }
    return comparisons;
  }

  private Map<String, GroupScores> scored(
      String stage, List<Request> requests, GroupPermutations resync) throws IOException {
    List<BlockTask> tasks = new ArrayList<>();
    List<BlockTask> first = new ArrayList<>();
    for (Request request : requests) {
      List<BlockTask> blocks = blocks(request, resync);
      first.add(blocks.get(0));
      tasks.addAll(blocks);
    }
    Map<String, GroupScores> found = new LinkedHashMap<>();
    List<BlockResult> results = tasks.isEmpty() ? List.of() : runner.run(stage, tasks);
    int at = 0;
    for (int r = 0; r < requests.size(); r++) {
      String name = name(requests.get(r));
      int end = at;
      while (end < tasks.size() && tasks.get(end).group().equals(name)) {
        end++;
      }
      GroupScores comparison =
          new GroupScores(first.get(r), requests.get(r).group(), results.subList(at, end));
      found.put(name, comparison);
      at = end;
    }
    return found;
  }

  /** Units that each unit of a group is compared with. */
  static int candidates(Group group) {
    return group.parent().isPresent() ? group.size() : group.units();
  }

  /**
   * Units that one exact task scores.
   *
   * @param width numbers compared per pair
   */
  static int unitsPerTask(Group group, long width, MatchOptions options) {
    int candidates = candidates(group);
    long byMemory = options.blockBytes() / 2 / (4L * candidates);
    long byFlops = (long) (TASK_FLOPS / (2.0 * candidates * width));
    long rows = Math.max(1, Math.min(byMemory, Math.max(256, byFlops)));
    return group.parent().isPresent()
        ? Math.toIntExact(Math.max(1, Math.min(rows / group.size(), group.instances())))
            * group.size()
        : (int) Math.min(rows, group.units());
  }

  private List<BlockTask> blocks(Request request, GroupPermutations resync) {
    Group group = request.group();
    boolean within = group.parent().isPresent();
    int candidates = candidates(group);
    int step = unitsPerTask(group, request.width(), options);
    GroupPermutations around =
        PermutationSubsets.restricted(
            structure,
            resync,
            request.evidence().stream().map(Evidence::tensor).collect(Collectors.toSet()));
    List<BlockTask> tasks = new ArrayList<>();
    for (int from = 0; from < group.units(); from += step) {
      tasks.add(
          new BlockTask(
              group.name(),
              request.evidence(),
              around,
              UnitRange.of(from, Math.min(group.units(), from + step)),
              within,
              keep(candidates),
              options.blockBytes() / 4));
    }
    return tasks;
  }

  private static int keep(int candidates) {
    return candidates <= 64 ? candidates : candidates <= 8192 ? 16 : 4;
  }

  private void settle(GroupScores comparison, BlockTask block) throws IOException {
    Group group = comparison.group();
    int size = comparison.within() ? group.size() : group.units();
    int[] columnOf = new int[group.units()];
    for (int first = 0; first < columnOf.length; first += size) {
      int[] chosen =
          options.assign() == AssignMode.ARGMAX
              ? RowMaxima.of(comparison, first, size)
              : oneToOne(comparison, block, first, size);
      for (int i = 0; i < size; i++) {
        columnOf[first + i] = first + chosen[i];
      }
    }
    comparison.settle(columnOf);
  }

  private int[] oneToOne(GroupScores comparison, BlockTask block, int base, int size)
      throws IOException {
    TopLists lists = new TopLists(size, comparison.rows().length());
    for (int i = 0; i < size; i++) {
      take(comparison, lists, i, comparison.rows(), base + i, base);
    }
    // Where nothing stands out, each row of a large group would be asked for all its scores.
    boolean chance =
        size > Thresholds.MOST_BY_CHANCE
            && StandOuts.of(comparison).logP() >= Thresholds.STANDS_OUT_LOG_P;
    return chance
        ? GreedyAssignment.solve(lists)
        : SparseAssignment.solve(
            lists, (rows, length) -> longer(comparison, block, base, rows, length));
  }

  private TopLists longer(GroupScores comparison, BlockTask block, int base, int[] rows, int length)
      throws IOException {
    int[] units = Arrays.stream(rows).map(row -> row + base).toArray();
    TopLists found =
        runner.run("Settling " + block.group(), List.of(new RowsTask(block, units, length))).get(0);
    TopLists lists = new TopLists(rows.length, length);
    for (int k = 0; k < rows.length; k++) {
      take(comparison, lists, k, found, k, base, units[k]);
    }
    return lists;
  }

  private static void take(
      GroupScores comparison, TopLists lists, int item, TopLists from, int unit, int base) {
    take(comparison, lists, item, from, unit, base, unit);
  }

  /** Copies a list with indices counted from the instance's first; opposites count as alike. */
  private static void take(
      GroupScores comparison,
      TopLists lists,
      int item,
      TopLists from,
      int other,
      int base,
      int unit) {
    int opposite = comparison.opposite(unit);
    for (int rank = 0; rank < from.length(); rank++) {
      int index = from.index(other, rank);
      if (index >= 0 && index != opposite) {
        lists.offer(item, index - base, from.score(other, rank));
      }
    }
    if (from.last(other) > lists.last(item)) {
      lists.floor(item, from.last(other));
    }
    if (opposite >= 0) {
      lists.offer(item, opposite - base, comparison.opposition(unit));
    }
  }
}
