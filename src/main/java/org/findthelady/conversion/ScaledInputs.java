package org.findthelady.conversion;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.findthelady.align.Counterpart;
import org.findthelady.align.View;
import org.findthelady.checkpoint.Move;
import org.findthelady.match.kernel.Thresholds;

/**
 * Matrices whose inputs a compiler scaled before it converted them, and what makes these inputs
 * scaled back, so that the network computes the same: as AWQ does with a normalisation's weights,
 * or with the rows of the matrix before. Factors of a normalisation are those of its own numbers;
 * others are fitted to the codes of both matrices, which must agree.
 *
 * @see <a href="https://arxiv.org/abs/2306.00978">AWQ, Lin and others</a>
 */
public final class ScaledInputs {
  private static final double[] NONE = {};

  private final TensorCheck check;
  private final List<Source> sources;
  private final List<CheckedTensor> checked;
  private final Map<Integer, double[]> norms = new HashMap<>();
  private final Map<Integer, Fit> fits = new HashMap<>();
  private final TreeSet<Integer> used = new TreeSet<>();

  /** A tensor of the converted checkpoint, and where the original's numbers come from. */
  public record Source(Counterpart pair, View from, Move move) {}

  /** What a matrix is to the original's: rows and columns multiplied, by which normalisation. */
  private record Fit(double[] rows, double[] columns, int norm) {}

  /**
   * @param checked what was found of each source
   */
  public ScaledInputs(TensorCheck check, List<Source> sources, List<CheckedTensor> checked) {
    this.check = check;
    this.sources = sources;
    this.checked = checked;
  }

  /**
   * What is found once factors that make up for each other are known; the same if there are none.
   */
  public List<CheckedTensor> explained() throws IOException {
    List<Integer> off = new ArrayList<>();
    for (int i = 0; i < checked.size(); i++) {
      if (isOffMatrix(i)) {
        off.add(i);
      } else if (isOffNorm(i)) {
        norms.put(i, ratios(i));
      }
    }
    if (off.isEmpty() || norms.isEmpty()) {
      return checked;
    }
    for (int i : off) {
      fits.put(i, fit(i));
    }
    List<CheckedTensor> all = new ArrayList<>(checked);
    for (int i : off) {
      Factors factors = factors(i);
      if (factors != null) {
        CheckedTensor again = again(i, factors);
        if (2 * again.tally(null).codesOff < checked.get(i).tally(null).codesOff) {
          all.set(i, again);
          used.add(fits.get(i).norm());
        }
      }
    }
    for (int norm : norms.keySet()) {
      if (used.contains(norm)) {
        all.set(norm, checked.get(norm).scaledBack());
      }
    }
    return all;
  }

  private boolean isOffMatrix(int index) {
    CheckedTensor tensor = checked.get(index);
    View view = tensor.pair().reference();
    return tensor.scheme() != null
        && tensor.scheme().feedsBack()
        && view.shown().shape().rank() == 2
        && view.excerpt() == null
        && view.order() == null
        && tensor.tally(null).codesOff > Thresholds.ROUNDED_SHARE * tensor.elements();
  }

  private boolean isOffNorm(int index) {
    CheckedTensor tensor = checked.get(index);
    return tensor.scheme() != null
        && tensor.scheme().isPlain()
        && tensor.pair().reference().shown().shape().rank() == 1
        && 4 * tensor.tally(null).codesOff > tensor.elements();
  }

  /** By what a normalisation's weights were divided. */
  private double[] ratios(int index) throws IOException {
    double[] ratios = new double[(int) checked.get(index).elements()];
    stream(
        index,
        piece -> {
          for (int i = 0; i < piece.count(); i++) {
            ratios[(int) piece.first() + i] = piece.original()[i] / (double) piece.converted()[i];
          }
        });
    return ratios;
  }

  private void stream(int index, PieceCheck to) throws IOException {
    Source source = sources.get(index);
    check.stream(source.pair(), source.from(), source.move(), to);
  }

  private CheckedTensor again(int index, Factors factors) throws IOException {
    Source source = sources.get(index);
    return check.run(source.pair(), source.from(), source.move(), factors);
  }

