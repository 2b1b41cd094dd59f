package org.findthelady.match.task;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.match.kernel.LinearAssignment;
import org.findthelady.match.kernel.SoftPermutation;
import org.findthelady.match.kernel.Thresholds;

/**
 * Looks for all groups' permutations at once. Each group holds a doubly stochastic matrix: what the
 * evidence would say of it if all others were as likely as theirs say (mean field). It begins with
 * nothing known, where a tensor speaks through its means over all groups not known, and cools down
 * (deterministic annealing), so that clear groups settle first and draw the others after them.
 */
final class MeanField {
  private static final Schedule FIRST = new Schedule(0.05, 60, 0.4, 16);
  private static final Schedule AGAIN = new Schedule(0.2, 15, 0.5, 8);

  private static final int TRIES = 12;

  /** Multiplications and additions that are spent on further tries. */
  private static final double MOST_FLOPS = 1e11;

  private static final int SWEEPS = 10;
  private static final float KEPT = 0.8f;
  private static final long SEED = 1;

  private final Map<String, Integer> sizes;
  private final List<JointTensor> tensors;

  /**
   * @param sizes of the groups, in a fixed order
   * @param tensors whose places are of these groups
   */
  MeanField(Map<String, Integer> sizes, List<JointTensor> tensors) {
    this.sizes = new LinkedHashMap<>(sizes);
    this.tensors = List.copyOf(tensors);
  }

  /**
   * How it cools down: in two straight lines, over so many sweeps each, to 1.
   *
   * @param warmest factor of the evidence in the beginning
   * @param settled where most groups have settled
   */
  private record Schedule(double warmest, int slow, double settled, int fast) {
    int sweeps() {
      return slow + fast + 1;
    }

    double coldness(int sweep) {
      return sweep < slow
          ? warmest + (settled - warmest) * sweep / slow
          : settled + (1 - settled) * (sweep - slow) / fast;
    }
  }

  /**
   * The best permutations found; for every group the column of each row. Where they fall short of
   * what the truth would come to, some groups are forgotten at random and all looked for again.
   */
  Map<String, int[]> solve() throws IOException {
    Map<String, float[]> start = new LinkedHashMap<>();
    sizes.forEach((group, size) -> start.put(group, SoftPermutation.uniform(size)));
    Map<String, int[]> best = improved(cooled(start, FIRST));
    double expected = tensors.stream().mapToDouble(JointTensor::expected).sum();
    double enough = expected - Thresholds.JOINT_SHORTFALL * Math.sqrt(expected);
    double agreement = agreement(best);
    SplittableRandom random = new SplittableRandom(SEED);
    double tries = Math.min(TRIES, MOST_FLOPS / (sweepFlops() * AGAIN.sweeps()));
    for (int i = 0; i < tries && agreement < enough; i++) {
      Map<String, int[]> other = improved(cooled(halfForgotten(best, i % 2 == 0, random), AGAIN));
      double reached = agreement(other);
      if (reached > agreement) {
        best = other;
        agreement = reached;
      }
    }
    return best;
  }

  /** Half of the groups, or half of each group's units, as they were; nothing known of others. */
  private Map<String, float[]> halfForgotten(
      Map<String, int[]> hard, boolean whole, SplittableRandom random) {
    Map<String, float[]> soft = new LinkedHashMap<>();
    sizes.forEach(
        (group, size) -> {
          boolean[] kept = new boolean[size];
          boolean all = random.nextBoolean();
          for (int row = 0; row < size; row++) {
            kept[row] = whole ? all : random.nextBoolean();
          }
          float[] start = SoftPermutation.uniform(size);
          SoftPermutation.mix(start, SoftPermutation.partly(hard.get(group), kept), KEPT);
          soft.put(group, start);
        });
    return soft;
  }

  private Map<String, int[]> cooled(Map<String, float[]> start, Schedule schedule)
      throws IOException {
    Map<String, float[]> soft = new LinkedHashMap<>(start);
    List<String> order = new ArrayList<>(sizes.keySet());
    for (int sweep = 0; sweep < schedule.sweeps(); sweep++) {
      for (String group : order) {
        float[] next =
            SoftPermutation.balanced(
                scores(group, soft), sizes.get(group), schedule.coldness(sweep));
        SoftPermutation.mix(next, soft.get(group), 0.5f);
        soft.put(group, next);
      }
      Collections.reverse(order);
    }
    Map<String, int[]> hard = new LinkedHashMap<>();
    for (String group : sizes.keySet()) {
      hard.put(group, LinearAssignment.greatest(soft.get(group), sizes.get(group)));
    }
    return hard;
  }

  private double sweepFlops() {
    return tensors.stream().mapToDouble(JointTensor::flops).sum();
  }

  /** Places one group after the other by the others' permutations until nothing gets better. */
  Map<String, int[]> improved(Map<String, int[]> start) throws IOException {
    Map<String, int[]> hard = new LinkedHashMap<>(start);
    Map<String, float[]> soft = soft(hard);
    boolean changed = true;
    for (int sweep = 0; sweep < SWEEPS && changed; sweep++) {
      changed = false;
      for (String group : sizes.keySet()) {
        float[] scores = scores(group, soft);
        int[] columnOf = LinearAssignment.greatest(scores, sizes.get(group));
        double gain = total(scores, columnOf) - total(scores, hard.get(group));
        if (gain > 1e-3) {
          hard.put(group, columnOf);
          soft.put(group, SoftPermutation.of(columnOf));
          changed = true;
        }
      }
    }
    return hard;
  }

  private static double total(float[] scores, int[] columnOf) {
    double sum = 0;
    for (int row = 0; row < columnOf.length; row++) {
      sum += scores[row * columnOf.length + columnOf[row]];
    }
    return sum;
  }

  /** Logarithm of a likelihood under normal noise, up to what no permutation changes. */
  double agreement(Map<String, int[]> hard) {
    Map<String, float[]> soft = soft(hard);
    return tensors.stream().mapToDouble(tensor -> tensor.agreement(soft)).sum();
  }

  private static Map<String, float[]> soft(Map<String, int[]> hard) {
    Map<String, float[]> soft = new LinkedHashMap<>();
    hard.forEach((group, columnOf) -> soft.put(group, SoftPermutation.of(columnOf)));
    return soft;
  }

  private float[] scores(String group, Map<String, float[]> soft) {
    int size = sizes.get(group);
    float[] scores = new float[size * size];
    for (JointTensor tensor : tensors) {
      for (JointTensor.Place place : tensor.places()) {
        if (place.group().equals(group)) {
          tensor.addScores(place, soft, scores);
        }
      }
    }
    return scores;
  }
}
