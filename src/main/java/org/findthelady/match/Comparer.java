package org.findthelady.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/** Plans the blocks of comparisons, runs them all at once, and settles who goes with whom. */
final class Comparer {
  private static final double TASK_FLOPS = 5e10;

  /** Products of a whole group below this are cheap enough to do in full. */
  private static final double LARGE_FLOPS = 2e9;

  private static final int SKETCH = 256;
  private static final int LONGEST_SKETCH = 4096;

  private final Structure structure;
  private final TaskRunner runner;
  private final MatchOptions options;
  private boolean equalSoFar = true;

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
    Map<String, Comparison> found = new LinkedHashMap<>();
    List<Request> large = requests.stream().filter(this::isLarge).toList();
    List<Request> rest = new ArrayList<>(requests);
    if (!large.isEmpty()) {
      if (equalSoFar) {
        found.putAll(equal(stage, large, resync));
        equalSoFar = 2 * found.size() >= large.size();
      }
      List<Request> open = large.stream().filter(r -> !found.containsKey(name(r))).toList();
      found.putAll(sketched(stage, open, resync));
      rest.removeIf(r -> found.containsKey(name(r)));
    }
    found.putAll(exact(stage, rest, resync));
    return requests.stream().map(r -> found.get(name(r))).toList();
  }

  private static String name(Request request) {
    return request.group().name();
  }

  private boolean isLarge(Request request) {
    Group group = request.group();
    double leaves = group.leaves();
    return options.sketch()
        && request.criterion() == Criterion.COSINE
        && group.parent().isEmpty()
        && leaves >= 4 * SKETCH
        && request.width() >= 2 * SKETCH
        && 2 * leaves * leaves * request.width() >= LARGE_FLOPS;
  }

  /**
   * Groups whose rows of one member are the same numbers in another order: no product is needed.
   */
  private Map<String, Comparison> equal(String stage, List<Request> large, Assignment resync)
      throws IOException {
    List<TwinTask> tasks = new ArrayList<>();
    for (Request request : large) {
      Evidence narrowest = narrowest(request);
      Member member =
          new Member(narrowest.tensor(), narrowest.axis(), narrowest.width(), Role.INCOMING);
      tasks.add(
          new TwinTask(
              name(request),
              List.of(member),
              Assignments.restricted(structure, resync, List.of(member.tensor())),
              options.seed(),
              options.blockBytes() / 4));
    }
    Map<String, Comparison> found = new LinkedHashMap<>();
    List<TwinTask.Twins> sums = runner.run(stage + ": equal rows", tasks);
    for (int r = 0; r < large.size(); r++) {
      Request request = large.get(r);
      EqualRows rows = EqualRows.of(sums.get(r));
      if (rows != null) {
        found.put(
            name(request),
            Comparison.ofEqual(
                request.group(),
                request.evidence(),
                request.width(),
                rows.columnOf(),
                rows.twin()));
      }
    }
    return found;
  }

  /** The member that is cheapest to read and still wide enough to tell rows apart. */
  private static Evidence narrowest(Request request) {
    return request.evidence().stream()
        .filter(e -> e.width() >= SKETCH)
        .min(Comparator.comparingLong(Evidence::width))
        .orElseGet(
            () ->
                request.evidence().stream()
                    .max(Comparator.comparingLong(Evidence::width))
                    .orElseThrow());
  }

  /** Sketches, longer ones where too many rows stay open, at last exact rows for what is left. */
  private Map<String, Comparison> sketched(String stage, List<Request> large, Assignment resync)
      throws IOException {
    Map<String, Comparison> found = new LinkedHashMap<>();
    List<Request> open = large;
    for (int length = SKETCH; length <= LONGEST_SKETCH && !open.isEmpty(); length *= 4) {
      List<SketchTask> tasks = new ArrayList<>();
      for (Request request : open) {
        tasks.add(sketch(request, resync, length));
      }
      List<SketchResult> results = runner.run(stage + ": sketches of " + length, tasks);
      List<Request> next = new ArrayList<>();
      for (int r = 0; r < open.size(); r++) {
        Request request = open.get(r);
        int[] rows = results.get(r).open();
        boolean longer = 4L * length <= LONGEST_SKETCH && 4L * length < request.width();
        if (rows.length > 0.02 * request.group().leaves() && longer) {
          next.add(request);
        } else if (rows.length <= 0.25 * request.group().leaves()) {
          found.put(name(request), finished(stage, request, resync, results.get(r), rows));
        }
      }
      open = next;
    }
    return found;
  }

  private SketchTask sketch(Request request, Assignment resync, int length) {
    return new SketchTask(
        name(request),
        request.evidence(),
        Assignments.restricted(
            structure, resync, request.evidence().stream().map(Evidence::tensor).toList()),
        request.group().leaves(),
        request.width(),
        length,
        options.seed(),
        options.blockBytes());
  }

  private Comparison finished(
      String stage, Request request, Assignment resync, SketchResult sketch, int[] rows)
      throws IOException {
    List<BlockTask> blocks = blocks(request, resync);
    BlockTask any = blocks.get(0);
    List<BlockTask> exact = new ArrayList<>();
    int step = any.to() - any.from();
    for (int from = 0; from < rows.length; from += step) {
      exact.add(
          any.forRows(
              Arrays.copyOfRange(rows, from, Math.min(rows.length, from + step)), any.keep()));
    }
    List<BlockResult> results =
        exact.isEmpty() ? List.of() : runner.run(stage + ": rows left open", exact);
    Comparison comparison = Comparison.ofSketch(any, request.group(), sketch, results);
    settle(comparison, any);
    return comparison;
  }

  /** Exact scores of a reference with itself, not settled. */
  List<Comparison> alike(List<Request> requests) throws IOException {
    return List.copyOf(scored("Measuring the reference", requests, Assignment.identity()).values());
  }

  private Map<String, Comparison> exact(String stage, List<Request> requests, Assignment resync)
      throws IOException {
    Map<String, Comparison> found = scored(stage, requests, resync);
    for (Request request : requests) {
      settle(found.get(name(request)), blocks(request, resync).get(0));
    }
    return found;
  }

  private Map<String, Comparison> scored(String stage, List<Request> requests, Assignment resync)
      throws IOException {
    List<BlockTask> tasks = new ArrayList<>();
    List<BlockTask> first = new ArrayList<>();
    for (Request request : requests) {
      List<BlockTask> blocks = blocks(request, resync);
      first.add(blocks.get(0));
      tasks.addAll(blocks);
    }
    Map<String, Comparison> found = new LinkedHashMap<>();
    List<BlockResult> results = tasks.isEmpty() ? List.of() : runner.run(stage, tasks);
    int at = 0;
    for (int r = 0; r < requests.size(); r++) {
      String name = name(requests.get(r));
      int end = at;
      while (end < tasks.size() && tasks.get(end).group().equals(name)) {
        end++;
      }
      Comparison comparison =
          new Comparison(first.get(r), requests.get(r).group(), results.subList(at, end));
      found.put(name, comparison);
      at = end;
    }
    return found;
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
              null,
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
    TopLists found =
        runner
            .run("Settling " + block.group(), List.of(new RowsTask(block, leaves, length)))
            .get(0);
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
    if (from.last(other) > lists.last(item)) {
      lists.floor(item, from.last(other));
    }
    if (opposite >= 0) {
      lists.offer(item, opposite - base, comparison.opposition(leaf));
    }
  }
}