  private Fit fit(int index) throws IOException {
    double[] columns = fitted(index, NONE, false);
    int best = -1;
    double nearest = Thresholds.INPUT_SCALES_APART;
    for (Map.Entry<Integer, double[]> norm : norms.entrySet()) {
      double apart =
          norm.getValue().length == columns.length ? apart(columns, norm.getValue(), -1) : 1;
      if (apart < nearest) {
        nearest = apart;
        best = norm.getKey();
      }
    }
    double[] known = best < 0 ? NONE : norms.get(best);
    double[] rows = fitted(index, known, true);
    return new Fit(rows, best < 0 ? columns : known, best);
  }

  /** The factors of rows, or of columns, that the converted numbers fit best. */
  private double[] fitted(int index, double[] columns, boolean ofRows) throws IOException {
    int width = (int) checked.get(index).pair().reference().shown().shape().length(1);
    int height = (int) checked.get(index).pair().reference().shown().shape().length(0);
    double[] products = new double[ofRows ? height : width];
    double[] squares = new double[products.length];
    PieceCheck sums =
        piece -> {
          for (int i = 0; i < piece.count(); i++) {
            long element = piece.first() + i;
            int at = (int) (ofRows ? element / width : element % width);
            products[at] += (double) piece.converted()[i] * piece.original()[i];
            squares[at] += (double) piece.original()[i] * piece.original()[i];
          }
        };
    stream(index, new Factors(NONE, columns, false).before(sums, width));
    double[] factors = new double[products.length];
    Arrays.setAll(factors, i -> squares[i] == 0 ? 1 : products[i] / squares[i]);
    return factors;
  }

  /** Median distance of logarithms of factors from those of others, or of their inverses. */
  private static double apart(double[] factors, double[] others, int sign) {
    double[] logs = new double[factors.length];
    Arrays.setAll(logs, i -> Math.log(factors[i]) + sign * Math.log(others[i]));
    double middle = sign > 0 ? 0 : median(logs.clone());
    Arrays.setAll(logs, i -> Math.abs(logs[i] - middle));
    double apart = median(logs);
    return apart >= 0 ? apart : Double.MAX_VALUE;
  }

  private static double median(double... values) {
    Arrays.sort(values);
    return values.length == 0 ? 0 : values[values.length / 2];
  }

  /** Whether factors are other than 1 by more than a fit leaves. */
  private static boolean tell(double[] factors) {
    double[] ones = new double[factors.length];
    Arrays.fill(ones, 1);
    return apart(factors, ones, 1) > Thresholds.INPUT_SCALES_FIT;
  }

  /** The factors of a matrix that what lies before and behind it makes up for; null for others. */
  private Factors factors(int index) {
    Fit fit = fits.get(index);
    boolean rows = tell(fit.rows());
    if (fit.norm() >= 0) {
      int reader = rows ? other(index, false) : -1;
      if (rows && reader < 0) {
        return null;
      }
      double[] own = rows ? inverse(joined(fits.get(reader).columns(), fit.rows())) : NONE;
      return new Factors(own, fit.columns(), rows);
    }
    int maker = other(index, true);
    return maker < 0
        ? null
        : new Factors(NONE, joined(fit.columns(), fits.get(maker).rows()), true);
  }

  /** The matrix whose rows, or columns, make up for this one's columns, or rows; -1 for none. */
  private int other(int index, boolean maker) {
    Fit own = fits.get(index);
    double nearest = Thresholds.INPUT_SCALES_APART;
    int best = -1;
    for (Map.Entry<Integer, Fit> entry : fits.entrySet()) {
      Fit other = entry.getValue();
      double[] ours = maker ? own.columns() : own.rows();
      double[] theirs = maker ? other.rows() : other.columns();
      boolean may = entry.getKey() != index && (maker ? tell(theirs) : other.norm() < 0);
      if (may && ours.length == theirs.length && apart(ours, theirs, 1) < nearest) {
        nearest = apart(ours, theirs, 1);
        best = entry.getKey();
      }
    }
    return best;
  }

  /** Factors of columns and of the rows before them, which are each other's inverses. */
  private static double[] joined(double[] columns, double[] rows) {
    double[] joined = new double[columns.length];
    Arrays.setAll(joined, i -> Math.sqrt(columns[i] / rows[i]));
    return joined;
  }

  private static double[] inverse(double[] factors) {
    return Arrays.stream(factors).map(factor -> 1 / factor).toArray();
  }
}
