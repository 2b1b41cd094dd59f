package org.findthelady.discover;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.findthelady.match.kernel.Thresholds;

/**
 * Settles an axis that is the only unknown one of its tensor. Every order of its length is tested
 * on it; one that fits better than chance makes it a member of that order's group. Else the axis'
 * own slices, or equal numbers of a vector, may tell a new order.
 */
final class AxisSolver {

  /** Slices of which an order is found at most; of more, known orders are tested. */
  private static final int MOST_UNITS = 1 << 15;

  /** Layouts that are tried beside an axis of very few slices, those of most axes first. */
  private static final int MOST_TRIED = 16;

  /** Numbers of a slice that are looked at where most orders are expected to be wrong. */
  private static final int GLANCED_WIDTH = 256;

  /** Numbers of a tensor from which on parts of it are looked at first. */
  private static final int LARGE = 1 << 17;

  /** Slices of a large tensor that a known order is tested on first. */
  private static final int QUICK_ROWS = 64;

  /** Slices that it is tested on before. */
  private static final int FIRST_ROWS = 16;

  /** Numbers of each of these. */
  private static final int QUICK_WIDTH = 128;

  /** Slices of a large tensor whose partners are looked for first, and numbers of each. */
  private static final int FEW_ROWS = 32;

  private static final int FEW_NUMBERS = 64;

  /** Numbers of a slice of a large tensor by which a new order is looked for first. */
  private static final int NARROW_WIDTH = 128;

  /** Numbers of vectors that are kept, sorted. */
  private static final long MOST_KEPT = 1 << 20;

  private final Map<TensorAxis, OrderLayout> certain = new HashMap<>();
  private final Map<Map.Entry<String, String>, VectorPair> vectors = new HashMap<>();
  private long kept;
  private final PairedTensors tensors;
  private final AxisTable table;
  private final RowReader reader;
  private final LayoutCandidates candidates;
  private final OrderAnalysis analysis;
  private final SplittableRandom random;
  private boolean last;

  AxisSolver(PairedTensors tensors, AxisTable table, SplittableRandom random) {
    this.random = random;
    this.tensors = tensors;
    this.table = table;
    this.reader = new RowReader(tensors);
    this.candidates = new LayoutCandidates(table);
    this.analysis = new OrderAnalysis(table);
  }

  /** Takes orders from now on that are less sure, if no other comes near. */
  void takeLast() {
    last = true;
  }

  /**
   * The layout that fits an axis best, and how unlikely that is by chance.
   *
   * @param next the same of the layout that fits second best
   */
  record Fit(OrderLayout layout, double chance, double next) {
    /** No layout fits. */
    static final Fit NONE = new Fit(null, 0, 0);

    boolean holds() {
      return layout != null && chance < Thresholds.ORDER_LOG_P;
    }

    boolean holdsLast() {
      return holds()
          || (layout != null
              && chance < Thresholds.LAST_ORDER_LOG_P
              && chance < next - Thresholds.LAST_ORDER_ODDS);
    }
  }

  static Fit fit(RowScores scores, List<OrderLayout> layouts) {
    return fit(layouts, layout -> scores.chance(layout.sources()));
  }

  /** The layout that chance explains least. */
  private static Fit fit(List<OrderLayout> layouts, ToDoubleFunction<OrderLayout> chances) {
    OrderLayout best = null;
    double least = 0;
    double next = 0;
    for (OrderLayout layout : layouts) {
      double chance = chances.applyAsDouble(layout);
      if (chance < least) {
        next = least;
        least = chance;
        best = layout;
      } else {
        next = Math.min(next, chance);
      }
    }
    double count = Math.log(layouts.size());
    return new Fit(best, least + count, next + count);
  }

  /**
   * Compares the slices along an axis; null if no number of them can be compared.
   *
   * @param instead layouts that are tried on other axes of the tensor
   */
  RowScores scores(TensorAxis axis, Map<TensorAxis, OrderLayout> instead) throws IOException {
    RowReader.Rows rows = rows(axis, instead);
    return rows.width() == 0 ? null : RowScores.of(rows);
  }

