package org.findthelady.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks for all groups' permutations at once. Each group holds a doubly stochastic matrix: what the
 * evidence would say of it if all others were as likely as theirs say (mean field). It begins with
 * nothing known, where a tensor speaks through its means over all groups not known, and cools down
 * (deterministic annealing), so that clear groups settle first and draw the others after them.
 */
final class MeanField {
  /** Sweeps from the warmest to where most groups have settled, and from there to the end. */
  private static final int SLOW = 60;

  private static final int FAST = 16;
  private static final double WARMEST = 0.05;
  private static final double SETTLED = 0.4;
  private static final int SWEEPS = 10;

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

  /** The best permutations found; for every group the column of each row. */
  Map<String, int[]> solve() throws IOException {
    Map<String, float[]> soft = new LinkedHashMap<>();
    sizes.forEach((group, size) -> soft.put(group, SoftPermutation.uniform(size)));
    List<String> order = new ArrayList<>(sizes.keySet());
    for (int sweep = 0; sweep <= SLOW + FAST; sweep++) {
      double coldness = coldness(sweep);
      for (String group : order) {
        int size = sizes.get(group);
        float[] next = SoftPermutation.balanced(scores(group, soft), size, coldness);
        float[] before = soft.get(group);
        for (int i = 0; i < next.length; i++) {
          next[i] = (next[i] + before[i]) / 2;
        }
        soft.put(group, next);
      }
      Collections.reverse(order);
    }
    Map<String, int[]> hard = new LinkedHashMap<>();
    for (String group : sizes.keySet()) {
      hard.put(group, SoftPermutation.hardened(soft.get(group), sizes.get(group)));
    }
    return improved(hard);
  }

  /** Rises in two straight lines to 1. */
  private static double coldness(int sweep) {
    return sweep < SLOW
        ? WARMEST + (SETTLED - WARMEST) * sweep / SLOW
        : SETTLED + (1 - SETTLED) * (sweep - SLOW) / FAST;
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
        int[] columnOf = OneToOne.greatest(scores, sizes.get(group));
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
