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
   * Reads the first rows of a tensor.
   *
   * @param reference the side that is read
   */
  public static EqualTensor of(Weights reference, String tensor) throws IOException {
    Shape shape = reference.shape(tensor);
    long width = Math.max(1, shape.rank() == 0 ? 1 : shape.elements(1, shape.rank()));
    long rows = Math.max(1, Math.min(shape.elements() / width, MOST / width));
    int count = (int) Math.min(shape.elements(), Math.min(MOST, rows * width));
    float[] values = new float[count];
    reference.read(tensor, 0, values, 0, count);
    int zeros = 0;
    for (float value : values) {
      zeros += value == 0 ? 1 : 0;
    }
    return new EqualTensor(
        count > 0 && Pattern.isRule(values, (int) Math.min(width, count)),
        ValueSample.chance(values, values),
        count == 0 ? 0 : 1 - zeros / (double) count);
  }
}
