package org.findthelady.match.task;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.findthelady.match.kernel.Blas;
import org.findthelady.match.kernel.Blas.Matrix;
import org.findthelady.match.kernel.Sketch;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.EvidenceReader;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * Scores of a range of reference units against suspect units: all of them, or those of the same
 * instance. Working memory: the block itself plus panels of {@code panelBytes}.
 */
public final class ScoreBlock {
  /** Score of a pair that must not be chosen: one of its rows holds NaN or an infinity. */
  public static final float IMPOSSIBLE = -1e9f;

  private static final double LEAST = -1e8;

  /** Panels of slices that several instances share. */
  private static final long CACHE_BYTES = 4L << 20;

  private final int from;
  private final int[] only;
  private final int rows;
  private final int firstColumn;
  private final int columns;
  private final int instances;
  private final float[] scores;
  private final double[] rowSquares;
  private final double[] columnSquares;
  private float[] a = new float[0];
  private float[] b = new float[0];
  private long width;

  /**
   * @param from first reference unit
   * @param to end of the reference units
   * @param within whether only suspect units of the same instance are candidates; then the range
   *     holds whole instances
   */
  ScoreBlock(Group group, int from, int to, boolean within) {
    this(group, null, from, to, within);
  }

  /**
   * @param only reference units that {@code from .. to} counts, none of the same instance only;
   *     null for all
   */
  ScoreBlock(Group group, int[] only, int from, int to, boolean within) {
    if (only != null && within) {
      throw new IllegalArgumentException("single units of " + group.name() + " within instances");
    }
    this.only = only;
    this.from = from;
    this.rows = to - from;
    this.instances = within ? rows / group.size() : 1;
    this.firstColumn = within ? from : 0;
    this.columns = within ? rows : group.units();
    this.scores = new float[Math.multiplyExact(rows, columnsOfRow())];
    this.rowSquares = new double[rows];
    this.columnSquares = new double[columns];
  }

