package org.findthelady.structure.prove;

import java.util.List;
import java.util.Locale;

/**
 * How alike the outputs of two networks are on the same inputs. An output is rows along its last
 * axis; a row of several numbers is a distribution: itself if it is one, else its softmax.
 *
 * @param inputs how many were run
 * @param rows of several numbers, over all outputs and inputs
 * @param divergence mean Kullback-Leibler divergence of the rows, from the original's, nats
 * @param agreement share of the rows whose greatest number is at the same place
 * @param relative relative difference of all outputs
 */
public record OutputLikeness(
    int inputs, long rows, double divergence, double agreement, double relative) {
  private static final double LEAST = 1e-30;

  /** Held against each other, input by input, output by output. */
  static OutputLikeness of(List<List<Network.Output>> ours, List<List<Network.Output>> theirs) {
    long rows = 0;
    long same = 0;
    double divergence = 0;
    double gap = 0;
    double squares = 0;
    for (int i = 0; i < ours.size(); i++) {
      for (int o = 0; o < ours.get(i).size(); o++) {
        float[] a = ours.get(i).get(o).values();
        float[] b = theirs.get(i).get(o).values();
        int width = ours.get(i).get(o).width();
        if (a.length != b.length) {
          return new OutputLikeness(ours.size(), 0, Double.NaN, 0, Double.NaN);
        }
        for (int k = 0; k < a.length; k++) {
          gap += ((double) a[k] - b[k]) * ((double) a[k] - b[k]);
          squares += (double) a[k] * a[k];
        }
        for (int at = 0; width > 1 && at < a.length; at += width) {
          rows++;
          divergence += divergence(distribution(a, at, width), distribution(b, at, width));
          same += greatest(a, at, width) == greatest(b, at, width) ? 1 : 0;
        }
      }
    }
    return new OutputLikeness(
        ours.size(),
        rows,
        rows == 0 ? Double.NaN : Math.max(0, divergence / rows),
        rows == 0 ? Double.NaN : same / (double) rows,
        squares == 0 ? Math.sqrt(gap) : Math.sqrt(gap / squares));
  }

  private static double[] distribution(float[] values, int at, int width) {
    double[] shares = new double[width];
    double sum = 0;
    double most = Double.NEGATIVE_INFINITY;
    boolean given = true;
    for (int i = 0; i < width; i++) {
      sum += values[at + i];
      given &= values[at + i] >= 0;
      most = Math.max(most, values[at + i]);
    }
    given &= Math.abs(sum - 1) < 1e-3;
    double total = 0;
    for (int i = 0; i < width; i++) {
      shares[i] = given ? values[at + i] : Math.exp(values[at + i] - most);
      total += shares[i];
    }
    for (int i = 0; i < width; i++) {
      shares[i] /= total;
    }
    return shares;
  }

  private static double divergence(double[] p, double[] q) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += p[i] <= LEAST ? 0 : p[i] * Math.log(p[i] / Math.max(LEAST, q[i]));
    }
    return sum;
  }

  private static int greatest(float[] values, int at, int width) {
    int greatest = 0;
    for (int i = 1; i < width; i++) {
      greatest = values[at + i] > values[at + greatest] ? i : greatest;
    }
    return greatest;
  }

  /** With numbers. */
  public String words() {
    String difference =
        String.format(Locale.ROOT, "relative difference of the outputs %.2g", relative);
    return rows == 0
        ? "%s on %d seeded inputs".formatted(difference, inputs)
        : String.format(
            Locale.ROOT,
            "agrees in %.1f %% of %d rows of outputs on %d seeded inputs, Kullback-Leibler"
                + " divergence %.2g nats, %s",
            100 * agreement,
            rows,
            inputs,
            divergence,
            difference);
  }
}