  /** The same of a part of the reference's slices, where there are many. */
  RowScores sample(TensorAxis axis, Map<TensorAxis, OrderLayout> instead) throws IOException {
    RowReader.Rows rows = rows(axis, instead);
    return rows.width() == 0 ? null : RowScores.ofSample(rows);
  }

  /** The same of few slices and numbers. */
  RowScores glance(TensorAxis axis, Map<TensorAxis, OrderLayout> instead) throws IOException {
    RowReader.Rows rows = rows(axis, instead, GLANCED_WIDTH);
    return rows.width() == 0 ? null : RowScores.ofGlance(rows);
  }

  /** The same of even fewer; null if there are not so many numbers. */
  RowScores first(TensorAxis axis, Map<TensorAxis, OrderLayout> instead) throws IOException {
    RowReader.Rows rows = rows(axis, instead, FEW_NUMBERS);
    return rows.width() < FEW_NUMBERS ? null : RowScores.ofGlance(rows, FEW_ROWS);
  }

  private RowReader.Rows rows(TensorAxis axis, Map<TensorAxis, OrderLayout> instead)
      throws IOException {
    return rows(axis, instead, RowReader.MOST_WIDTH);
  }

  private RowReader.Rows rows(TensorAxis axis, Map<TensorAxis, OrderLayout> instead, int width)
      throws IOException {
    return reader.read(axis.tensor(), axis.axis(), table.sources(axis.tensor(), instead), width);
  }

  /** Settles the axis if its order can be told. */
  boolean settle(TensorAxis axis) throws IOException {
    return settle(axis, null);
  }

  /**
   * The same.
   *
   * @param taken a layout to be tested besides those of whole orders; may be null
   */
  boolean settle(TensorAxis axis, OrderLayout taken) throws IOException {
    return isVector(axis) ? vector(axis, taken) : matrix(axis, taken);
  }

  /** Whether the best partners of nearly all slices are those that the axis' order names. */
  boolean isCertain(TensorAxis axis) {
    return table.known(axis).layout().equals(certain.get(axis));
  }

  boolean isVector(TensorAxis axis) {
    return table.shape(axis.tensor()).elements() == table.length(axis);
  }

  /**
   * Settles the axis of a matrix.
   *
   * @param taken a layout to be tested besides those of whole orders; may be null
   */
  boolean matrix(TensorAxis axis, OrderLayout taken) throws IOException {
    List<OrderLayout> layouts = layouts(axis, taken);
    if (isLarge(axis.tensor()) && largeMatrix(axis, taken, layouts)) {
      return true;
    }
    RowReader.Rows rows = rows(axis, Map.of());
    if (rows.width() == 0) {
      return false;
    }
    RowScores sample = RowScores.ofSample(rows);
    Fit fit = fit(sample, layouts);
    if (fit.holds() && sample.agreement(fit.layout().sources()) > Thresholds.PARTNERS_AGREE) {
      table.settle(axis, fit.layout(), fit.chance(), "its slices are in this order");
      certain.put(axis, fit.layout());
      return true;
    }
    if (rows.rows() > MOST_UNITS) {
      return false;
    }
    RowScores scores = sample.isWhole() ? sample : RowScores.of(rows);
    fit = sample.isWhole() ? fit : fit(scores, layouts);
    double alone = Chance.ofStandOut(scores.standOut(), 1, scores.tested());
    boolean holds = last ? fit.holdsLast() : fit.holds();
    if (holds && !scores.contradicts(fit.layout().sources())) {
      table.settle(axis, fit.layout(), fit.chance(), "its slices are in this order");
      return true;
    }
    if (alone < Thresholds.STAND_OUT_ORDER_LOG_P) {
      settleNew(axis, scores.order(), alone, "its slices tell their order");
      return true;
    }
    if (settleTogether(axis, rows, scores)) {
      return true;
    }
    fit = assigned(rows, layouts);
    if (last ? fit.holdsLast() : fit.holds()) {
      table.settle(axis, fit.layout(), fit.chance(), "its slices are assigned in this order");
      return true;
    }
    return false;
  }

