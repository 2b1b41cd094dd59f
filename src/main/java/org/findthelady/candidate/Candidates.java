package org.findthelady.candidate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.findthelady.match.kernel.Thresholds;

/**
 * In which order a suspect is held against references, and how many of them whatever comes out. The
 * others are left out only once a match has shown that one of the first is what the suspect was
 * made from. If none is near, all are compared: an average of several models is a little like each.
 * So a description that misleads costs work and never a verdict.
 *
 * @param order references, by index, the likeliest first
 * @param first so many of them are compared in any case
 * @param distances of all references, by index: 0 for the same, 1 for no likeness; empty if they
 *     were not measured
 */
public record Candidates(List<Integer> order, int first, List<Double> distances) {
  /** The distance of a reference; null if it was not measured. */
  public Double distance(int reference) {
    return distances.isEmpty() ? null : distances.get(reference);
  }

  public Candidates {
    order = List.copyOf(order);
    distances = List.copyOf(distances);
  }

  /** All references, in their order. */
  public static Candidates all(int references) {
    List<Integer> order = IntStream.range(0, references).boxed().toList();
    return new Candidates(order, references, List.of());
  }

  /** Compares a suspect's description with those of the references. */
  public static Candidates of(ModelSketch suspect, List<ModelSketch> references) {
    List<Double> distances = new ArrayList<>();
    for (ModelSketch reference : references) {
      double shared =
          suspect.values().shareIn(reference.values(), Thresholds.FEWEST_SAMPLED_VALUES);
      double alike = Math.max(shared, suspect.likeness(reference));
      distances.add(Math.max(0, 1 - alike)); // rounding may make it more than 1
    }
    List<Integer> order =
        IntStream.range(0, references.size())
            .boxed()
            .sorted(Comparator.comparing(distances::get))
            .toList();
    double least = distances.get(order.get(0));
    int first = least <= Thresholds.SURE_DISTANCE ? 1 : order.size();
    while (first < order.size() && isLikely(distances.get(order.get(first)), least)) {
      first++;
    }
    return new Candidates(order, first, distances);
  }

  /** Near in itself, or not much further than the nearest. */
  private static boolean isLikely(double distance, double least) {
    return distance <= Thresholds.LIKELY_DISTANCE
        || (distance < 1 - Thresholds.CHANCE_LIKENESS && 1 - distance >= (1 - least) / 2);
  }
}
