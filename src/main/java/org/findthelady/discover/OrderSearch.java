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

/**
 * Finds the order of every axis of the suspect, outward from axes that stay in place (method 6).
 *
 * <p>A tensor with one unknown axis gives that axis' order by assignment. Before that, every order
 * of its length is tested on it; one that fits better than chance makes the axis a member of the
 * same group. Where two axes of a tensor are unknown, an order is tried on one of them: the right
 * one makes the rows of the other find partners that stand out.
 */
final class OrderSearch {
  /** Probability, all candidates counted, from which on an order is not chance. */
  static final double UNLIKELY = Math.log(1e-5);

  /** The same for an order that is new, or that only partners which stand out speak for. */
  private static final double VERY_UNLIKELY = Math.log(1e-7);

  /** Probability from which on the partners of slices are no chance, and speak against an order. */
  private static final double TELLING = Math.log(0.01);

  /** Share of the best sum of scores that an order must reach to be the whole axis' order. */
  private static final double WHOLE = 0.8;

  /** The same for an order that is only tried. */
  private static final double SUGGESTIVE = Math.log(0.05);

  /** By how much the right order must beat the next one. */
  private static final double AHEAD = 1.25;

  /** Stand-out of partners at which other orders are not looked at any more. */
  private static final double CLEAR = 4;

  private final PairedTensors tensors;
  private final AxisTable table;
  private final RowReader reader;
  private final LayoutCandidates candidates;
  private final OrderAnalysis analysis;
  private final Map<String, Long> tried = new HashMap<>();
  private final Set<TensorAxis> refused = new HashSet<>();
  private final SplittableRandom random;

  OrderSearch(PairedTensors tensors, AxisTable table, long seed) {
    this.tensors = tensors;
    this.table = table;
    this.reader = new RowReader(tensors);
    this.candidates = new LayoutCandidates(table);
    this.analysis = new OrderAnalysis(table);
    this.random = new SplittableRandom(seed);
  }

  /** Goes over the tensors until nothing more is found. */
  void run() throws IOException {
    do {
      sweep();
    } while (start());
  }

  private void sweep() throws IOException {
    boolean progress = true;
    while (progress) {
      progress = false;
      for (String tensor : tensors.names()) {
        while (isNew(tensor) && visit(tensor)) {
          progress = true;
        }
      }
    }
  }

  /**
   * Where nothing is sure, takes the order that one tensor suggests most clearly, and keeps it if
   * another tensor, which had no part in it, then fits.
   */
  private boolean start() throws IOException {
    List<Suggestion> suggestions = new ArrayList<>();
    for (String tensor : tensors.names()) {
      List<TensorAxis> unknown = table.unknown(tensor);
      if (unknown.size() == 1
          && table.shape(tensor).elements() > table.length(unknown.get(0))
          && !refused.contains(unknown.get(0))) {
        RowScores scores = scores(unknown.get(0), Map.of());
        if (scores != null) {
          suggestions.add(new Suggestion(unknown.get(0), scores));
        }
      }
    }
    suggestions.sort(Comparator.comparingDouble(Suggestion::chance));
    for (Suggestion suggestion : suggestions) {
      if (suggestion.chance() < SUGGESTIVE && holds(suggestion)) {
        return true;
      }
      refused.add(suggestion.axis());
    }
    return false;
  }

  private record Suggestion(TensorAxis axis, RowScores scores) {
    double chance() {
      return Chance.ofStandOut(scores.standOut(), 1, scores.tested());
    }
  }

  private boolean holds(Suggestion suggestion) throws IOException {
    AxisTable.Snapshot before = table.snapshot();
    TensorAxis axis = suggestion.axis();
    settleNew(axis, suggestion.scores().order(), suggestion.chance(), "others agree");
    AxisLayout layout = table.known(axis).layout();
    for (String tensor : tensors.names()) {
      if (!tensor.equals(axis.tensor())
          && table.couldCarry(tensor, layout)
          && isNew(tensor)
          && visit(tensor)) {
        double chance = table.supports(layout, axis);
        if (chance < VERY_UNLIKELY) {
          table.settle(axis, layout, chance, "others agree");
          return true;
        }
      }
    }
    table.restore(before);
    tried.clear();
    return false;
  }

