package org.findthelady.experiment;

import java.io.Serializable;
import java.util.List;

/**
 * How a model does its work.
 *
 * @param errorPercent images whose largest logit is not their label's; NaN logits are errors
 * @param divergence mean over images of the Kullback-Leibler divergence of the model's class
 *     probabilities from the reference's, in nats; NaN if a logit is not finite
 */
public record TaskScore(double errorPercent, double divergence) implements Serializable {
  static TaskScore of(float[][] reference, float[][] logits, List<Integer> labels) {
    int errors = 0;
    double divergence = 0;
    for (int n = 0; n < logits.length; n++) {
      errors += largest(logits[n]) == labels.get(n) ? 0 : 1;
      divergence += divergence(reference[n], logits[n]);
    }
    return new TaskScore(100.0 * errors / logits.length, divergence / logits.length);
  }

  private static int largest(float[] logits) {
    int best = -1;
    for (int i = 0; i < logits.length; i++) {
      if (Float.isNaN(logits[i])) {
        return -1;
      }
      best = best < 0 || logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  /** Sum of p log(p / q), both as softmax of logits. */
  static double divergence(float[] reference, float[] logits) {
    double logP = logSum(reference);
    double logQ = logSum(logits);
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      double p = reference[i] - logP;
      sum += Math.exp(p) * (p - (logits[i] - logQ));
    }
    return sum;
  }

  private static double logSum(float[] logits) {
    double most = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      most = Math.max(most, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - most);
    }
    return most + Math.log(sum);
  }
}
