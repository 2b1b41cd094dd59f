package org.findthelady.pair;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How much of each of several parents is in a suspect that was merged from them, tensor by tensor,
 * by least squares.
 */
final class Mixture {
  /** Difference of two weights that are called the same. */
  private static final double SAME = 5e-3;

  /** Share of a tensor's norm that may be left where the parents are called all of it. */
  private static final double ALL = 0.05;

  /** The same where parts differ by tensor: a cast to BF16 leaves 1.7e-3, training more. */
  private static final double EXACT = 2e-3;

  /** Sine of the angle between parents from which on their parts can be told apart. */
  private static final double APART = 1e-4;

  /** A part that is called one, and how many standard errors it must be from nothing. */
  private static final double LEAST_SHARE = 0.01;

  private static final double SURE_ERRORS = 8;

  /** Standard errors by which parts of one merge may differ from tensor to tensor. */
  private static final double ALIKE_ERRORS = 5;

  /**
   * The parts of one tensor.
   *
   * @param shares of the parents, in their order
   * @param errors standard errors of the shares, if what is left had nothing to do with the parents
   * @param angle between the first two parents
   * @param left share of the suspect's norm that none explains
   */
  private record Part(String tensor, double[] shares, double[] errors, double angle, double left) {
    /** Place on the arc from the first parent to the second, 0 to 1. */
    double arc() {
      return Math.atan2(shares[1] * Math.sin(angle), shares[0] + shares[1] * Math.cos(angle))
          / angle;
    }

    boolean liesOnArc() {
      return Math.abs(shares[0] - Math.sin((1 - arc()) * angle) / Math.sin(angle)) < SAME
          && Math.abs(shares[1] - Math.sin(arc() * angle) / Math.sin(angle)) < SAME;
    }

    boolean isAverage() {
      return offAverage() < SAME + room();
    }

    /** How far the shares are from those of an average. */
    double offAverage() {
      return Math.abs(Arrays.stream(shares).sum() - 1);
    }

    /** How far the shares may be from any by chance. */
    double room() {
      return ALIKE_ERRORS * Arrays.stream(errors).sum();
    }

    /** Whether the shares are an arc's, and an average's only about. */
    boolean isRatherArc() {
      double arc = arc();
      double off = Math.abs(shares[0] - Math.sin((1 - arc) * angle) / Math.sin(angle));
      return liesOnArc() && offAverage() > room() && 2 * off < offAverage();
    }
  }

  private final List<String> parents;
  private final List<Part> parts = new ArrayList<>();

  /**
   * @param parents how they are called, two or more
   */
  Mixture(List<String> parents) {
    this.parents = List.copyOf(parents);
  }

  /**
   * Adds a tensor.
   *
   * @param numbers of the parents, in their order
   * @param suspect as many numbers, in the same order of neurons
   */
  void add(String tensor, List<float[]> numbers, float[] suspect) {
    int n = numbers.size();
    double[][] products = new double[n][n];
    double[] right = new double[n];
    for (int a = 0; a < n; a++) {
      right[a] = product(numbers.get(a), suspect);
      for (int b = 0; b <= a; b++) {
        products[a][b] = product(numbers.get(a), numbers.get(b));
        products[b][a] = products[a][b];
      }
    }
    double[][] inverse = inverse(products);
    if (inverse == null) {
      return; // parents are the same here, or no numbers
    }
    double[] shares = new double[n];
    for (int a = 0; a < n; a++) {
      for (int b = 0; b < n; b++) {
        shares[a] += inverse[a][b] * right[b];
      }
    }
    if (!Double.isFinite(Arrays.stream(shares).sum())) {
      return;
    }
    double gap = 0;
    double squares = 0;
    for (int i = 0; i < suspect.length; i++) {
      double left = suspect[i];
      for (int a = 0; a < n; a++) {
        left -= shares[a] * numbers.get(a)[i];
      }
      gap += left * left;
      squares += (double) suspect[i] * suspect[i];
    }
    double[] errors = new double[n];
    for (int a = 0; a < n; a++) {
      errors[a] = Math.sqrt(gap / suspect.length * inverse[a][a]);
    }
    double cosine = products[0][1] / Math.sqrt(products[0][0] * products[1][1]);
    double angle = Math.acos(Math.max(-1, Math.min(1, cosine)));
    parts.add(new Part(tensor, shares, errors, angle, squares == 0 ? 0 : Math.sqrt(gap / squares)));
  }