  /** Whether something was found since the tensor was looked at. */
  private boolean isNew(String tensor) {
    long state = (long) table.orders().size() << 8 | table.unknown(tensor).size();
    return !Long.valueOf(state).equals(tried.put(tensor, state));
  }

  /** Forgets what was tried: orders were corrected. */
  void retry() {
    tried.clear();
    refused.clear();
  }

  private boolean visit(String tensor) throws IOException {
    List<TensorAxis> unknown = table.unknown(tensor);
    boolean vector =
        !unknown.isEmpty() && table.shape(tensor).elements() == table.length(unknown.get(0));
    if (vector) {
      return vector(unknown.get(0));
    }
    return switch (unknown.size()) {
      case 1 -> direct(unknown.get(0));
      case 2 -> paired(unknown.get(0), unknown.get(1)) || paired(unknown.get(1), unknown.get(0))
          || ends(unknown.get(0), unknown.get(1)) || ends(unknown.get(1), unknown.get(0));
      default -> false;
    };
  }

  private boolean vector(TensorAxis axis) throws IOException {
    int length = table.length(axis);
    float[] a = new float[length];
    float[] b = new float[length];
    tensors.read(false, axis.tensor(), 0, a, 0, length);
    tensors.read(true, axis.tensor(), 0, b, 0, length);
    VectorPair pair = new VectorPair(a, b);
    if (pair.isConstant()) {
      table.settle(axis, AxisLayout.inPlace(length), 0, "all numbers are the same");
      return true;
    }
    List<AxisLayout> layouts = candidates.whole(length);
    AxisLayout best = null;
    double least = 0;
    for (AxisLayout layout : layouts) {
      double chance = pair.chance(layout.sources());
      if (chance < least && (!layout.isInPlace() || pair.staysInPlace())) {
        least = chance;
        best = layout;
      }
    }
    least += Math.log(layouts.size());
    if (best != null && least < UNLIKELY) {
      table.settle(axis, best, least, "its numbers are in this order");
      return true;
    }
    if (pair.tellsOrder()) {
      double chance = Chance.ofAgreement(pair.distinct());
      settleNew(axis, pair.order(), chance, "both sides hold the same numbers");
      return true;
    }
    return false;
  }

  private void settleNew(TensorAxis axis, int[] order, double chance, String how) {
    table.settle(axis, analysis.layout(order), chance, how);
  }

  private RowScores scores(TensorAxis axis, Map<TensorAxis, AxisLayout> instead)
      throws IOException {
    RowReader.Rows rows =
        reader.read(axis.tensor(), axis.axis(), table.sources(axis.tensor(), instead));
    return rows.width() == 0 ? null : RowScores.of(rows);
  }

  /** The layout that fits an axis best, and how unlikely that is by chance. */
  private record Fit(AxisLayout layout, double chance) {
    boolean holds() {
      return layout != null && chance < UNLIKELY;
    }

    /** Whether the layout is right for some places only: another order fits far better. */
    boolean isPartOf(RowScores scores, int[] better) {
      return scores.deviations(layout.sources()) < WHOLE * scores.deviations(better);
    }
  }

  private Fit fit(RowScores scores, List<AxisLayout> layouts) {
    AxisLayout best = null;
    double most = 0;
    for (AxisLayout layout : layouts) {
      double deviations = scores.deviations(layout.sources());
      if (deviations > most) {
        most = deviations;
        best = layout;
      }
    }
    return new Fit(best, Chance.ofSum(most) + Math.log(layouts.size()));
  }

  private boolean direct(TensorAxis axis) throws IOException {
    RowScores scores = scores(axis, Map.of());
    if (scores == null) {
      return false;
    }
    Fit fit = fit(scores, candidates.whole(table.length(axis)));
    double alone = Chance.ofStandOut(scores.standOut(), 1, scores.tested());
    if (!fit.holds() && alone >= VERY_UNLIKELY) {
      return false;
    }
    int[] order = scores.order();
    if (fit.holds() && !(alone < TELLING && fit.isPartOf(scores, order))) {
      table.settle(axis, fit.layout(), fit.chance(), "its slices are in this order");
      return true;
    }
    if (alone < VERY_UNLIKELY) {
      settleNew(axis, order, alone, "its slices tell their order");
      return true;
    }
    return false;
  }

