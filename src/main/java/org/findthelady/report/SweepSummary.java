package org.findthelady.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import org.findthelady.experiment.CellResult;
import org.findthelady.experiment.Interval;
import org.findthelady.experiment.Method;
import org.findthelady.experiment.Protocol;
import org.findthelady.experiment.TaskScore;
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
   * @param closedForm null where there is none
   * @param score means over the seeds that measured it; null components where there is no task
   * @param fellShort seeds whose order is less likely than the true one; null where that is not
   *     known
   */
  public record Point(
      Key key,
      int seeds,
      Interval psi,
      Neurons counts,
      Double closedForm,
      TaskScore score,
      Integer fellShort) {
    /**
     * Whether a number is within the 95 % interval of Psi: of the mean over seeds, or, where all
     * seeds gave the same, of the share of all neurons.
     */
    boolean agreesWith(double expected) {
      Interval interval =
          psi.low() == psi.high()
              ? Interval.ofShare(counts.right(), counts.neurons() * seeds)
              : psi;
      return interval.contains(expected);
    }
  }

  /**
   * Neurons of a point.
   *
   * @param neurons of one seed
   * @param right over all seeds
   * @param wrongSilent over all seeds, placed wrong and not marked
   * @param wrongMarked over all seeds, placed wrong and marked
   */
  public record Neurons(long neurons, long right, long wrongSilent, long wrongMarked) {}

  /** Logarithms of likelihoods that are nearer than this are equal. */
  private static final double ROUNDING = 1e-3;

  private final Map<Key, Point> points = new LinkedHashMap<>();

  /**
   * @param rows in the order in which points shall be shown
   */
  public SweepSummary(Collection<CellResult> rows) {
    Map<Key, List<CellResult>> grouped = new LinkedHashMap<>();
    for (CellResult row : rows) {
      CellResult.Asked asked = row.asked();
      Key key =
          new Key(
              asked.model(), asked.protocol(), asked.attack(), asked.strength(), asked.method());
      grouped.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
    }
    grouped.forEach((key, seeds) -> points.put(key, point(key, seeds)));
  }

  private static Point point(Key key, List<CellResult> rows) {
    List<CellResult.Placed> placed = rows.stream().map(CellResult::placed).toList();
    List<TaskScore> scores = rows.stream().map(CellResult::score).filter(Objects::nonNull).toList();
    return new Point(
        key,
        rows.size(),
        Interval.ofMean(rows.stream().mapToDouble(CellResult::psi).toArray()),
        new Neurons(
            placed.get(0).neurons(),
            placed.stream().mapToLong(CellResult.Placed::right).sum(),
            placed.stream().mapToLong(CellResult.Placed::wrongSilent).sum(),
            placed.stream().mapToLong(CellResult.Placed::wrongMarked).sum()),
        rows.get(0).closedForm(),
        new TaskScore(mean(scores, TaskScore::errorPercent), mean(scores, TaskScore::divergence)),
        fellShort(rows.stream().map(CellResult::likelier).toList()));
  }

  private static Integer fellShort(List<Double> likelier) {
    List<Double> known = likelier.stream().filter(Objects::nonNull).toList();
    return known.isEmpty() ? null : (int) known.stream().filter(gain -> gain < -ROUNDING).count();
  }

  private static Double mean(List<TaskScore> scores, ToDoubleFunction<TaskScore> part) {
    OptionalDouble mean = scores.stream().mapToDouble(part).average();
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