  /**
   * The cosine of some numbers of a tensor in its order, those whose place is not known taken as
   * unlike; 0 if an axis of it is not known.
   */
  double cosine(String tensor) throws IOException {
    if (!table.unknown(tensor).isEmpty()) {
      return 0;
    }
    int[][] sources = table.sources(tensor, Map.of());
    int axis = 0;
    while (axis < sources.length - 1 && table.shape(tensor).length(axis) < 2) {
      axis++;
    }
    int length = table.shape(tensor).intLength(axis);
    int[] some =
        sources[axis] == null
            ? known(PlaceAnchors.inPlace(length), QUICK_ROWS)
            : known(sources[axis], QUICK_ROWS);
    RowReader.Rows rows = reader.readSome(tensor, axis, sources, RowReader.MOST_WIDTH, some);
    double dot = 0;
    double ours = 0;
    double theirs = 0;
    for (int i = 0; i < rows.a().length; i++) {
      dot += (double) rows.a()[i] * rows.b()[i];
      ours += (double) rows.a()[i] * rows.a()[i];
      theirs += (double) rows.b()[i] * rows.b()[i];
    }
    double known = 1;
    for (int[] of : sources) {
      known *= of == null ? 1 : (double) known(of, of.length).length / of.length;
    }
    return known * (ours * theirs > 0 ? dot / Math.sqrt(ours * theirs) : 1);
  }

  /** Whether a tensor is so large that parts of it are looked at first. */
  boolean isLarge(String tensor) {
    return table.shape(tensor).elements() > LARGE;
  }

  /** Settles the axis of a large tensor if parts of it are clear: likely orders, new ones, all. */
  private boolean largeMatrix(TensorAxis axis, OrderLayout taken, List<OrderLayout> layouts)
      throws IOException {
    List<OrderLayout> likely = new ArrayList<>(candidates.likely(table.length(axis)));
    if (taken != null) {
      likely.remove(taken);
      likely.add(0, taken);
    }
    List<OrderLayout> others = new ArrayList<>(layouts);
    others.removeAll(likely);
    double count = Math.log(layouts.size());
    return quickly(axis, likely, count) || narrowly(axis) || quickly(axis, others, count);
  }

  /** By the first layout that few slices follow clearly. */
  private boolean quickly(TensorAxis axis, List<OrderLayout> layouts, double count)
      throws IOException {
    for (OrderLayout layout : layouts) {
      double chance = quickChance(axis, layout, FIRST_ROWS);
      chance = chance + count < Thresholds.ORDER_LOG_P ? quickChance(axis, layout, QUICK_ROWS) : 0;
      if (chance + count < Thresholds.STAND_OUT_ORDER_LOG_P) {
        table.settle(axis, layout, chance + count, "its slices are in this order");
        certain.put(axis, layout);
        return true;
      }
    }
    return false;
  }

  /** How unlikely few slices follow a layout by chance; 0 if not nearly all of them do. */
  private double quickChance(TensorAxis axis, OrderLayout layout, int count) throws IOException {
    int[] some = known(layout.sources(), count);
    int[][] sources = table.sources(axis.tensor(), Map.of(axis, layout));
    if (some.length < count) {
      return 0;
    }
    RowReader.Rows rows = reader.readSome(axis.tensor(), axis.axis(), sources, QUICK_WIDTH, some);
    if (rows.width() <= NarrowRows.MOST_WIDTH) {
      return 0;
    }
    RowScores scores = RowScores.of(rows);
    int[] inPlace = PlaceAnchors.inPlace(count);
    return scores.agreement(inPlace) > Thresholds.PARTNERS_AGREE ? scores.chance(inPlace) : 0;
  }

  /** Some places of which the source is known, spread over the axis. */
  private static int[] known(int[] sources, int most) {
    int step = Math.max(1, sources.length / most);
    int[] some = new int[most];
    int count = 0;
    for (int k = 0; k < most && k * step < sources.length; k++) {
      int place = k * step + k % step;
      if (sources[place] >= 0) {
        some[count++] = place;
      }
    }
    return Arrays.copyOf(some, count);
  }

