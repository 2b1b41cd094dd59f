package org.findthelady.match.rows;

import java.io.IOException;
import java.io.Serializable;
import org.findthelady.core.Shape;
import org.findthelady.match.kernel.Pattern;
import org.findthelady.match.kernel.ValueSample;

/**
 * What the numbers of a tensor say that both sides hold alike.
 *
 * @param rule whether they follow a rule, so that any model of the kind holds them
 * @param chance share of pairs of numbers other than zero that are equal by chance; NaN without any
 * @param kept share of numbers that are not zero
 */
public record EqualTensor(boolean rule, double chance, double kept) implements Serializable {
  private static final int MOST = 1 << 18;

  /**
   * Looks at the first rows of a tensor.
   *
   * @param reference the side that is read
   */
  public static EqualTensor of(Weights reference, String tensor) throws IOException {
    float[] values = firstRows(reference, tensor);
    int zeros = 0;
    for (float value : values) {
      zeros += value == 0 ? 1 : 0;
    }
    return new EqualTensor(
        isRule(values, width(reference, tensor)),
        ValueSample.chance(values, values),
        values.length == 0 ? 0 : 1 - zeros / (double) values.length);
  }

  /** Whether the first rows of a tensor follow a rule. */
  public static boolean isRule(Weights reference, String tensor) throws IOException {
    return isRule(firstRows(reference, tensor), width(reference, tensor));
  }

  private static boolean isRule(float[] values, long width) {
    return values.length > 0 && Pattern.isRule(values, (int) Math.min(width, values.length));
  }

  /** Numbers of a row. */
  private static long width(Weights weights, String tensor) {
    Shape shape = weights.shape(tensor);
    return Math.max(1, shape.rank() == 0 ? 1 : shape.elements(1, shape.rank()));
  }

  private static float[] firstRows(Weights weights, String tensor) throws IOException {
    long elements = weights.shape(tensor).elements();
    long width = width(weights, tensor);
    long rows = Math.max(1, Math.min(elements / width, MOST / width));
    float[] values = new float[(int) Math.min(elements, Math.min(MOST, rows * width))];
    weights.read(tensor, 0, values, 0, values.length);
    return values;
  }
}
