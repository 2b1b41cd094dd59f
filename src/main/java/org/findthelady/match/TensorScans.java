package org.findthelady.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.match.compare.CompareTask;
import org.findthelady.match.compare.TensorPairResult;
import org.findthelady.match.compare.TensorPairSums;
import org.findthelady.match.rows.PermutationSubsets;
import org.findthelady.match.rows.TensorScale;
import org.findthelady.match.rows.Weights;
import org.findthelady.match.task.ScaleTask;
import org.findthelady.match.task.TaskRunner;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/** Reads all tensors of a pair, in tasks of about equal size. */
final class TensorScans {
  /** Elements of one side that a task reads. */
  private static final long TASK_ELEMENTS = 1 << 25;

  /** Tensors whose scale one task measures. */
  private static final int SCALES = 32;

  private final Structure structure;
  private final Weights shapes;
  private final MatchOptions options;
  private final TaskRunner runner;

  /**
   * @param shapes of the tensors
   */
  TensorScans(Structure structure, Weights shapes, MatchOptions options, TaskRunner runner) {
    this.structure = structure;
    this.shapes = shapes;
    this.options = options;
    this.runner = runner;
  }

  /** Scales of the tensors, from samples. */
  List<TensorScale> scales(List<String> tensors) throws IOException {
    List<ScaleTask> tasks = new ArrayList<>(scaleTasks(tensors.size()));
    for (int from = 0; from < tensors.size(); from += SCALES) {
      tasks.add(
          new ScaleTask(
              List.copyOf(tensors.subList(from, Math.min(tensors.size(), from + SCALES)))));
    }
    List<TensorScale> scales = new ArrayList<>();
    if (!tasks.isEmpty()) {
      runner.run("Measuring tensors", tasks).forEach(scales::addAll);
    }
    return scales;
  }

  /** Tasks that measure the scale of so many tensors. */
  static int scaleTasks(int tensors) {
    return (tensors + SCALES - 1) / SCALES;
  }

  /** Compares the tensors once they are in order. */
  List<TensorPairResult> pairs(List<String> tensors, GroupPermutations resync) throws IOException {
    return pairs("Comparing matched tensors", tensors, resync, false);
  }

  /** What is said of tensors that are known to be equal. */
  List<TensorPairResult> equal(List<String> tensors) {
    return tensors.stream()
        .map(tensor -> TensorPairSums.equal(tensor, shapes.shape(tensor), structure.axes(tensor)))
        .toList();
  }

  /** The same, with sums even where all is equal. */
  List<TensorPairResult> sums(List<String> tensors, GroupPermutations resync) throws IOException {
    return pairs("Summing up equal tensors", tensors, resync, true);
  }

  /** Compares again the tensors on which something moved since they were compared. */
  List<TensorPairResult> pairsAgain(
      List<TensorPairResult> known, GroupPermutations before, GroupPermutations after)
      throws IOException {
    Set<String> moved = new HashSet<>();
    for (Group group : structure.groups()) {
      if (!before.of(group).equals(after.of(group))) {
        moved.add(group.name());
      }
    }
    List<String> changed = new ArrayList<>();
    for (TensorPairResult pairs : known) {
      for (Axis axis : structure.axes(pairs.comparison().tensor())) {
        if (axis.groups().stream().anyMatch(moved::contains)
            && !changed.contains(pairs.comparison().tensor())) {
          changed.add(pairs.comparison().tensor());
        }
      }
    }
    if (changed.isEmpty()) {
      return known;
    }
    Map<String, TensorPairResult> again = new HashMap<>();
    pairs(changed, after).forEach(pairs -> again.put(pairs.comparison().tensor(), pairs));
    return known.stream()
        .map(pairs -> again.getOrDefault(pairs.comparison().tensor(), pairs))
        .toList();
  }

  private List<TensorPairResult> pairs(
      String stage, List<String> tensors, GroupPermutations resync, boolean always)
      throws IOException {
    List<CompareTask> tasks = new ArrayList<>();
    for (List<String> batch : batches(tensors, shapes)) {
      tasks.add(
          new CompareTask(
              batch,
              PermutationSubsets.restricted(structure, resync, batch),
              batch.stream().mapToLong(tensor -> shapes.shape(tensor).elements()).sum(),
              options.blockBytes(),
              always));
    }
    if (tasks.isEmpty()) {
      return List.of();
    }
    // Last ones first: those that are written first are then still in the page cache.
    Collections.reverse(tasks);
    List<ArrayList<TensorPairResult>> results = new ArrayList<>(runner.run(stage, tasks));
    Collections.reverse(results);
    return results.stream().flatMap(List::stream).toList();
  }

  /** The tensors that each task of a pass over all of them reads, as they lie in the reference. */
  static List<List<String>> batches(List<String> unordered, Weights shapes) {
    List<String> tensors =
        unordered.stream().sorted(Comparator.comparingLong(shapes::place)).toList();
    List<List<String>> batches = new ArrayList<>();
    List<String> batch = new ArrayList<>();
    long elements = 0;
    for (int i = 0; i < tensors.size(); i++) {
      batch.add(tensors.get(i));
      elements += shapes.shape(tensors.get(i)).elements();
      if (elements >= TASK_ELEMENTS || i == tensors.size() - 1) {
        batches.add(List.copyOf(batch));
        batch.clear();
        elements = 0;
      }
    }
    return batches;
  }
}