  /** Settles the axis of a large tensor by a new order that few numbers of a slice tell clearly. */
  private boolean narrowly(TensorAxis axis) throws IOException {
    RowReader.Rows rows = rows(axis, Map.of(), NARROW_WIDTH);
    if (rows.width() < NARROW_WIDTH || rows.rows() > MOST_UNITS) {
      return false;
    }
    EqualRows equal = new EqualRows(rows);
    if (equal.tellOrder()) {
      return settleCertain(axis, equal.order(), Chance.ofAgreement(equal.found()));
    }
    RowScores scores = RowScores.of(rows);
    double alone = Chance.ofStandOut(scores.standOut(), 1, scores.tested());
    if (scores.standOut() < Thresholds.TOLD_STAND_OUT
        || alone >= Thresholds.STAND_OUT_ORDER_LOG_P) {
      return false;
    }
    int[] order = scores.order();
    return scores.agreement(order) > Thresholds.PARTNERS_AGREE && settleCertain(axis, order, alone);
  }

  private boolean settleCertain(TensorAxis axis, int[] order, double chance) {
    settleNew(axis, order, chance, "its slices tell their order");
    certain.put(axis, table.known(axis).layout());
    return true;
  }

  /** Settles the axis of few slices, of which no evidence is enough alone. */
  private boolean settleTogether(TensorAxis axis, RowReader.Rows rows, RowScores scores)
      throws IOException {
    if (!isShort(axis)) {
      return false;
    }
    EqualRows equal = new EqualRows(rows);
    if (equal.found() == rows.rows()) {
      double chance = Chance.ofAgreement(rows.rows());
      settleNew(axis, equal.order(), chance, "both sides hold the same slices");
      return true;
    }
    Fit fit = together(scores);
    if (fit.holds()) {
      String how = "its slices find their partners in an order that is known";
      table.settle(axis, fit.layout(), fit.chance(), how);
    }
    return fit.holds();
  }

  /** Settles the axis of very few slices where both sides hold the same ones in another order. */
  void settleEqual(TensorAxis axis) throws IOException {
    RowReader.Rows rows = rows(axis, Map.of());
    EqualRows equal = new EqualRows(rows);
    boolean moved = !Arrays.equals(equal.order(), PlaceAnchors.inPlace(rows.rows()));
    if (moved && equal.found() == rows.rows()) {
      table.admit(axis);
      double chance = Chance.ofAgreement(rows.rows());
      settleNew(axis, equal.order(), chance, "both sides hold the same slices");
    }
  }

  /**
   * Settles the axis of very few slices, such as a router's of few experts, by the correlation of
   * their numbers, and the one other axis of which nothing may be known.
   *
   * @param open the other axis; null if all are known
   */
  void settleFew(TensorAxis axis, TensorAxis open) throws IOException {
    List<OrderLayout> layouts = open == null ? List.of() : candidates.plain(table.length(open));
    int tries = Math.max(1, Math.min(MOST_TRIED, layouts.size()));
    for (int k = 0; k < tries; k++) {
      Map<TensorAxis, OrderLayout> instead = open == null ? Map.of() : Map.of(open, layouts.get(k));
      FewRows few = new FewRows(rows(axis, instead));
      double chance = few.chance() + Math.log(tries);
      if (few.moves() && chance < Thresholds.ORDER_LOG_P) {
        String how = "its few slices are like each other in this order";
        table.admit(axis);
        settleNew(axis, few.order(), chance, how);
        if (open != null) {
          table.settle(open, layouts.get(k), chance, how);
        }
        return;
      }
    }
  }

  /** Whether an axis is so short that no order of it alone is beyond chance. */
  boolean isShort(TensorAxis axis) {
    return table.length(axis) < AxisTable.LEAST_UNITS;
  }

  /**
   * The known layout of a short axis in which its slices lie, if these have partners that stand
   * out. Slices without relation do the one by chance and the other by chance, so both
   * probabilities are put together (the product of two uniform numbers).
   */
  private Fit together(RowScores scores) throws IOException {
    int[] order = scores.order();
    List<OrderLayout> layouts = candidates.plain(order.length);
    double alone = Chance.ofStandOut(scores.standOut(), 1, scores.tested());
    double product = alone + Chance.ofAgreement(order.length) + Math.log(layouts.size());
    for (OrderLayout layout : layouts) {
      if (alone < Thresholds.LAST_ORDER_LOG_P && Arrays.equals(layout.sources(), order)) {
        return new Fit(layout, product + Math.log(1 - Math.min(0, product)), 0);
      }
    }
    return Fit.NONE;
  }