  /** Tries orders on one unknown axis, to see whether the other's slices then find partners. */
  private boolean paired(TensorAxis trial, TensorAxis other) throws IOException {
    return paired(trial, other, candidates.whole(table.length(trial)));
  }

  /** The same with orders that one end of the axis could carry. */
  private boolean ends(TensorAxis trial, TensorAxis other) throws IOException {
    return paired(trial, other, candidates.ends(table.length(trial)));
  }

  private boolean paired(TensorAxis trial, TensorAxis other, List<AxisLayout> layouts)
      throws IOException {
    List<AxisLayout> others = candidates.whole(table.length(other));
    AxisLayout best = null;
    double most = 0;
    double next = 0;
    int tested = 0;
    Fit both = new Fit(null, 0);
    for (AxisLayout layout : layouts) {
      RowScores scores = scores(other, Map.of(trial, layout));
      if (scores == null) {
        continue;
      }
      Fit fit = fit(scores, others);
      if (Boolean.getBoolean("dbg")) System.out.printf("    try %s %s other %s standout %.2f tested %d fit %.1f%n", trial, layout.whole()==null?"-":"g"+layout.whole().id()+"."+layout.length(), other, scores.standOut(), scores.tested(), fit.chance());
      if (fit.chance() < both.chance() && fit.holds() && !fit.isPartOf(scores, scores.order())) {
        both = fit;
      }
      if (scores.standOut() > most) {
        next = most;
        most = scores.standOut();
        best = layout;
        tested = scores.tested();
      } else {
        next = Math.max(next, scores.standOut());
      }
      if (most > CLEAR) {
        break;
      }
    }
    double chance = both.chance() + Math.log(layouts.size());
    if (both.layout() != null && chance < UNLIKELY) {
      table.settle(other, both.layout(), chance, "its slices are in this order");
      return direct(trial) || true;
    }
    return best != null
        && most >= AHEAD * next
        && standsOut(trial, other, best, most, tested, layouts.size())
        && confirmed(trial, other);
  }

  /** Looks at the axis on which an order was tried once more, now that the other one is known. */
  private boolean confirmed(TensorAxis trial, TensorAxis other) throws IOException {
    AxisTable.Known tried = table.known(trial);
    if (direct(other)) {
      table.forget(trial);
      if (!direct(trial)) {
        table.settle(trial, tried.layout(), tried.logP(), tried.how());
      }
    }
    return true;
  }

  private boolean standsOut(
      TensorAxis trial, TensorAxis other, AxisLayout best, double most, int tested, int of)
      throws IOException {
    RowScores usual = scores(other, Map.of(trial, shuffled(table.length(trial))));
    double chance =
        Chance.ofStandOut(most, usual.standOut(), tested)
            + Math.log(of);
    if (chance >= UNLIKELY || most < AHEAD * usual.standOut()) {
      return false;
    }
    table.settle(trial, best, chance, "with it the other axis' slices find their partners");
    return true;
  }

  private AxisLayout shuffled(int length) {
    int[] order = PlaceAnchors.inPlace(length);
    for (int i = length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return AxisLayout.of(Piece.found(new UnitOrder(-1, order), 1, 1));
  }

  /** Finds each order again from all its axes together; what was weak alone is then clear. */
  boolean correct(int mostUnits) throws IOException {
    boolean changed = false;
    for (UnitOrder order : table.orders()) {
      if (order.size() <= mostUnits) {
        changed |= correct(order);
      }
    }
    return changed;
  }

  private boolean correct(UnitOrder order) throws IOException {
    int n = order.size();
    float[] sum = new float[n * n];
    int members = 0;
    for (Map.Entry<TensorAxis, AxisTable.Known> entry : List.copyOf(table.known().entrySet())) {
      TensorAxis axis = entry.getKey();
      if (entry.getValue().layout().whole() != order
          || !table.unknown(axis.tensor()).isEmpty()
          || table.shape(axis.tensor()).elements() == n) {
        continue;
      }
      RowScores scores = scores(axis, Map.of());
      if (scores != null) {
        float[] more = scores.standardised();
        for (int at = 0; at < sum.length; at++) {
          sum[at] += more[at];
        }
        members++;
      }
    }
    return members > 0 && order.correct(LinearAssignment.greatest(sum, n));
  }
}
