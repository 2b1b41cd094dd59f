package org.findthelady.discover;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.findthelady.match.kernel.LinearAssignment;
import org.findthelady.match.kernel.Thresholds;

/**
 * Finds the order of every axis of the suspect, outward from axes that stay in place (method 3.13).
 */
final class OrderSearch {
  /** Probability from which on an order is tried that only one tensor suggests. */
  private static final double SUGGESTIVE = Math.log(0.05);

  /** Places of an axis that is looked at twice, at most: vocabularies are not. */
  private static final int MOST_VERIFIED = 8192;

  /** Units of an order that is found again from all its axes at once: all scores are held. */
  private static final int MOST_CORRECTED = 512;

  /** What equal numbers of a vector count beside scores of slices, in their deviations. */
  private static final float EQUAL_NUMBERS = 10;

  /** Suggestions that may turn out wrong before no more are tried. */
  private static final int MOST_REFUSED = 64;

  private final PairedTensors tensors;
  private final AxisTable table;
  private final AxisSolver solver;
  private final AxisPairSolver pairs;
  private final SplittableRandom random;
  private final Map<String, Long> tried = new HashMap<>();
  private final Map<String, Integer> triedEnds = new HashMap<>();
  private final Set<TensorAxis> refused = new HashSet<>();

  OrderSearch(PairedTensors tensors, AxisTable table, long seed) {
    this.tensors = tensors;
    this.table = table;
    this.random = new SplittableRandom(seed);
    this.solver = new AxisSolver(tensors, table, random);
    this.pairs = new AxisPairSolver(table, solver, random);
  }

  /** Lets tensors without an order answer to others of their shape, where they do. */
  boolean exchange(PlaceAnchors anchors) throws IOException {
    SwappedTensors swapped = new SwappedTensors(tensors, table, solver, anchors);
    boolean matrices = swapped.findMatrices();
    if (matrices) {
      retry();
      run();
    }
    boolean vectors = swapped.findVectors();
    return matrices || vectors;
  }

  /**
   * What single orders of axes do not explain.
   *
   * @param grouped kernels of grouped convolutions, by tensor
   * @param unexplained the other tensors
   */
  record Rest(Map<String, GroupedKernels.Grouped> grouped, Set<String> unexplained) {}

  /** Looks once more at tensors whose numbers are not alike in the orders that were found. */
  Rest rest() throws IOException {
    GroupedKernels kernels = new GroupedKernels(tensors, table, random);
    Set<String> unexplained = new HashSet<>();
    for (String tensor : tensors.names()) {
      double cosine = table.shape(tensor).rank() > 1 ? solver.cosine(tensor) : 1;
      if (cosine < Thresholds.EXPLAINED_COSINE) {
        unexplained.add(tensor);
        kernels.look(tensor, cosine);
      }
    }
    unexplained.removeAll(kernels.found().keySet());
    return new Rest(kernels.found(), unexplained);
  }

  /** Goes over the tensors until nothing more is found. */
  void run() throws IOException {
    do {
      sweep();
    } while (start());
  }

  /** Settles what is left by orders that are less sure, where no other comes near. */
  void finish() throws IOException {
    solver.takeLast();
    retry();
    settleSingle();
    for (String tensor : tensors.names()) {
      List<TensorAxis> unknown = table.unknown(tensor);
      if (unknown.size() == 2 && pairs.settleLast(unknown.get(0), unknown.get(1))) {
        settleSingle();
      }
    }
    for (String tensor : tensors.names()) {
      for (TensorAxis axis : table.shortAxes(tensor)) {
        List<TensorAxis> unknown = table.unknown(tensor);
        if (unknown.isEmpty()) {
          solver.settleEqual(axis);
        }
        if (unknown.size() <= 1 && !table.axes(tensor).contains(axis)) {
          solver.settleFew(axis, unknown.isEmpty() ? null : unknown.get(0));
        }
      }
    }
  }

