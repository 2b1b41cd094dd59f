package org.findthelady.match.rows;

import java.io.Serializable;

/**
 * What is known of a tensor before anything is matched: none of it depends on the order of neurons.
 *
 * @param mean of the reference's finite elements
 * @param variance of the reference's finite elements
 * @param noise mean squared difference of the sorted elements of both: a lower bound of the noise
 *     between them, exact when the change kept the order of values (pruning, quantising)
 * @param sampled number of elements that were looked at
 * @param broken elements among them, of either, that are NaN or infinite
 */
public record TensorScale(
    String tensor, double mean, double variance, double noise, int sampled, int broken)
    implements Serializable {
  /** Mean square. */
  public double power() {
    return variance + mean * mean;
  }
}