  /** Candidates of each row. */
  int columnsOfRow() {
    return columns / instances;
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  int firstColumn() {
    return firstColumn;
  }

  /** First column, in block columns, of the candidates of block row {@code row}. */
  int base(int row) {
    return row / (rows / instances) * columnsOfRow();
  }

  /** [rows x columnsOfRow] row-major. */
  float[] scores() {
    return scores;
  }

  double[] rowSquares() {
    return rowSquares;
  }

  double[] columnSquares() {
    return columnSquares;
  }

  /** Numbers compared per pair. */
  long width() {
    return width;
  }

  /** Adds the products of all the evidence. */
  void add(
      Structure structure,
      Group group,
      Weights reference,
      Weights suspect,
      List<Evidence> evidence,
      GroupPermutations resync,
      long panelBytes)
      throws IOException {
    for (Evidence member : evidence) {
      EvidenceReader here =
          new EvidenceReader(
              structure,
              reference,
              group,
              member.tensor(),
              member.axis(),
              GroupPermutations.identity(),
              only);
      EvidenceReader all =
          only == null
              ? here
              : new EvidenceReader(
                  structure,
                  reference,
                  group,
                  member.tensor(),
                  member.axis(),
                  GroupPermutations.identity());
      EvidenceReader there =
          new EvidenceReader(structure, suspect, group, member.tensor(), member.axis(), resync);
      float[] others = member.anySign() ? scores.clone() : null;
      if (others != null) {
        Arrays.fill(scores, 0);
      }
      add(member, here, all, there, group.units(), panelBytes);
      for (int i = 0; others != null && i < scores.length; i++) {
        scores[i] = others[i] + Math.abs(scores[i]);
      }
    }
  }

  private void add(
      Evidence member,
      EvidenceReader here,
      EvidenceReader everyone,
      EvidenceReader there,
      int units,
      long panelBytes)
      throws IOException {
    width += here.width();
    // Instances whose units are rows of their own are read one by one, others slice by slice:
    // so what was just read is still in a core's cache when it is multiplied.
    boolean apart = instances > 1 && !here.byColumn() && !member.centred();
    int step = apart ? 1 : instances;
    long bytes = instances > 1 && !apart ? Math.min(panelBytes, CACHE_BYTES) : panelBytes;
    for (int first = 0; first < instances; first += step) {
      add(member, here, everyone, there, units, bytes, first, step);
    }
  }

  /** Adds what a member gives {@code count} instances from {@code first} on. */
  private void add(
      Evidence member,
      EvidenceReader here,
      EvidenceReader everyone,
      EvidenceReader there,
      int units,
      long bytes,
      int first,
      int count)
      throws IOException {
    int height = rows / instances;
    int across = columnsOfRow();
    int some = count * height;
    int others = count * across;
    int row = first * height;
    int column = first * across;
    int limit = (int) Math.min(here.width(), Math.max(1, bytes / (4L * (some + others))));
    boolean byColumn = here.byColumn();
    for (int part = 0; part < here.parts(limit); part++) {
      int depth = here.columns(limit, part);
      // One row more than is read: the last row from an instance's offset on ends in it (Blas).
      if (a.length < some * (depth + 1L) || b.length < others * (depth + 1L)) {
        a = new float[Math.multiplyExact(some, depth + 1)];
        b = new float[Math.multiplyExact(others, depth + 1)];
      }
      here.read(limit, part, from + row, from + row + some, a);
      there.read(limit, part, firstColumn + column, firstColumn + column + others, b);
      if (member.centred()) {
        centre(everyone, limit, part, units, depth, a, b);
      }
      addSquares(a, some, depth, byColumn, member.weight(), rowSquares, row);
      addSquares(b, others, depth, byColumn, member.weight(), columnSquares, column);
      for (int i = 0; i < count; i++) {
        Blas.addProduct(
            byColumn,
            height,
            across,
            depth,
            member.weight(),
            new Matrix(a, i * height * (byColumn ? 1 : depth), byColumn ? some : depth),
            new Matrix(b, i * across * (byColumn ? 1 : depth), byColumn ? others : depth),
            new Matrix(scores, (first + i) * height * across, across));
      }
    }
  }

  /** Takes the mean over all the reference's units off each column of both panels. */
  private void centre(
      EvidenceReader here, int limit, int part, int units, int depth, float[] a, float[] b)
      throws IOException {
    float[] all = a;
    if (rows != units || only != null) {
      all = new float[Math.multiplyExact(units, depth)];
      here.read(limit, part, 0, units, all);
    }
    float[] means = means(all, units, depth, here.byColumn());
    subtract(a, rows, depth, here.byColumn(), means);
    subtract(b, columns, depth, here.byColumn(), means);
  }

  /**
   * Takes the mean of each column of {@code a}, all units, off both panels. What is no number, as a
   * variance that a cast to half precision made infinite, is no evidence: it becomes zero.
   */
  static void centre(float[] a, float[] b, int units, int depth, boolean byColumn) {
    float[] means = means(a, units, depth, byColumn);
    subtract(a, units, depth, byColumn, means);
    subtract(b, units, depth, byColumn, means);
  }

  private static float[] means(float[] all, int units, int depth, boolean byColumn) {
    float[] means = new float[depth];
    for (int d = 0; d < depth; d++) {
      double sum = 0;
      int finite = 0;
      for (int unit = 0; unit < units; unit++) {
        float value = all[byColumn ? d * units + unit : unit * depth + d];
        if (Float.isFinite(value)) {
          sum += value;
          finite++;
        }
      }
      means[d] = finite == 0 ? 0 : (float) (sum / finite);
    }
    return means;
  }

  private static void subtract(
      float[] panel, int units, int depth, boolean byColumn, float[] means) {
    for (int i = 0; i < units * depth; i++) {
      float centred = panel[i] - means[byColumn ? i / units : i % depth];
      panel[i] = Float.isFinite(centred) ? centred : 0;
    }
  }

  /** Adds those of a panel's units to {@code squares} from {@code to} on. */
  static void addSquares(
      float[] panel,
      int units,
      int depth,
      boolean byColumn,
      float weight,
      double[] squares,
      int to) {
    if (!byColumn) {
      for (int unit = 0; unit < units; unit++) {
        squares[to + unit] += weight * Sketch.square(panel, unit * depth, depth);
      }
      return;
    }
    int d = 0;
    for (; d + 3 < depth; d += 4) {
      addFourSquares(panel, d * units, units, weight, squares, to);
    }
    for (; d < depth; d++) {
      for (int unit = 0; unit < units; unit++) {
        double value = panel[d * units + unit];
        squares[to + unit] += weight * value * value;
      }
    }
  }

  /** Adds those of four columns at a time, so that a sum is loaded and stored once for all. */
  private static void addFourSquares(
      float[] panel, int at, int units, float weight, double[] squares, int to) {
    for (int unit = 0; unit < units; unit++) {
      double one = panel[at + unit];
      double two = panel[at + units + unit];
      double three = panel[at + 2 * units + unit];
      double four = panel[at + 3 * units + unit];
      squares[to + unit] += weight * (one * one + two * two + (three * three + four * four));
    }
  }

  /** Turns products into cosines. A zero row scores 1 with a zero row and 0 with any other. */
  void finish() {
    double[] across = new double[columns];
    for (int j = 0; j < columns; j++) {
      across[j] = factor(columnSquares[j]);
    }
    int width = columnsOfRow();
    for (int i = 0; i < rows; i++) {
      double along = factor(rowSquares[i]);
      int base = base(i);
      for (int j = 0; j < width; j++) {
        int at = i * width + j;
        double score = along + across[base + j] == 0 ? 1 : scores[at] * along * across[base + j];
        scores[at] = Double.isFinite(score) ? (float) Math.max(LEAST, score) : IMPOSSIBLE;
      }
    }
  }

  private static double factor(double square) {
    return square == 0 ? 0 : 1 / Math.sqrt(square);
  }
}
