package org.findthelady.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/** Plans the blocks of comparisons, runs them all at once, and settles who goes with whom. */
final class Comparer {
  private static final double TASK_FLOPS = 5e10;

  private final Structure structure;
  private final TaskRunner runner;
  private final MatchOptions options;

  Comparer(Structure structure, TaskRunner runner, MatchOptions options) {
    this.structure = structure;
    this.runner = runner;
    this.options = options;
  }

  /** What is to be compared: a group by some evidence. */
  record Request(Group group, List<Evidence> evidence, long width, Criterion criterion) {}

  /** Compares and settles all requests; they must not depend on one another. */
  List<Comparison> compare(String stage, List<Request> requests, Assignment resync)
      throws IOException {
    List<BlockTask> tasks = new ArrayList<>();
    List<BlockTask> first = new ArrayList<>();
    for (Request request : requests) {
      List<BlockTask> blocks = blocks(request, resync);
      first.add(blocks.get(0));
      tasks.addAll(blocks);
    }
    List<BlockResult> results = runner.run(stage, tasks);
    List<Comparison> comparisons = new ArrayList<>();
    int at = 0;
    for (int r = 0; r < requests.size(); r++) {
      String name = requests.get(r).group().name();
      int end = at;
      while (end < tasks.size() && tasks.get(end).group().equals(name)) {
        end++;
      }
      Comparison comparison =
          new Comparison(first.get(r), requests.get(r).group(), results.subList(at, end));
      settle(comparison, first.get(r));
      comparisons.add(comparison);
      at = end;
    }
    return comparisons;
  }

  private List<BlockTask> blocks(Request request, Assignment resync) {
    Group group = request.group();
    boolean within = group.parent().isPresent();
    int candidates = within ? group.size() : group.leaves();
    long byMemory = options.blockBytes() / 2 / (4L * candidates);
    long byFlops = (long) (TASK_FLOPS / (2.0 * candidates * request.width()));
    long rows = Math.max(1, Math.min(byMemory, Math.max(256, byFlops)));
    int step =
        within
            ? Math.toIntExact(Math.max(1, Math.min(rows / group.size(), group.instances())))
                * group.size()
            : (int) Math.min(rows, group.leaves());
    Assignment around =
        Assignments.restricted(
            structure,
            resync,
            request.evidence().stream().map(Evidence::tensor).collect(Collectors.toSet()));
    List<BlockTask> tasks = new ArrayList<>();
    for (int from = 0; from < group.leaves(); from += step) {
      tasks.add(
          new BlockTask(
              group.name(),
              request.evidence(),
              around,
              request.criterion(),
              from,
              Math.min(group.leaves(), from + step),
              within,
              keep(candidates),
              candidates,
              request.width(),
              options.blockBytes() / 2));
    }
    return tasks;
  }

  private static int keep(int candidates) {
    return candidates <= 64 ? candidates : candidates <= 8192 ? 16 : 4;
  }

  private void settle(Comparison comparison, BlockTask block) throws IOException {
    Group group = comparison.group();
    int size = comparison.within() ? group.size() : group.leaves();
    int[] columnOf = new int[group.leaves()];
    for (int first = 0; first < columnOf.length; first += size) {
      int base = first;
      TopLists lists = new TopLists(size, comparison.rows().length());
      for (int i = 0; i < size; i++) {
        take(comparison, lists, i, comparison.rows(), base + i, base);
      }
      int[] chosen =
          SparseAssignment.solve(
              lists, (rows, length) -> longer(comparison, block, base, rows, length));
      for (int i = 0; i < size; i++) {
        columnOf[base + i] = base + chosen[i];
      }
    }
    comparison.settle(columnOf);
  }

  private TopLists longer(Comparison comparison, BlockTask block, int base, int[] rows, int length)
      throws IOException {
    int[] leaves = Arrays.stream(rows).map(row -> row + base).toArray();
    BlockTask wider =
        new BlockTask(
            block.group(),
            block.evidence(),
            block.resync(),
            block.criterion(),
            block.from(),
            block.to(),
            block.within(),
            length,
            block.candidates(),
            block.width(),
            block.panelBytes());
    TopLists found =
        runner.run("Settling " + block.group(), List.of(new RowsTask(wider, leaves))).get(0);
    TopLists lists = new TopLists(rows.length, length);
    for (int k = 0; k < rows.length; k++) {
      take(comparison, lists, k, found, k, base, leaves[k]);
    }
    return lists;
  }

  private static void take(
      Comparison comparison, TopLists lists, int item, TopLists from, int leaf, int base) {
    take(comparison, lists, item, from, leaf, base, leaf);
  }

  /** Copies a list with indices counted from the instance's first; opposites count as alike. */
  private static void take(
      Comparison comparison,
      TopLists lists,
      int item,
      TopLists from,
      int other,
      int base,
      int leaf) {
    int opposite = comparison.opposite(leaf);
    for (int rank = 0; rank < from.length(); rank++) {
      int index = from.index(other, rank);
      if (index >= 0 && index != opposite) {
        lists.offer(item, index - base, from.score(other, rank));
      }
    }
    if (opposite >= 0) {
      lists.offer(item, opposite - base, comparison.opposition(leaf));
    }
  }
}
