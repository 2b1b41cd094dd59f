package org.findthelady.match;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.findthelady.match.kernel.ScoreMoments;
import org.findthelady.match.kernel.SparseAssignment;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.kernel.TopLists;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.task.BlockResult;
import org.findthelady.match.task.BlockTask;
import org.findthelady.match.task.SketchResult;
import org.findthelady.structure.Group;

/** All blocks of one group's scores put together, and who was given to whom. */
final class GroupScores {
  private final Group group;
  private final List<Evidence> evidence;
  private final boolean within;
  private final TopLists rows;
  private final TopLists columns;
  private final TopLists lowest;
  private final double[] rowSquares;
  private final double[] columnSquares;
  private final ScoreMoments spread;
  private final long width;
  private int[] columnOf;
  private Sketched sketched;
  private boolean[] scored;
  private double[] proofs;
  private double[] bounds;
  private boolean[] proved;
  private boolean[] doubted;

  GroupScores(BlockTask any, Group group, List<BlockResult> blocks) {
    this.group = group;
    this.evidence = any.evidence();
    this.within = any.within();
    int units = group.units();
    this.rows = new TopLists(units, blocks.get(0).rows().length());
    this.columns = new TopLists(units, any.keep());
    this.lowest = new TopLists(units, 1);
    this.rowSquares = new double[units];
    this.columnSquares = new double[units];
    this.width = blocks.get(0).width();
    ScoreMoments all = ScoreMoments.NONE;
    for (BlockResult block : blocks) {
      all = all.plus(block.spread());
      for (int i = 0; i < block.rows().items(); i++) {
        rows.take(block.unit(i), block.rows(), i);
        lowest.take(block.unit(i), block.lowest(), i);
        rowSquares[block.unit(i)] = block.rowSquares()[i];
      }
      for (int j = 0; j < block.columns().items(); j++) {
        columns.take(block.firstColumn() + j, block.columns(), j);
        columnSquares[block.firstColumn() + j] = block.columnSquares()[j];
      }
    }
    this.spread = all;
  }

  private GroupScores(
      Group group,
      List<Evidence> evidence,
      TopLists rows,
      TopLists columns,
      ScoreMoments spread,
      long width) {
    this.group = group;
    this.evidence = evidence;
    this.within = false;
    this.rows = rows;
    this.columns = columns;
    this.lowest = new TopLists(group.units(), 1);
    this.rowSquares = new double[group.units()];
    this.columnSquares = new double[group.units()];
    this.spread = spread;
    this.width = width;
  }

