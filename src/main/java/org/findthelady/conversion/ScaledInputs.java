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
  private final List<CheckedTensor> found = new ArrayList<>();
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
    found.addAll(checked);
    List<Integer> pending = new ArrayList<>();
    for (int i : off) {
      if (!isExplainedByNorm(i)) {
        pending.add(i);
      }
    }
    pairs(pending);
    leftOver(pending);
    for (int norm : norms.keySet()) {
      if (used.contains(norm)) {
        found.set(norm, checked.get(norm).scaledBack());
      }
    }
    return found;
  }

  /** Whether a matrix keeps to the factors of a normalisation alone. */
  private boolean isExplainedByNorm(int index) throws IOException {
    Fit fit = fits.get(index);
    if (fit.norm() < 0) {
      return false;
    }
    CheckedTensor again = again(index, new Factors(NONE, fit.columns(), false));
    take(index, again);
    return again.tally(null).codesOff <= Thresholds.INPUT_SCALES_SHARE * again.elements();
  }

  /** Keeps what was found with factors if they explain most of the codes that are still off. */
  private void take(int index, CheckedTensor again) {
    if (2 * again.tally(null).codesOff < found.get(index).tally(null).codesOff) {
      found.set(index, again);
      used.add(fits.get(index).norm());
    }
  }

  /** Matrices whose rows make up for the columns of another. */
  private void pairs(List<Integer> pending) throws IOException {
    for (int reader : List.copyOf(pending)) {
      int maker = fits.get(reader).norm() < 0 ? maker(reader, pending) : -1;
      if (maker < 0) {
        continue;
      }
      pending.removeAll(List.of(reader, maker));
      double[] columns = fits.get(reader).columns();
      double[] rows = fits.get(maker).rows();
      CheckedTensor read = again(reader, new Factors(NONE, joined(columns, rows, false), true));
      CheckedTensor made = made(maker, inverse(joined(inverse(rows), inverse(columns), false)));
      if (fits(read) && fits(made)) {
        // Each keeps to factors of its own; where these go apart, what is computed was changed.
        double[] both = joined(columns, rows, true);
        read = again(reader, new Factors(NONE, both, true));
        made = made(maker, inverse(both));
      } else if (fits(made)) {
        made = made(maker, rows);
      } else {
        read = again(reader, new Factors(NONE, columns, true));
      }
      take(reader, read);
      take(maker, made);
    }
  }

  /**
   * Matrices without another that makes up for their factors: one that keeps to factors of its own
   * is right if a matrix that could be the other keeps to none.
   */
  private void leftOver(List<Integer> pending) throws IOException {
    Map<Integer, CheckedTensor> alone = new HashMap<>();
    List<Integer> strange = new ArrayList<>();
    for (int i : pending) {
      Fit fit = fits.get(i);
      CheckedTensor again =
          fit.norm() < 0 ? again(i, new Factors(NONE, fit.columns(), true)) : made(i, fit.rows());
      if (fits(again)) {
        alone.put(i, again);
      } else {
        strange.add(i);
      }
    }
    alone.forEach(
        (i, again) -> {
          boolean reads = fits.get(i).norm() < 0;
          int width = reads ? fits.get(i).columns().length : fits.get(i).rows().length;
          if (strange.stream()
              .map(fits::get)
              .anyMatch(o -> width == (reads ? o.rows() : o.columns()).length)) {
            take(i, again);
          }
        });
  }

  private CheckedTensor made(int index, double[] rows) throws IOException {
    return again(index, new Factors(rows, fits.get(index).columns(), true));
  }

  /** Whether nothing is wrong with fitted factors. */
  private static boolean fits(CheckedTensor again) {
    return again.tally(null).findings(true, false, List.of()).isEmpty();
  }

  private boolean isOffMatrix(int index) {
    CheckedTensor tensor = checked.get(index);
    View view = tensor.pair().reference();
    return tensor.scheme() != null
        && tensor.scheme().feedsBack()
        && view.shown().shape().rank() == 2
        && view.excerpt() == null
        && view.order() == null
        && tensor.tally(null).codesOff > Thresholds.INPUT_SCALES_SHARE * tensor.elements();
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

  /** The matrix whose rows make up for this one's columns; -1 for none. */
  private int maker(int reader, List<Integer> pending) {
    double[] columns = fits.get(reader).columns();
    double nearest = Thresholds.INPUT_SCALES_APART;
    int best = -1;
    for (int maker : pending) {
      double[] rows = fits.get(maker).rows();
      boolean may = fits.get(maker).norm() >= 0 && rows.length == columns.length;
      double apart = may ? apart(columns, rows, 1) : nearest;
      if (apart < nearest) {
        nearest = apart;
        best = maker;
      }
    }
    return best;
  }

  /**
   * Factors of columns and of the rows before them, which are each other's inverses.
   *
   * @param all whether they are joined where they go apart too; else the first ones stand there
   */
  private static double[] joined(double[] columns, double[] rows, boolean all) {
    double[] joined = new double[columns.length];
    Arrays.setAll(
        joined,
        i ->
            all || Math.abs(Math.log(columns[i] * rows[i])) < Thresholds.INPUT_SCALES_APART
                ? Math.sqrt(columns[i] / rows[i])
                : columns[i]);
    return joined;
  }

  private static double[] inverse(double[] factors) {
    return Arrays.stream(factors).map(factor -> 1 / factor).toArray();
  }
}
