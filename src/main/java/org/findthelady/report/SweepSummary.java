package org.findthelady.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.findthelady.experiment.CellResult;
import org.findthelady.experiment.Interval;
import org.findthelady.experiment.Method;
import org.findthelady.experiment.Protocol;
import org.findthelady.perturb.AttackKind;

/** A sweep's rows taken together over seeds. */
public final class SweepSummary {
  /** What tells the points of a sweep apart. */
  public record Key(
      String model, Protocol protocol, AttackKind attack, double strength, Method method) {}

  /**
   * One point: all seeds of a key.
   *
   * @param psi mean over seeds with its interval
   * @param neurons of one seed
   * @param right over all seeds
   * @param wrongSilent over all seeds, placed wrong and not marked
   * @param wrongMarked over all seeds, placed wrong and marked
   * @param closedForm null where there is none
   * @param errorPercent mean over seeds that measured it; null where there is no task
   * @param divergence likewise
   * @param fellShort seeds whose order is less likely than the true one; null where that is not
   *     known
   */
  public record Point(
      Key key,
      int seeds,
      Interval psi,
      long neurons,
      long right,
      long wrongSilent,
      long wrongMarked,
      Double closedForm,
      Double errorPercent,
      Double divergence,
      Integer fellShort) {
    /**
     * Whether a number is within the 95 % interval of Psi: of the mean over seeds, or, where all
     * seeds gave the same, of the share of all neurons.
     */
    boolean agreesWith(double expected) {
      Interval interval = psi.low() == psi.high() ? Interval.ofShare(right, neurons * seeds) : psi;
      return interval.contains(expected);
    }
  }

  /** Logarithms of likelihoods that are nearer than this are equal. */
  private static final double ROUNDING = 1e-3;

  private final Map<Key, Point> points = new LinkedHashMap<>();

  /**
   * @param rows in the order in which points shall be shown
   */
  public SweepSummary(Collection<CellResult> rows) {
    Map<Key, List<CellResult>> grouped = new LinkedHashMap<>();
    for (CellResult row : rows) {
      Key key = new Key(row.model(), row.protocol(), row.attack(), row.strength(), row.method());
      grouped.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
    }
    grouped.forEach((key, seeds) -> points.put(key, point(key, seeds)));
  }

  private static Point point(Key key, List<CellResult> rows) {
    return new Point(
        key,
        rows.size(),
        Interval.ofMean(rows.stream().mapToDouble(CellResult::psi).toArray()),
        rows.get(0).neurons(),
        rows.stream().mapToLong(CellResult::right).sum(),
        rows.stream().mapToLong(CellResult::wrongSilent).sum(),
        rows.stream().mapToLong(row -> row.wrongAmbiguous() + row.wrongInterchangeable()).sum(),
        rows.get(0).closedForm(),
        mean(rows.stream().map(CellResult::errorPercent).toList()),
        mean(rows.stream().map(CellResult::divergence).toList()),
        fellShort(rows.stream().map(CellResult::likelier).toList()));
  }

  private static Integer fellShort(List<Double> likelier) {
    List<Double> known = likelier.stream().filter(Objects::nonNull).toList();
    return known.isEmpty() ? null : (int) known.stream().filter(gain -> gain < -ROUNDING).count();
  }

  private static Double mean(List<Double> values) {
    OptionalDouble mean =
        values.stream().filter(Objects::nonNull).mapToDouble(Double::doubleValue).average();
    return mean.isPresent() ? mean.getAsDouble() : null;
  }

  /** In the order first seen. */
  public List<Point> points() {
    return List.copyOf(points.values());
  }

  /** The point of a key. */
  public Optional<Point> point(
      String model, Protocol protocol, AttackKind attack, double strength, Method method) {
    return Optional.ofNullable(points.get(new Key(model, protocol, attack, strength, method)));
  }
}