  /**
   * The same with a layout tried on another axis of the tensor.
   *
   * @param instead what is tried
   */
  Fit together(TensorAxis axis, Map<TensorAxis, OrderLayout> instead) throws IOException {
    RowScores scores = scores(axis, instead);
    return scores == null ? Fit.NONE : together(scores);
  }

  /** The layout that agrees best with the assignment of slices at their size. */
  private Fit assigned(RowReader.Rows rows, List<OrderLayout> layouts) throws IOException {
    if (rows.rows() > AssignedRows.MOST_ROWS) {
      return Fit.NONE;
    }
    AssignedRows assigned = new AssignedRows(rows, random);
    if (!assigned.showTrace(layouts.stream().map(OrderLayout::sources).toList())) {
      return Fit.NONE;
    }
    return fit(layouts, layout -> assigned.chance(layout.sources()));
  }

  /**
   * The same of an axis.
   *
   * @param instead layouts that are tried on other axes of the tensor
   */
  Fit assigned(TensorAxis axis, Map<TensorAxis, OrderLayout> instead) throws IOException {
    return assigned(rows(axis, instead), candidates.plain(table.length(axis)));
  }

  private List<OrderLayout> layouts(TensorAxis axis, OrderLayout taken) {
    List<OrderLayout> layouts = candidates.whole(table.length(axis));
    if (taken != null) {
      layouts.add(0, taken);
    }
    return layouts;
  }

  private boolean vector(TensorAxis axis, OrderLayout taken) throws IOException {
    int length = table.length(axis);
    VectorPair pair = vectors(axis);
    if (pair.isConstant()) {
      table.settle(axis, OrderLayout.inPlace(length), 0, "all numbers are the same");
      return true;
    }
    List<OrderLayout> layouts = layouts(axis, taken);
    if (vector(axis, fit(pair, layouts, pair::chance))) {
      return true;
    }
    if (pair.tellsOrder()) {
      double chance = Chance.ofAgreement(pair.distinct());
      settleNew(axis, pair.order(), chance, "both sides hold the same numbers");
      return true;
    }
    if (last && pair.isExact(PlaceAnchors.inPlace(length))) {
      table.settle(axis, OrderLayout.inPlace(length), 0, "the same numbers in place");
      return true;
    }
    return last && vector(axis, fit(pair, layouts, pair::chanceOfRanks));
  }

  /** Both sides of a tensor with one axis; kept, for it is asked for often. */
  VectorPair vectors(TensorAxis axis) throws IOException {
    Map.Entry<String, String> key = Map.entry(axis.tensor(), tensors.theirs(axis.tensor()));
    VectorPair pair = vectors.get(key);
    if (pair == null) {
      float[] a = new float[table.length(axis)];
      float[] b = new float[a.length];
      tensors.read(false, axis.tensor(), 0, a, 0, a.length);
      tensors.read(true, axis.tensor(), 0, b, 0, b.length);
      pair = new VectorPair(a, b);
      kept += a.length;
      if (kept < MOST_KEPT) {
        vectors.put(key, pair);
      }
    }
    return pair;
  }

  private boolean vector(TensorAxis axis, Fit fit) {
    boolean holds = last ? fit.holdsLast() : fit.holds();
    if (holds) {
      table.settle(axis, fit.layout(), fit.chance(), "its numbers are in this order");
    }
    return holds;
  }

  private static Fit fit(
      VectorPair pair, List<OrderLayout> layouts, ToDoubleFunction<int[]> chances) {
    return fit(
        layouts,
        layout ->
            layout.isInPlace() && !pair.staysInPlace()
                ? 0
                : chances.applyAsDouble(layout.sources()));
  }

  /** Takes an order that was not known before, in the form that it has. */
  void settleNew(TensorAxis axis, int[] order, double chance, String how) {
    table.settle(axis, analysis.layout(order), chance, how);
  }
}
