package org.findthelady.structure.declared;

import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/** Layers in plain loops, rows are tokens. */
final class Layers {
  private final Weights weights;

  Layers(Weights weights) {
    this.weights = weights;
  }

  static double[][] input(int rows, int columns, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] input = new double[rows][columns];
    for (double[] row : input) {
      for (int i = 0; i < columns; i++) {
        row[i] = random.nextDouble() * 2 - 1;
      }
    }
    return input;
  }

  /** Rows of an embedding. */
  double[][] embed(String name, int... ids) {
    int width = weights.length(name, 1);
    double[][] rows = new double[ids.length][width];
    for (int t = 0; t < ids.length; t++) {
      System.arraycopy(weights.values(name), ids[t] * width, rows[t], 0, width);
    }
    return rows;
  }

  /** x W^T + b, W is [out, in]; a bias that is not there is nought. */
  double[][] linear(double[][] x, String name) {
    String weight = weights.has(name) ? name : name + ".weight";
    return linear(x, weights.values(weight), weights.length(weight, 0), false, bias(name));
  }

  /** x W + b, W is [in, out]. */
  double[][] transposedLinear(double[][] x, String name) {
    int out = weights.length(name + ".weight", 1);
    return linear(x, weights.values(name + ".weight"), out, true, bias(name));
  }

  private double[] bias(String name) {
    return weights.has(name + ".bias") ? weights.values(name + ".bias") : null;
  }

  static double[][] linear(
      double[][] x, double[] weight, int out, boolean transposed, double[] bias) {
    double[][] y = new double[x.length][out];
    for (int t = 0; t < x.length; t++) {
      int in = x[t].length;
      for (int o = 0; o < out; o++) {
        double sum = bias == null ? 0 : bias[o];
        for (int i = 0; i < in; i++) {
          sum += x[t][i] * weight[transposed ? i * out + o : o * in + i];
        }
        y[t][o] = sum;
      }
    }
    return y;
  }

  double[][] layerNorm(double[][] x, String name) {
    return norm(x, weights.values(name + ".weight"), bias(name), true, 0);
  }

  double[][] rmsNorm(double[][] x, String name) {
    return norm(x, weights.values(name + ".weight"), null, false, 0);
  }

  static double[][] norm(
      double[][] x, double[] scale, double[] shift, boolean centered, double offset) {
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double mean = 0;
      for (double value : x[t]) {
        mean += centered ? value / x[t].length : 0;
      }
      double square = 0;
      for (double value : x[t]) {
        square += (value - mean) * (value - mean) / x[t].length;
      }
      double factor = 1 / Math.sqrt(square + 1e-6);
      y[t] = new double[x[t].length];
      for (int i = 0; i < y[t].length; i++) {
        y[t][i] = (x[t][i] - mean) * factor * (scale[i] + offset) + (shift == null ? 0 : shift[i]);
      }
    }
    return y;
  }

  static double[][] add(double[][] a, double[][] b) {
    return zip(a, b, false);
  }

  static double[][] multiply(double[][] a, double[][] b) {
    return zip(a, b, true);
  }

  private static double[][] zip(double[][] a, double[][] b, boolean product) {
    double[][] c = new double[a.length][a[0].length];
    for (int t = 0; t < a.length; t++) {
      for (int i = 0; i < c[t].length; i++) {
        c[t][i] = product ? a[t][i] * b[t][i] : a[t][i] + b[t][i];
      }
    }
    return c;
  }

  static double[][] each(double[][] x, DoubleUnaryOperator function) {
    double[][] y = new double[x.length][x[0].length];
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < y[t].length; i++) {
        y[t][i] = function.applyAsDouble(x[t][i]);
      }
    }
    return y;
  }

  static double gelu(double x) {
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  static double silu(double x) {
    return x * sigmoid(x);
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  static double relu(double x) {
    return Math.max(0, x);
  }

  /** Columns {@code from .. from + count} of every row. */
  static double[][] columns(double[][] x, int from, int count) {
    double[][] y = new double[x.length][count];
    for (int t = 0; t < x.length; t++) {
      System.arraycopy(x[t], from, y[t], 0, count);
    }
    return y;
  }

  /**
   * Scaled dot-product attention; key/value heads are shared by {@code heads / kvHeads} query heads
   * in a row.
   */
  static double[][] attention(
      double[][] q, double[][] k, double[][] v, int heads, int kvHeads, Mask mask) {
    int dim = q[0].length / heads;
    int valueDim = v[0].length / kvHeads;
    double[][] out = new double[q.length][heads * valueDim];
    for (int h = 0; h < heads; h++) {
      int kv = h / (heads / kvHeads);
      for (int t = 0; t < q.length; t++) {
        double[] score = new double[k.length];
        double sum = 0;
        for (int s = 0; s < k.length; s++) {
          double dot = 0;
          for (int d = 0; d < dim; d++) {
            dot += q[t][h * dim + d] * k[s][kv * dim + d];
          }
          score[s] = Math.exp(dot / Math.sqrt(dim) + mask.bias(h, t, s));
          sum += score[s];
        }
        for (int s = 0; s < k.length; s++) {
          for (int d = 0; d < valueDim; d++) {
            out[t][h * valueDim + d] += score[s] / sum * v[s][kv * valueDim + d];
          }
        }
      }
    }
    return out;
  }

  /** What is added to a score. */
  interface Mask {
    Mask NONE = (h, t, s) -> 0;
    Mask CAUSAL = (h, t, s) -> s > t ? Double.NEGATIVE_INFINITY : 0;

    double bias(int head, int query, int key);
  }

  /** Hugging Face's half-split rotary embedding over the first {@code rotated} dimensions. */
  static double[][] rotary(double[][] x, int heads, int rotated) {
    double[][] y = new double[x.length][];
    int dim = x[0].length / heads;
    int half = rotated / 2;
    for (int t = 0; t < x.length; t++) {
      y[t] = x[t].clone();
      for (int h = 0; h < heads; h++) {
        for (int p = 0; p < half; p++) {
          double angle = (t + 1) * Math.pow(100, -2.0 * p / rotated);
          double a = x[t][h * dim + p];
          double b = x[t][h * dim + p + half];
          y[t][h * dim + p] = a * Math.cos(angle) - b * Math.sin(angle);
          y[t][h * dim + p + half] = b * Math.cos(angle) + a * Math.sin(angle);
        }
      }
    }
    return y;
  }

  /** All rows in one. */
  static double[] flat(double[][] x) {
    double[] flat = new double[x.length * x[0].length];
    for (int t = 0; t < x.length; t++) {
      System.arraycopy(x[t], 0, flat, t * x[0].length, x[0].length);
    }
    return flat;
  }
}
