package org.findthelady.discover;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.findthelady.match.kernel.Thresholds;

/**
 * Settles two unknown axes of a tensor. Known orders are tried on one of them: the right one makes
 * the slices along the other find partners that stand out, or lie in an order that is known too.
 */
final class AxisPairSolver {

  /** Stand-out of few partners from which on more are looked at; 1 by chance. */
  private static final double TRACE = 1.2;

  /** The same for the probability of the order that fits the other axis best. */
  private static final double TRACE_CHANCE = 0.1;

  private final AxisTable table;
  private final AxisSolver solver;
  private final LayoutCandidates candidates;
  private final SplittableRandom random;

  AxisPairSolver(AxisTable table, AxisSolver solver, SplittableRandom random) {
    this.table = table;
    this.solver = solver;
    this.candidates = new LayoutCandidates(table);
    this.random = random;
  }

  /** One order on one axis, and what the other axis' slices say to it. */
  private record Trial(
      TensorAxis axis,
      OrderLayout layout,
      TensorAxis other,
      double standOut,
      int tested,
      AxisSolver.Fit fit) {
    Trial {
      if (axis.equals(other)) {
        throw new IllegalArgumentException(axis + " tried on itself");
      }
    }

    /** Whether both say the same of both axes. */
    boolean isSame(Trial trial) {
      OrderLayout fitting = fit.layout();
      return axis.equals(trial.axis)
          ? layout.equals(trial.layout) && Objects.equals(fitting, trial.fit.layout())
          : layout.equals(trial.fit.layout()) && trial.layout.equals(fitting);
    }
  }

  /** Settles at least one of the axes, if that is possible. */
  boolean settle(TensorAxis first, TensorAxis second) throws IOException {
    return (solver.isLarge(first.tensor()) && settleQuickly(first, second))
        || settle(first, second, candidates::plain)
        || settle(first, second, candidates::blocks)
        || (solver.isShort(first) && solver.isShort(second) && settleShort(first, second));
  }

  /** Two short axes, by known orders that fit both. */
  private boolean settleShort(TensorAxis first, TensorAxis second) throws IOException {
    List<OrderLayout> layouts = candidates.plain(table.length(second));
    AxisSolver.Fit best = AxisSolver.Fit.NONE;
    OrderLayout tried = null;
    for (OrderLayout layout : layouts) {
      AxisSolver.Fit fit = solver.together(first, Map.of(second, layout));
      if (fit.chance() < best.chance()) {
        best = fit;
        tried = layout;
      }
    }
    double chance = best.chance() + Math.log(layouts.size());
    if (tried == null || chance >= Thresholds.ORDER_LOG_P) {
      return false;
    }
    String how = "slices find their partners with known orders on both axes";
    table.settle(first, best.layout(), chance, how);
    table.settle(second, tried, chance, how);
    return true;
  }

  /** By the orders that most axes carry, if with one of them few slices find their partners. */
  private boolean settleQuickly(TensorAxis first, TensorAxis second) throws IOException {
    List<OrderLayout> ofFirst = candidates.likely(table.length(first));
    List<OrderLayout> ofSecond = candidates.likely(table.length(second));
    for (int k = 0; k < Math.max(ofFirst.size(), ofSecond.size()); k++) {
      if ((k < ofSecond.size() && isClear(second, ofSecond.get(k), first))
          || (k < ofFirst.size() && isClear(first, ofFirst.get(k), second))) {
        return true;
      }
    }
    return false;
  }

  private boolean isClear(TensorAxis axis, OrderLayout layout, TensorAxis other)
      throws IOException {
    RowScores scores = solver.first(other, Map.of(axis, layout));
    if (scores == null || scores.standOut() < Thresholds.TOLD_STAND_OUT) {
      return false;
    }
    RowScores usual = solver.first(other, Map.of(axis, shuffled(table.length(axis))));
    double chance =
        Chance.ofStandOut(scores.standOut(), usual.standOut(), scores.tested())
            + Math.log(2.0 * LayoutCandidates.MOST_LIKELY);
    return scores.standOut() >= Thresholds.PAIR_AHEAD * usual.standOut()
        && chance < Thresholds.ORDER_LOG_P
        && confirmed(axis, layout, other, chance);
  }

  /** The same with orders that one end of an axis could carry. */
  boolean settleEnds(TensorAxis first, TensorAxis second) throws IOException {
    return settle(first, second, candidates::ends);
  }

  private boolean settle(TensorAxis first, TensorAxis second, IntFunction<List<OrderLayout>> kind)
      throws IOException {
    List<Trial> trials = new ArrayList<>();
    if (tryAll(first, kind.apply(table.length(first)), second, trials) && settle(trials)) {
      return true;
    }
    tryAll(second, kind.apply(table.length(second)), first, trials);
    return settle(trials);
  }

