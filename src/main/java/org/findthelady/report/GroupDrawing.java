package org.findthelady.report;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What is drawn of a group: numbers in texts, separated by commas, so that a table can hold them.
 *
 * @param tensors those that carry the group, with the axis: {@code conv1.weight[0], bn1.bias[0]}
 * @param sampledSources where in the suspect the neurons were found, of all neurons in the
 *     reference's order or of 64 that lie evenly; -1 where any order is right
 * @param cosineCounts neurons by the cosine with their match, in 20 bins from -1 to 1
 * @param marginCounts neurons by margin, in 20 bins from -0.5 to 1.5; the outer bins take the rest
 */
public record GroupDrawing(
    String tensors, String sampledSources, String cosineCounts, String marginCounts)
    implements Serializable {
  static final int BINS = 20;

  private static final int SAMPLES = 64;
  private static final String DIGITS =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";

  /**
   * A drawing of a matched group.
   *
   * @param sources for every neuron of the reference its place in the suspect; -1 where any is
   *     right
   * @param cosines of all neurons; NaN is left out
   * @param margins of all neurons; NaN is left out
   */
  public static GroupDrawing of(String tensors, int[] sources, float[] cosines, float[] margins) {
    int shown = Math.min(SAMPLES, sources.length);
    int[] sampled = new int[shown];
    for (int i = 0; i < shown; i++) {
      sampled[i] = sources[(int) ((long) i * sources.length / shown)];
    }
    return new GroupDrawing(
        tensors, text(sampled), text(counts(cosines, -1, 1)), text(counts(margins, -0.5, 1.5)));
  }

  private static int[] counts(float[] values, double from, double to) {
    int[] counts = new int[BINS];
    for (float value : values) {
      if (Float.isFinite(value)) {
        int bin = (int) Math.floor((value - from) / (to - from) * BINS);
        counts[Math.max(0, Math.min(BINS - 1, bin))]++;
      }
    }
    return counts;
  }

  private static String text(int[] numbers) {
    return Arrays.stream(numbers).mapToObj(Integer::toString).collect(Collectors.joining(","));
  }

  static int[] numbers(String text) {
    return text.isEmpty()
        ? new int[0]
        : Arrays.stream(text.split(",")).mapToInt(Integer::parseInt).toArray();
  }

  /**
   * A character a sample: how far into the suspect it was found, in 64 steps; a space for none.
   *
   * @param neurons of the group
   */
  String strip(long neurons) {
    return Arrays.stream(numbers(sampledSources))
        .mapToObj(
            source ->
                source < 0
                    ? " "
                    : String.valueOf(
                        DIGITS.charAt((int) Math.round(63.0 * source / Math.max(1, neurons - 1)))))
        .collect(Collectors.joining());
  }
}
