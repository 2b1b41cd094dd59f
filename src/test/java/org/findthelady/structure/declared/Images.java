package org.findthelady.structure.declared;

import java.util.SplittableRandom;

/** Image layers in plain loops: [channels][height * width], square images. */
final class Images {
  private final Weights weights;

  Images(Weights weights) {
    this.weights = weights;
  }

  static double[][] input(int channels, int side, long seed) {
    return Layers.input(channels, side * side, new SplittableRandom(seed).nextLong());
  }

  static int side(double[][] x) {
    return (int) Math.round(Math.sqrt(x[0].length));
  }

  /** Convolution with padding {@code kernel / 2}. */
  double[][] conv(double[][] x, String name, int stride) {
    return conv(x, name, stride, weights.length(name + ".weight", 2) / 2);
  }

  double[][] conv(double[][] x, String name, int stride, int padding) {
    double[] weight = weights.values(name + ".weight");
    int out = weights.length(name + ".weight", 0);
    int in = weights.length(name + ".weight", 1);
    int kernel = weights.length(name + ".weight", 2);
    int side = side(x);
    int outSide = (side + 2 * padding - kernel) / stride + 1;
    double[][] y = new double[out][outSide * outSide];
    for (int o = 0; o < out; o++) {
      double bias = weights.has(name + ".bias") ? weights.values(name + ".bias")[o] : 0;
      for (int r = 0; r < outSide; r++) {
        for (int c = 0; c < outSide; c++) {
          double sum = bias;
          for (int i = 0; i < in; i++) {
            for (int kr = 0; kr < kernel; kr++) {
              for (int kc = 0; kc < kernel; kc++) {
                int row = r * stride + kr - padding;
                int column = c * stride + kc - padding;
                if (row >= 0 && row < side && column >= 0 && column < side) {
                  sum +=
                      weight[((o * in + i) * kernel + kr) * kernel + kc]
                          * x[i][row * side + column];
                }
              }
            }
          }
          y[o][r * outSide + c] = sum;
        }
      }
    }
    return y;
  }

  double[][] batchNorm(double[][] x, String name) {
    double[][] y = new double[x.length][x[0].length];
    for (int c = 0; c < x.length; c++) {
      double factor =
          weights.values(name + ".weight")[c]
              / Math.sqrt(weights.values(name + ".running_var")[c] + 1e-5);
      for (int i = 0; i < y[c].length; i++) {
        y[c][i] =
            (x[c][i] - weights.values(name + ".running_mean")[c]) * factor
                + weights.values(name + ".bias")[c];
      }
    }
    return y;
  }

  static double[][] relu(double[][] x) {
    return Layers.each(x, Layers::relu);
  }

  static double[][] maxPool(double[][] x) {
    int side = side(x);
    int half = side / 2;
    double[][] y = new double[x.length][half * half];
    for (int c = 0; c < x.length; c++) {
      for (int i = 0; i < y[c].length; i++) {
        int at = 2 * (i / half) * side + 2 * (i % half);
        y[c][i] =
            Math.max(
                Math.max(x[c][at], x[c][at + 1]), Math.max(x[c][at + side], x[c][at + side + 1]));
      }
    }
    return y;
  }

  /** One row of channel means. */
  static double[][] meanPool(double[][] x) {
    double[][] y = new double[1][x.length];
    for (int c = 0; c < x.length; c++) {
      for (double value : x[c]) {
        y[0][c] += value / x[c].length;
      }
    }
    return y;
  }

  /** Every second pixel, with zero channels added on both sides until there are {@code out}. */
  static double[][] padded(double[][] x, int out) {
    int side = side(x);
    int half = (side + 1) / 2;
    double[][] y = new double[out][half * half];
    int before = (out - x.length) / 2;
    for (int c = 0; c < x.length; c++) {
      for (int i = 0; i < half * half; i++) {
        y[before + c][i] = x[c][2 * (i / half) * side + 2 * (i % half)];
      }
    }
    return y;
  }
}