  /**
   * Settles both axes by the assignment of slices at their size, an order tried on the other axis.
   */
  boolean settleLast(TensorAxis first, TensorAxis second) throws IOException {
    List<Trial> trials = new ArrayList<>();
    tryAssigned(first, second, trials);
    tryAssigned(second, first, trials);
    trials.sort(Comparator.comparingDouble(trial -> trial.fit().chance()));
    if (trials.isEmpty()) {
      return false;
    }
    Trial best = trials.get(0);
    double next =
        trials.stream()
            .filter(trial -> !trial.isSame(best))
            .mapToDouble(trial -> trial.fit().chance())
            .min()
            .orElse(0);
    double count = Math.log(trials.size());
    AxisSolver.Fit fit =
        new AxisSolver.Fit(
            best.fit().layout(),
            best.fit().chance() + count,
            Math.min(next, best.fit().next()) + count);
    if (!fit.holdsLast()) {
      return false;
    }
    String how = "its slices are assigned in this order, the other axis' in one that is known";
    table.settle(best.other(), fit.layout(), fit.chance(), how);
    table.settle(best.axis(), best.layout(), fit.chance(), how);
    return true;
  }

  private void tryAssigned(TensorAxis axis, TensorAxis other, List<Trial> trials)
      throws IOException {
    for (OrderLayout layout : candidates.plain(table.length(axis))) {
      AxisSolver.Fit fit = solver.assigned(other, Map.of(axis, layout));
      trials.add(new Trial(axis, layout, other, 0, 0, fit));
    }
  }

  /** Whether one of the layouts is so clear that others need not be tried. */
  private boolean tryAll(
      TensorAxis axis, List<OrderLayout> layouts, TensorAxis other, List<Trial> trials)
      throws IOException {
    List<OrderLayout> others = candidates.whole(table.length(other));
    for (OrderLayout layout : layouts) {
      RowScores scores = scores(axis, layout, other, others);
      if (scores == null) {
        continue;
      }
      AxisSolver.Fit fit = AxisSolver.fit(scores, others);
      boolean whole = fit.holds() && !scores.contradicts(fit.layout().sources());
      trials.add(
          new Trial(
              axis,
              layout,
              other,
              scores.standOut(),
              scores.tested(),
              whole ? fit : AxisSolver.Fit.NONE));
      if (scores.standOut() > Thresholds.TOLD_STAND_OUT) {
        return true;
      }
    }
    return false;
  }

  /** Scores of the other axis' slices; of few only, if these show no trace of an order. */
  private RowScores scores(
      TensorAxis axis, OrderLayout layout, TensorAxis other, List<OrderLayout> others)
      throws IOException {
    if (solver.isLarge(axis.tensor())) {
      RowScores glance = solver.glance(other, Map.of(axis, layout));
      if (glance != null
          && glance.standOut() < TRACE
          && AxisSolver.fit(glance, others).chance() > Math.log(TRACE_CHANCE)) {
        return glance;
      }
    }
    return solver.sample(other, Map.of(axis, layout));
  }

  private boolean settle(List<Trial> trials) throws IOException {
    if (trials.isEmpty()) {
      return false;
    }
    double count = Math.log(trials.size());
    trials.sort(Comparator.comparingDouble(Trial::standOut).reversed());
    Trial best = trials.get(0);
    double next = trials.size() > 1 ? trials.get(1).standOut() : 1;
    if (best.standOut() >= Thresholds.PAIR_AHEAD * next && standsOut(best, count)) {
      return true;
    }
    Trial fitting =
        trials.stream().min(Comparator.comparingDouble(trial -> trial.fit().chance())).get();
    double chance = fitting.fit().chance() + count;
    if (!fitting.fit().holds() || chance >= Thresholds.ORDER_LOG_P) {
      return false;
    }
    table.settle(fitting.other(), fitting.fit().layout(), chance, "its slices are in this order");
    if (!solver.matrix(fitting.axis(), fitting.layout())) {
      table.settle(
          fitting.axis(), fitting.layout(), chance, "with it the other axis' slices are in order");
    }
    return true;
  }

  private boolean standsOut(Trial trial, double count) throws IOException {
    OrderLayout random = shuffled(table.length(trial.axis()));
    RowScores usual = solver.sample(trial.other(), Map.of(trial.axis(), random));
    double chance = Chance.ofStandOut(trial.standOut(), usual.standOut(), trial.tested()) + count;
    if (chance >= Thresholds.ORDER_LOG_P
        || trial.standOut() < Thresholds.PAIR_AHEAD * usual.standOut()) {
      return false;
    }
    return confirmed(trial.axis(), trial.layout(), trial.other(), chance);
  }

  /** Takes a layout, and looks at its axis once more if that settles the other one. */
  private boolean confirmed(TensorAxis axis, OrderLayout layout, TensorAxis other, double chance)
      throws IOException {
    String how = "with it the other axis' slices find their partners";
    table.settle(axis, layout, chance, how);
    if (solver.matrix(other, null)) {
      table.forget(axis);
      if (!solver.matrix(axis, layout)) {
        table.settle(axis, layout, chance, how);
      }
    }
    return true;
  }

  private OrderLayout shuffled(int length) {
    UnitOrder order = new UnitOrder(-1, UnitOrder.random(length, random));
    return OrderLayout.of(Piece.found(order, 1, 1));
  }
}