  /** Forgets what was tried: orders were corrected. */
  void retry() {
    tried.clear();
    triedEnds.clear();
    refused.clear();
  }

  /**
   * Goes over the tensors as long as what is sure leads on. Axes that are the only unknown ones of
   * their tensor go first: they need no trial.
   */
  void sweep() throws IOException {
    do {
      settleSingle();
    } while (settlePaired() || settleEnds() || settleAroundKernel());
  }

  private void settleSingle() throws IOException {
    boolean progress = true;
    while (progress) {
      progress = false;
      for (String tensor : tensors.names()) {
        if (table.unknown(tensor).size() == 1 && isNew(tensor)) {
          progress |= visit(tensor);
        }
      }
    }
  }

  private boolean settlePaired() throws IOException {
    for (String tensor : tensors.names()) {
      if (table.unknown(tensor).size() == 2 && isNew(tensor) && visit(tensor)) {
        return true;
      }
    }
    return false;
  }

  /** Concatenated axes: tried where nothing else is found, for they have many candidates. */
  private boolean settleEnds() throws IOException {
    for (String tensor : tensors.names()) {
      List<TensorAxis> unknown = table.unknown(tensor);
      if (unknown.size() == 2
          && isNewEnd(tensor)
          && pairs.settleEnds(unknown.get(0), unknown.get(1))) {
        return true;
      }
    }
    return false;
  }

  private boolean isNewEnd(String tensor) {
    return !Integer.valueOf(table.newest()).equals(triedEnds.put(tensor, table.newest()));
  }