  private static double product(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += (double) one[i] * other[i];
    }
    return sum;
  }

  /** The inverse of a matrix of products; null if the vectors cannot be told apart. */
  private static double[][] inverse(double[][] products) {
    int n = products.length;
    double[][] left = new double[n][];
    double[][] right = new double[n][n];
    for (int i = 0; i < n; i++) {
      left[i] = products[i].clone();
      right[i][i] = 1;
    }
    for (int at = 0; at < n; at++) {
      double pivot = left[at][at];
      if (!(pivot > APART * APART * products[at][at])) {
        return null;
      }
      for (int row = 0; row < n; row++) {
        double factor = row == at ? 0 : left[row][at] / pivot;
        for (int k = 0; k < n && factor != 0; k++) {
          left[row][k] -= factor * left[at][k];
          right[row][k] -= factor * right[at][k];
        }
      }
    }
    for (int row = 0; row < n; row++) {
      for (int k = 0; k < n; k++) {
        right[row][k] /= left[row][row];
      }
    }
    return right;
  }

  /** Tensors in which parts can be told. */
  int tensors() {
    return parts.size();
  }

  /** The shares of all tensors, those weighing most that are told most exactly. */
  List<Double> shares() {
    return IntStream.range(0, parents.size()).mapToObj(this::share).toList();
  }

  private double share(int parent) {
    double weights = 0;
    double sum = 0;
    for (Part part : parts) {
      double weight = 1 / (Math.pow(part.errors()[parent], 2) + 1e-12);
      weights += weight;
      sum += weight * part.shares()[parent];
    }
    return sum / weights;
  }

  /** Whether a parent has a part that chance does not explain. */
  boolean has(int parent) {
    return share(parent) > 0 && hasAny(parent);
  }

  /** The same of a part that may have been taken away too. */
  private boolean hasAny(int parent) {
    double certainty =
        parts.stream().mapToDouble(p -> 1 / (Math.pow(p.errors()[parent], 2) + 1e-12)).sum();
    double share = Math.abs(share(parent));
    return share > LEAST_SHARE && share * Math.sqrt(certainty) > SURE_ERRORS;
  }

  /**
   * Whether the suspect is one merge of all parents: the same parts of each in every tensor, or
   * others that explain all of every tensor.
   */
  boolean isMerge() {
    return !parts.isEmpty()
        && IntStream.range(0, parents.size()).allMatch(this::has)
        && (isEven() || parts.stream().allMatch(part -> part.left() <= EXACT));
  }

  /** Whether every tensor has the same parts. */
  boolean isEven() {
    return isAverage() || isOnArc();
  }

  private boolean isAverage() {
    for (int parent = 0; parent < parents.size(); parent++) {
      double mean = share(parent);
      for (Part part : parts) {
        double room = SAME + ALIKE_ERRORS * part.errors()[parent];
        if (Math.abs(part.shares()[parent] - mean) > room) {
          return false;
        }
      }
    }
    return parts.stream().allMatch(Part::isAverage);
  }

  private boolean isOnArc() {
    double arc = parts.get(0).arc();
    return parents.size() == 2
        && parts.stream().allMatch(p -> p.liesOnArc() && Math.abs(p.arc() - arc) < SAME);
  }

  /** For people. */
  String words() {
    if (parts.isEmpty()) {
      return String.join(" and ", parents) + " do not differ: nothing tells their parts";
    }
    double left = parts.stream().mapToDouble(Part::left).max().orElse(0);
    String none = parents.size() == 2 ? "neither" : "none of them";
    String end =
        left > ALL
            ? format("; up to %.0f %% of a tensor's norm comes from %s", 100 * left, none)
            : format("; what %s explains is at most %.1e of a tensor's norm", none, left);
    boolean arc = isOnArc() && (!isAverage() || parts.stream().anyMatch(Part::isRatherArc));
    if (isAverage() && !arc) {
      boolean merged = IntStream.range(0, parents.size()).allMatch(this::hasAny);
      String shares =
          IntStream.range(0, parents.size())
              .mapToObj(i -> format("%s of %s", rounded(share(i)), parents.get(i)))
              .collect(Collectors.joining(" and "));
      return format(
              "%s: %s in all %d tensors that differ between %s",
              merged ? "merged" : "not merged",
              shares,
              parts.size(),
              parents.size() == 2 ? "the two" : "them")
          + end;
    }
    if (arc) {
      return format(
              "merged on the arc between the two (slerp), %.3f of the way from %s to %s, in all %d"
                  + " tensors that differ between them",
              parts.get(0).arc(), parents.get(0), parents.get(1), parts.size())
          + end;
    }
    return format("parts of %s by tensor: ", String.join(" and of ", parents)) + listed() + end;
  }

  private static String rounded(double share) {
    return format("%.3f", Math.abs(share) < 5e-4 ? 0 : share);
  }

  /** Every tensor, those of the same parts together. */
  private String listed() {
    Map<String, List<String>> tensors = new LinkedHashMap<>();
    for (Part part : parts) {
      String shares =
          Arrays.stream(part.shares())
              .mapToObj(Mixture::rounded)
              .collect(Collectors.joining(" and "));
      tensors.computeIfAbsent(shares, key -> new ArrayList<>()).add(part.tensor());
    }
    List<String> listed = new ArrayList<>();
    tensors.forEach((share, names) -> listed.add(share + " in " + String.join(", ", names)));
    return String.join("; ", listed);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