  /** A comparison whose every score is known, settled at once. */
  static GroupScores ofScores(Group group, double[] scores, long width) throws IOException {
    int n = group.units();
    TopLists rows = new TopLists(n, n);
    TopLists columns = new TopLists(n, n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        rows.offer(i, j, (float) scores[i * n + j]);
        columns.offer(j, i, (float) scores[i * n + j]);
      }
    }
    GroupScores comparison =
        new GroupScores(group, List.of(), rows, columns, ScoreMoments.NONE, width);
    comparison.settle(SparseAssignment.solve(rows, (some, length) -> rows));
    return comparison;
  }

  /**
   * What sketches said and which rows were scored exactly for want of an answer.
   *
   * @param exact blocks of those rows
   */
  record Sketched(SketchResult sketch, List<BlockResult> exact) {
    Sketched {
      exact = List.copyOf(exact);
    }
  }

  /**
   * A comparison by sketches, with exact lists for the rows that they left open.
   *
   * @param exact blocks of those rows
   */
  static GroupScores ofSketch(
      BlockTask any, Group group, SketchResult sketch, List<BlockResult> exact) {
    int n = group.units();
    int length =
        Math.max(sketch.rows().length(), exact.isEmpty() ? 0 : exact.get(0).rows().length());
    GroupScores comparison =
        new GroupScores(
            group,
            any.evidence(),
            new TopLists(n, length),
            new TopLists(n, length),
            sketch.spread(),
            sketch.width());
    comparison.sketched = new Sketched(sketch, exact);
    comparison.proofs = new double[n];
    comparison.bounds = new double[n];
    Arrays.fill(comparison.proofs, Double.NaN);
    Arrays.fill(comparison.bounds, Double.NaN);
    comparison.scored = new boolean[n];
    for (BlockResult block : exact) {
      for (int i = 0; i < block.rows().items(); i++) {
        comparison.rows.take(block.unit(i), block.rows(), i);
        comparison.lowest.take(block.unit(i), block.lowest(), i);
        comparison.rowSquares[block.unit(i)] = block.rowSquares()[i];
        comparison.scored[block.unit(i)] = true;
      }
      for (int j = 0; j < n; j++) {
        comparison.columns.take(j, block.columns(), j);
        comparison.columnSquares[j] = block.columnSquares()[j];
      }
    }
    for (int unit = 0; unit < n; unit++) {
      if (!comparison.scored[unit]) {
        comparison.rows.take(unit, sketch.rows(), unit);
        comparison.rows.floor(unit, sketch.rowBounds()[unit]);
      }
      for (int rank = 0; rank < sketch.columns().length(); rank++) {
        int row = sketch.columns().index(unit, rank);
        if (row >= 0 && !comparison.scored[row]) {
          comparison.columns.offer(unit, row, sketch.columns().score(unit, rank));
        }
      }
    }
    return comparison;
  }

  /** What sketches said; null if there were none. */
  Sketched sketched() {
    return sketched;
  }

  /** Whether a row's match rests on sketches. */
  boolean isSketched(int row) {
    return sketched != null && !scored[row];
  }

  /**
   * Says what was found of a sketched row.
   *
   * @param cosine exact, of all the evidence, with the settled column
   * @param bound what no other cosine of the row or of its column exceeds
   * @param rowSquare weighted squared norm of the reference row
   * @param columnSquare the same of its column
   */
  void bound(int row, double cosine, double bound, double rowSquare, double columnSquare) {
    proofs[row] = cosine;
    bounds[row] = bound;
    rowSquares[row] = rowSquare;
    columnSquares[columnOf[row]] = columnSquare;
  }

  /** Whether no other cosine of the row, or of its column, can be as high: sketches tell. */
  boolean isBounded(int row) {
    return isSketched(row) && proofs[row] > bounds[row];
  }

  Group group() {
    return group;
  }

  List<Evidence> evidence() {
    return evidence;
  }

  boolean within() {
    return within;
  }

  TopLists rows() {
    return rows;
  }

  TopLists columns() {
    return columns;
  }

  long width() {
    return width;
  }

  /** How scores of rows that do not belong together spread. */
  ScoreMoments spread() {
    return spread;
  }

  /** Suspect unit, in the order of solved groups, of each reference unit. */
  int[] columnOf() {
    return columnOf;
  }

  void settle(int[] chosen) {
    this.columnOf = chosen;
  }

  /** Leaves every unit where it lies; what sketches said of those that were moved is void. */
  void keepPlaces() {
    for (int row = 0; row < columnOf.length; row++) {
      if (columnOf[row] != row && proofs != null) {
        proofs[row] = Double.NaN;
        bounds[row] = Double.NaN;
      }
    }
    columnOf = IntStream.range(0, columnOf.length).toArray();
  }

  /** Marks units whose place weights prove that were not compared here. */
  void prove(boolean[] units) {
    boolean[] all = units.clone();
    for (int row = 0; proved != null && row < all.length; row++) {
      all[row] |= proved[row];
    }
    this.proved = all;
  }

  boolean isProved(int row) {
    return proved != null && proved[row];
  }

  /** Marks a unit whose place rests on units that are in doubt themselves. */
  void doubt(int row) {
    doubted = doubted == null ? new boolean[columnOf.length] : doubted;
    doubted[row] = true;
  }

  boolean isDoubted(int row) {
    return doubted != null && doubted[row];
  }

  /** Reference unit that each suspect unit is most like. */
  int bestRow(int column) {
    return columns.index(column, 0);
  }

  /**
   * A suspect unit that is the negative of this reference unit, or -1: far more opposed to it than
   * any is like it.
   */
  int opposite(int row) {
    boolean opposed =
        lowest.index(row, 0) >= 0
            && lowest.score(row, 0) > Thresholds.OPPOSED
            && lowest.score(row, 0) > Thresholds.OPPOSED_TIMES * rows.score(row, 0);
    return opposed ? lowest.index(row, 0) : -1;
  }

  float opposition(int row) {
    return lowest.score(row, 0);
  }

  /** Score of the pair, or the best that it can be if no list holds it. */
  double score(int row, int column) {
    if (isSketched(row) && columnOf[row] == column && !Double.isNaN(proofs[row])) {
      return proofs[row];
    }
    for (int rank = 0; rank < rows.length(); rank++) {
      if (rows.index(row, rank) == column) {
        return rows.score(row, rank);
      }
    }
    for (int rank = 0; rank < columns.length(); rank++) {
      if (columns.index(column, rank) == row) {
        return columns.score(column, rank);
      }
    }
    return Math.min(rows.last(row), columns.last(column));
  }

  /** Best other score of the row or of its column; of a sketched row what it is at most. */
  double runnerUp(int row) {
    return isSketched(row) && !Double.isNaN(bounds[row]) ? bounds[row] : listedRunnerUp(row);
  }

  private double listedRunnerUp(int row) {
    int column = columnOf[row];
    return Math.max(other(rows, row, column), other(columns, column, row));
  }

  private static double other(TopLists lists, int item, int chosen) {
    for (int rank = 0; rank < lists.length(); rank++) {
      if (lists.index(item, rank) >= 0 && lists.index(item, rank) != chosen) {
        return lists.score(item, rank);
      }
    }
    return Double.NEGATIVE_INFINITY;
  }

  /**
   * Natural logarithm of how much likelier the settled source is than the next, under normal noise.
   * Weights are inverse variances of the noise expected; where the settled pair is further apart
   * than that, the noise is taken to be what it shows. Rows may differ by a factor.
   */
  double logOdds(int row) {
    return logOdds(row, runnerUp(row));
  }

  /** How much likelier the settled source is than the unit of the row's own place; at least. */
  double logOddsAgainstPlace(int row) {
    return logOdds(row, score(row, row));
  }

  private double logOdds(int row, double next) {
    double chosen = score(row, columnOf[row]);
    double squares = Math.min(rowSquares[row], columnSquares[columnOf[row]]);
    if (evidence.isEmpty()) {
      return width * (square(chosen) - square(next)) / 2 / Math.max(1e-3, 1 - square(chosen));
    }
    if (opposite(row) == columnOf[row]) {
      chosen = opposition(row);
    }
    double apart = squares * (1 - square(chosen));
    return squares * (square(chosen) - square(next)) / 2 / Math.max(1, apart / width);
  }

  private static double square(double cosine) {
    double clipped = Math.max(0, Math.min(1, cosine));
    return clipped * clipped;
  }

  /**
   * How far the best candidate of a row stands out among all, in natural logarithms of probability:
   * standard exponential for unrelated rows, whose best two of many are close together. The
   * effective width is taken from the spread of the scores themselves.
   */
  double standOut(int row) {
    double variance = spread.variance();
    if (!(variance > 0) || rows.length() < 2) {
      return 0;
    }
    double best = square(rows.score(row, 0) - spread.mean());
    double next = square(rows.score(row, 1) - spread.mean());
    return Math.log(Math.max(1e-6, 1 - next) / Math.max(1e-6, 1 - best)) / variance / 2;
  }

  /**
   * The same of every row. Rows that are most like one and the same unit count once, with their
   * mean: reference rows that are alike, as those of tokens that were never used, would else say
   * the same chance many times.
   */
  float[] standOuts() {
    float[] all = new float[group.units()];
    Map<Long, Integer> firsts = new HashMap<>();
    int[] counts = new int[all.length];
    for (int row = 0; row < all.length; row++) {
      double standOut = standOut(row);
      if (standOut > 0) {
        long instance = within ? row / group.size() : 0;
        long best = instance << Integer.SIZE | rows.index(row, 0);
        int own = row;
        int first = firsts.computeIfAbsent(best, key -> own);
        all[first] += (float) standOut;
        counts[first]++;
      }
    }
    for (int i = 0; i < all.length; i++) {
      all[i] /= Math.max(1, counts[i]);
    }
    return all;
  }

  /** Cosine of the settled pair, -1..1. */
  double cosine(int row) {
    return clipped(score(row, columnOf[row]));
  }

  /** Similarity of the settled pair minus that of the runner-up; NaN if none was scored. */
  double cosineMargin(int row) {
    double next = runnerUp(row);
    return Double.isInfinite(next) ? Double.NaN : cosine(row) - clipped(next);
  }

  /**
   * The same, but of a sketched row with the runner-up's estimate, which is off by about the root
   * of one over the sketch's length.
   */
  double estimatedMargin(int row) {
    double next = listedRunnerUp(row);
    return Double.isInfinite(next) ? Double.NaN : cosine(row) - clipped(next);
  }

  private static double clipped(double score) {
    return Math.max(-1, Math.min(1, score));
  }

  /** Differences of cosines below this are rounding. */
  double slack() {
    return 0x1p-23 * (8 + Math.sqrt((double) width));
  }

  /**
   * The rows with which the row might have been mixed up: those that compete for its column, and
   * those that hold a column for which it competes. Null if the lists are too short to tell.
   */
  int[] rivals(int row, double enough) {
    if (isDoubted(row)) {
      return null;
    }
    int[] rowOf = new int[columnOf.length];
    for (int i = 0; i < columnOf.length; i++) {
      rowOf[columnOf[i]] = i;
    }
    int column = columnOf[row];
    IntStream.Builder rivals = IntStream.builder();
    int size = within ? group.size() : group.units();
    int first = row / size * size;
    if (rowSquares[row] == 0 && columnSquares[column] == 0) {
      for (int other = first; other < first + size; other++) {
        if (other != row && (rowSquares[other] == 0 || columnSquares[columnOf[other]] == 0)) {
          rivals.add(other);
        }
      }
      return rivals.build().toArray();
    }
    for (int rank = 0; rank < rows.length(); rank++) {
      int rival = rows.index(row, rank);
      if (rival >= 0 && rival != column && close(row, rows.score(row, rank), enough)) {
        rivals.add(rowOf[rival]);
      }
    }
    for (int rank = 0; rank < columns.length(); rank++) {
      int rival = columns.index(column, rank);
      if (rival >= 0 && rival != row && close(row, columns.score(column, rank), enough)) {
        rivals.add(rival);
      }
    }
    boolean open =
        (rows.length() < size && close(row, rows.last(row), enough))
            || (columns.length() < size && close(row, columns.last(column), enough));
    return open ? null : rivals.build().distinct().toArray();
  }

  private boolean close(int row, double score, double enough) {
    return logOdds(row, score) <= enough || cosine(row) - clipped(score) <= slack();
  }

  /** Best score of a row with any column but the one of its own number. */
  double bestOther(int row) {
    return other(rows, row, row);
  }

  /** Sum of the scores of an assignment; pairs that no list holds count as the best they can be. */
  double total(int[] assigned) {
    double sum = 0;
    for (int row = 0; row < assigned.length; row++) {
      sum += score(row, assigned[row]);
    }
    return sum;
  }

  /** Whether any row was matched to its negative. */
  boolean hasOpposites() {
    for (int row = 0; row < columnOf.length; row++) {
      if (opposite(row) == columnOf[row]) {
        return true;
      }
    }
    return false;
  }
}