  /** Tensors with more unknown axes: the positions of a large kernel are taken to stay. */
  private boolean settleAroundKernel() throws IOException {
    for (String tensor : tensors.names()) {
      int unknown = table.unknown(tensor).size();
      if (unknown > 2 && isNewEnd(tensor)) {
        int last = table.shape(tensor).rank() - 1;
        if (settleAround(tensor, 2, last) || settleAround(tensor, 0, last - 2)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The same if the kernel's axes are these, of which one at least is unknown. */
  private boolean settleAround(String tensor, int first, int last) throws IOException {
    List<TensorAxis> kernel = new ArrayList<>(table.unknown(tensor));
    kernel.removeIf(axis -> axis.axis() < first || axis.axis() > last);
    String how = "with its positions in place the other axes' slices are in order";
    kernel.forEach(axis -> table.settle(axis, OrderLayout.inPlace(table.length(axis)), 0, how));
    boolean settled = table.unknown(tensor).size() <= 2 && visit(tensor);
    if (!settled) {
      kernel.forEach(table::forget);
    }
    return settled;
  }

  /** Whether something was found since that could help to settle the tensor. */
  private boolean isNew(String tensor) {
    List<TensorAxis> unknown = table.unknown(tensor);
    long state = unknown.size();
    for (TensorAxis axis : unknown) {
      state = 31 * state + table.newestFor(table.length(axis));
    }
    return !Long.valueOf(state).equals(tried.put(tensor, state));
  }

  private boolean visit(String tensor) throws IOException {
    List<TensorAxis> unknown = table.unknown(tensor);
    return switch (unknown.size()) {
      case 1 -> solver.settle(unknown.get(0));
      case 2 -> pairs.settle(unknown.get(0), unknown.get(1));
      default -> false;
    };
  }

  private record Suggestion(TensorAxis axis, int[] order, double chance) {}

  /**
   * Where nothing is sure, takes the order that one tensor suggests most clearly, and keeps it if
   * another tensor, which had no part in it, then fits.
   */
  private boolean start() throws IOException {
    List<Suggestion> suggestions = new ArrayList<>();
    for (String tensor : tensors.names()) {
      List<TensorAxis> unknown = table.unknown(tensor);
      if (unknown.size() == 1
          && !solver.isVector(unknown.get(0))
          && !refused.contains(unknown.get(0))) {
        RowScores scores = solver.scores(unknown.get(0), Map.of());
        double chance =
            scores == null ? 0 : Chance.ofStandOut(scores.standOut(), 1, scores.tested());
        if (chance < SUGGESTIVE) {
          suggestions.add(new Suggestion(unknown.get(0), scores.order(), chance));
        }
      }
    }
    suggestions.sort(Comparator.comparingDouble(Suggestion::chance));
    for (Suggestion suggestion : suggestions) {
      if (refused.size() >= MOST_REFUSED) {
        return false;
      }
      if (holds(suggestion)) {
        return true;
      }
      refused.add(suggestion.axis());
    }
    return false;
  }

  private boolean holds(Suggestion suggestion) throws IOException {
    AxisTable.Snapshot before = table.snapshot();
    TensorAxis axis = suggestion.axis();
    solver.settleNew(axis, suggestion.order(), suggestion.chance(), "others agree");
    OrderLayout layout = table.known(axis).layout();
    for (String tensor : tensors.names()) {
      if (!tensor.equals(axis.tensor()) && table.couldCarry(tensor, layout) && visit(tensor)) {
        double chance = table.supports(layout, axis);
        if (chance < Thresholds.STAND_OUT_ORDER_LOG_P) {
          table.settle(axis, layout, chance, "others agree");
          return true;
        }
      }
    }
    table.restore(before);
    return false;
  }

  /**
   * Looks once more at every axis of a tensor of which the others are known: an order that was
   * taken early may fit in part only.
   *
   * @return whether an axis got another layout
   */
  boolean verify() throws IOException {
    boolean changed = false;
    for (Map.Entry<TensorAxis, AxisTable.Known> entry : List.copyOf(table.known().entrySet())) {
      TensorAxis axis = entry.getKey();
      AxisTable.Known before = entry.getValue();
      if (table.unknown(axis.tensor()).isEmpty()
          && table.length(axis) <= MOST_VERIFIED
          && !solver.isCertain(axis)) {
        table.forget(axis);
        if (!solver.settle(axis, before.layout())) {
          table.settle(axis, before.layout(), before.logP(), before.how());
        }
        changed |= !table.known(axis).layout().equals(before.layout());
      }
    }
    return changed;
  }

  private boolean isCompleteMatrix(TensorAxis axis) {
    return !solver.isVector(axis) && table.unknown(axis.tensor()).isEmpty();
  }

  /** Adds what an axis says of every pair of units; false if it says nothing. */
  private boolean add(TensorAxis axis, float[] sum) throws IOException {
    int n = table.length(axis);
    if (solver.isVector(axis)) {
      VectorPair pair = solver.vectors(axis);
      for (int at = 0; at < sum.length; at++) {
        sum[at] += pair.isEqual(at / n, at % n) ? EQUAL_NUMBERS : 0;
      }
      return pair.tellsOrder();
    }
    RowScores scores = isCompleteMatrix(axis) ? solver.scores(axis, Map.of()) : null;
    if (scores == null) {
      return false;
    }
    float[] more = scores.standardised();
    for (int at = 0; at < sum.length; at++) {
      sum[at] += more[at];
    }
    return true;
  }

  /** Finds each order again from all its axes together; what was weak alone is then clear. */
  boolean correct() throws IOException {
    boolean changed = false;
    for (UnitOrder order : table.orders()) {
      if (order.size() <= MOST_CORRECTED) {
        changed |= correct(order);
      }
    }
    return changed;
  }

  private boolean correct(UnitOrder order) throws IOException {
    int n = order.size();
    float[] sum = new float[n * n];
    int members = 0;
    for (Map.Entry<TensorAxis, AxisTable.Known> entry : table.known().entrySet()) {
      if (entry.getValue().layout().whole() == order) {
        members += add(entry.getKey(), sum) ? 1 : 0;
      }
    }
    return members > 0 && order.correct(LinearAssignment.greatest(sum, n));
  }
}
