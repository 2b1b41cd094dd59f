package org.findthelady.match.result;

import java.io.Serializable;
import java.util.List;
import org.findthelady.match.kernel.CombinedP;
import org.findthelady.match.kernel.Thresholds;

/**
 * Whether reference and suspect have a common origin, told from weight matrices alone (method
 * 3.11). Biases and normalisation parameters that an attack left alone are evidence of order, not
 * of origin.
 *
 * @param logInPlace natural logarithm of the probability that units of an unrelated model are as
 *     alike in place: exact, by units of the same number, over all groups; 0 when there is no
 *     evidence
 * @param logShuffled natural logarithm of a bound on the probability that an unrelated model gets
 *     as good a match, by how matches stand out; 0 when there is no evidence or none was needed
 * @param tests number of units that were tested, by the test that tested more
 * @param agreement share of matched units whose best match stands out at one in a hundred; NaN
 *     where none was tested
 * @param groups what was found of each group that was tested
 */
public record Origin(
    double logInPlace, double logShuffled, long tests, double agreement, List<GroupOrigin> groups)
    implements Serializable {
  /**
   * What was found of one group.
   *
   * @param group its name
   * @param logInPlace as above; NaN where it was not tested in place
   * @param logShuffled as above; NaN where it was not tested
   */
  public record GroupOrigin(String group, double logInPlace, double logShuffled)
      implements Serializable {
    /** Whether this group alone rules chance out. */
    public boolean common() {
      return logInPlace < Math.log(Thresholds.COMMON_ORIGIN)
          || logShuffled < Math.log(Thresholds.COMMON_ORIGIN);
    }
  }

  public Origin {
    groups = List.copyOf(groups);
  }

  /** Nothing was tested. */
  public static Origin untested() {
    return new Origin(0, 0, 0, Double.NaN, List.of());
  }

  /**
   * Every weight is the same bytes: there is nothing to test.
   *
   * @param units of all groups
   */
  public static Origin equal(long units) {
    return new Origin(0, Double.NEGATIVE_INFINITY, units, 1, List.of());
  }

  /** What parts of a network say together: one strong part suffices. */
  public static Origin together(List<Origin> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    long tests = parts.stream().mapToLong(Origin::tests).sum();
    double agreeing =
        parts.stream()
            .filter(part -> !Double.isNaN(part.agreement))
            .mapToDouble(part -> part.agreement * part.tests)
            .sum();
    return new Origin(
        CombinedP.log(parts.stream().map(Origin::logInPlace).toList()),
        CombinedP.log(parts.stream().map(Origin::logShuffled).toList()),
        tests,
        tests == 0 ? Double.NaN : agreeing / tests,
        parts.stream().flatMap(part -> part.groups.stream()).toList());
  }

  /**
   * Natural logarithm of the probability that an unrelated model of the same shape does as well in
   * the better of both tests (Bonferroni, with unequal parts).
   */
  public double logP() {
    double inPlace = logInPlace - Math.log(Thresholds.IN_PLACE_PART);
    double shuffled = logShuffled - Math.log(1 - Thresholds.IN_PLACE_PART);
    return Math.min(0, Math.min(inPlace, shuffled));
  }

  /** Whether chance is ruled out. */
  public boolean common() {
    return inPlace() || logShuffled < Math.log(Thresholds.COMMON_ORIGIN);
  }

  /** Whether it is the order of the suspect's own units that rules chance out. */
  public boolean inPlace() {
    return logInPlace < Math.log(Thresholds.COMMON_ORIGIN);
  }
}
