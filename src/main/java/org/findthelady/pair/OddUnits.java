package org.findthelady.pair;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.findthelady.core.Shape;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.rows.GroupAxis;
import org.findthelady.match.rows.Role;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.structure.Axis;
import org.findthelady.structure.StackedTensor;

/**
 * The few units of a tensor that differ by far more than all its others: one neuron that was edited
 * inside a noised or a rounded model, one row of a table.
 */
final class OddUnits {
  private static final double QUARTILES_TO_SIGMA = 1.349;

  private final Slices slices;
  private final int axis;
  private final int[] odd;

  private OddUnits(Slices slices, int axis, int[] odd) {
    this.slices = slices;
    this.axis = axis;
    this.odd = odd;
  }

  /**
   * Looks along every axis, and takes the one on which the fewest units stand out; of equal ones
   * that whose units the tensor makes.
   *
   * @param ours row-major, in the reference's order
   * @param theirs likewise
   * @param roundoff largest relative error of the type that the suspect was rounded to; 0 if none
   * @param coarse whether numbers were set to zero or rounded to few levels, which changes small
   *     units by more than others: where most units changed, only what that cannot do stands out
   * @return null if no units stand out
   */
  static OddUnits of(
      MatchedPair matched,
      String tensor,
      Shape shape,
      float[] ours,
      float[] theirs,
      double roundoff,
      boolean coarse) {
    OddUnits best = null;
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.length(axis) < Thresholds.ODD_FEWEST) {
        continue;
      }
      Slices slices = Slices.of(shape, axis, ours, theirs, roundoff);
      int[] odd = coarse && slices.typical() > 0 ? slices.beyondRounding() : slices.odd();
      boolean fewer = odd.length > 0 && (best == null || odd.length < best.odd.length);
      boolean makes = best != null && odd.length == best.odd.length && makes(matched, tensor, axis);
      if (fewer || makes) {
        best = new OddUnits(slices, axis, odd);
      }
    }
    return best != null || coarse ? best : ofShort(shape, ours, theirs, roundoff);
  }

  /**
   * Those of an axis that is too short for any to stand out, such as the classes of a head, where
   * others are as they were.
   */
  private static OddUnits ofShort(Shape shape, float[] ours, float[] theirs, double roundoff) {
    OddUnits best = null;
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.length(axis) < 2 || shape.length(axis) >= Thresholds.ODD_FEWEST) {
        continue;
      }
      Slices slices = Slices.of(shape, axis, ours, theirs, roundoff);
      int[] odd = slices.changed();
      boolean few = odd.length > 0 && 2L * odd.length <= shape.length(axis);
      if (few && (best == null || odd.length < best.odd.length)) {
        best = new OddUnits(slices, axis, odd);
      }
    }
    return best;
  }

  private static boolean makes(MatchedPair matched, String part, int axis) {
    String tensor = whole(matched, part);
    return matched.match().groups().stream()
        .flatMap(group -> group.members().stream())
        .anyMatch(m -> m.tensor().equals(tensor) && m.axis() == axis && m.role() == Role.INCOMING);
  }

  /** The name that the structure has for a tensor. */
  private static String whole(MatchedPair matched, String tensor) {
    return matched.context().structure().stackOf(tensor).map(StackedTensor::name).orElse(tensor);
  }

  /** Whether they hold all that differs, but for rounding to a type. */
  boolean isAll() {
    return slices.typical() == 0;
  }

  /**
   * One for each unit, or row of a table or of what no group moves one by one.
   *
   * @param gathers for every axis where in the suspect an index is; null where it is the same
   */
  List<Finding> findings(MatchedPair matched, String tensor, int[][] gathers) {
    GroupMatch group = null;
    int[] units = null;
    List<Axis> axes = matched.context().structure().axes(tensor);
    for (GroupMatch some : matched.match().groups()) {
      boolean lies =
          some.members().stream().anyMatch(m -> m.equals(member(m, whole(matched, tensor))))
              && !axes.isEmpty();
      int[] own = lies ? units(matched, tensor, axes.get(axis), some.group()) : new int[0];
      boolean each =
          own.length > 0 && Arrays.stream(own).filter(u -> u >= 0).distinct().count() == own.length;
      // A column has no number of its own: it is told by the smallest unit that it lies in.
      boolean column = axis > 0 && (group == null || group.units() < some.units());
      if (each || (column && own.length > 0 && Arrays.stream(odd).allMatch(i -> own[i] >= 0))) {
        group = some;
        units = own;
      }
    }
    List<Finding> findings = new ArrayList<>();
    for (int index : odd) {
      int unit = group == null ? index : units[index];
      findings.add(
          new Finding(
              slices.kind(index),
              tensor,
              group == null ? "" : group.group(),
              unit,
              group != null
                  ? group.sources()[unit]
                  : gathers[axis] == null ? index : gathers[axis][index],
              slices.size(index),
              isAll(),
              1));
    }
    return findings;
  }

  /** Units of a group along the axis, of a part of a stack its own ones. */
  private int[] units(MatchedPair matched, String tensor, Axis along, String group) {
    int[] units = matched.context().structure().units(along, group);
    StackedTensor stack = matched.context().structure().stackOf(tensor).orElse(null);
    if (stack == null || stack.axis() != axis) {
      return units;
    }
    int length = units.length / stack.parts().size();
    int from = stack.parts().indexOf(tensor) * length;
    return Arrays.copyOfRange(units, from, from + length);
  }

  private GroupAxis member(GroupAxis like, String tensor) {
    return new GroupAxis(tensor, axis, like.width(), like.role());
  }

  /** Sums over every slice of a tensor along one axis, of the numbers that are finite in both. */
  private record Slices(int width, double[] gaps, double[] ours, double[] theirs, double[] dots) {
    static Slices of(Shape shape, int axis, float[] ours, float[] theirs, double roundoff) {
      int length = shape.intLength(axis);
      int block = Math.toIntExact(shape.elements(axis + 1, shape.rank()));
      Slices slices =
          new Slices(
              ours.length / length,
              new double[length],
              new double[length],
              new double[length],
              new double[length]);
      for (int from = 0; from < ours.length; ) {
        for (int at = 0; at < length; at++, from += block) {
          slices.add(at, from, block, ours, theirs, roundoff);
        }
      }
      return slices;
    }

    private void add(int at, int from, int count, float[] ours, float[] theirs, double roundoff) {
      double apart = 0;
      double here = 0;
      double there = 0;
      double both = 0;
      for (int i = from; i < from + count; i++) {
        double one = ours[i];
        double other = theirs[i];
        double gap = Math.abs(one - other);
        if (!Double.isFinite(gap)) {
          continue; // told by a finding of its own
        }
        apart += gap <= roundoff * Math.abs(one) ? 0 : gap * gap;
        here += one * one;
        there += other * other;
        both += one * other;
      }
      gaps[at] += apart;
      this.ours[at] += here;
      this.theirs[at] += there;
      dots[at] += both;
    }

    double typical() {
      return median(gaps);
    }

    private static double median(double[] values) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      // Of two only one need be as it was.
      return sorted[sorted.length > 2 ? sorted.length / 2 : 0];
    }

    int[] odd() {
      double typical = typical();
      int[] odd = typical == 0 ? changed() : standOut();
      return few(odd);
    }

    int[] changed() {
      return IntStream.range(0, gaps.length).filter(i -> gaps[i] > 0).toArray();
    }

    /** Those that changed by more than pruning or rounding to few levels can do. */
    int[] beyondRounding() {
      double most = Thresholds.MOST_OF_ROUNDING * typical();
      int[] odd =
          IntStream.range(0, gaps.length)
              .filter(i -> gaps[i] > most)
              .filter(i -> gaps[i] > Thresholds.BEYOND_ROUNDING * ours[i] && theirs[i] > 0)
              .filter(i -> rest(i) > 1 - square(Thresholds.RELIABLE_DIRECTION))
              .toArray();
      return few(odd);
    }

    private int[] few(int[] odd) {
      double most = Math.min(Thresholds.NAMED_UNITS, Thresholds.ODD_SHARE * gaps.length);
      return odd.length <= most ? odd : new int[0];
    }

    private static double square(double value) {
      return value * value;
    }

    /** Those whose difference stands out, and its share of their own norm too. */
    private int[] standOut() {
      boolean[] byGap = high(gaps);
      if (width <= Thresholds.NARROW) {
        return IntStream.range(0, gaps.length).filter(i -> byGap[i]).toArray();
      }
      double[] shares = new double[gaps.length];
      Arrays.setAll(shares, i -> ours[i] > 0 ? gaps[i] / ours[i] : gaps[i] > 0 ? 1e30 : 0);
      boolean[] byShare = high(shares);
      return IntStream.range(0, gaps.length).filter(i -> byGap[i] && byShare[i]).toArray();
    }

    private static boolean[] high(double[] values) {
      double[] logs = Arrays.stream(values).filter(v -> v > 0).map(Math::log).sorted().toArray();
      if (logs.length == 0) {
        return new boolean[values.length];
      }
      double median = logs[logs.length / 2];
      double sigma = (logs[logs.length * 3 / 4] - logs[logs.length / 4]) / QUARTILES_TO_SIGMA;
      double least = median + Math.max(1, Thresholds.ODD_DEVIATIONS * sigma);
      boolean[] high = new boolean[values.length];
      for (int i = 0; i < high.length; i++) {
        high[i] = values[i] > 0 && Math.log(values[i]) > least;
      }
      return high;
    }

    /** Share of a unit's squares that no factor explains. */
    private double rest(int unit) {
      double both = ours[unit] * theirs[unit];
      return both > 0 ? Math.max(0, 1 - dots[unit] * dots[unit] / both) : 1;
    }

    /** Whether one factor explains a unit, and nearly all of what differs in it. */
    private boolean isScaled(int unit) {
      double factor = dots[unit] / ours[unit] - 1;
      if (!(factor * factor * ours[unit] >= Thresholds.SCALED_SHARE * gaps[unit])) {
        return false;
      }
      double[] shares = new double[gaps.length];
      Arrays.setAll(shares, i -> ours[i] > 0 ? rest(i) : 0);
      double least = Math.max(Thresholds.SUMMED, Thresholds.SCALING_DEVIATIONS * median(shares));
      return width > Thresholds.NARROW
          && rest(unit) <= Math.min(least, 1 - Thresholds.RELIABLE_DIRECTION);
    }

    FindingKind kind(int unit) {
      if (!isScaled(unit)) {
        return FindingKind.UNIT_CHANGED;
      }
      return dots[unit] < 0 ? FindingKind.UNIT_SIGN_TURNED : FindingKind.UNIT_SCALED;
    }

    double size(int unit) {
      return isScaled(unit) ? Math.sqrt(theirs[unit] / ours[unit]) : Math.sqrt(gaps[unit]);
    }
  }
}
