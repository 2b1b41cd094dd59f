package org.findthelady.bench;

import java.util.SplittableRandom;
import org.findthelady.match.Model;
import org.findthelady.match.Structures;

/** A network of two hidden layers of ReLU units, trained by plain stochastic gradient descent. */
final class SmallNet {
  private static final int CLASSES = 10;

  private final int[] sizes;
  private final float[][] weights = new float[3][];
  private final float[][] biases = new float[3][];
  private final float[][] values = new float[4][];
  private final float[][] errors = new float[4][];

  private SmallNet(int inputs, int first, int second) {
    sizes = new int[] {inputs, first, second, CLASSES};
    for (int layer = 0; layer < 4; layer++) {
      values[layer] = new float[sizes[layer]];
      errors[layer] = new float[sizes[layer]];
    }
  }

  /** He's initialisation, zero biases. */
  static SmallNet fresh(int inputs, int first, int second, long seed) {
    SmallNet net = new SmallNet(inputs, first, second);
    SplittableRandom random = new SplittableRandom(seed);
    for (int layer = 0; layer < 3; layer++) {
      net.weights[layer] = new float[net.sizes[layer + 1] * net.sizes[layer]];
      net.biases[layer] = new float[net.sizes[layer + 1]];
      double scale = Math.sqrt(2.0 / net.sizes[layer]);
      for (int i = 0; i < net.weights[layer].length; i++) {
        net.weights[layer][i] = (float) (scale * random.nextGaussian());
      }
    }
    return net;
  }

  /** The network that a model holds; not shared with it. */
  static SmallNet of(Model model, int inputs, int first, int second) {
    SmallNet net = new SmallNet(inputs, first, second);
    for (int layer = 0; layer < 3; layer++) {
      net.weights[layer] = model.values.get(weight(layer)).clone();
      net.biases[layer] = model.values.get(bias(layer)).clone();
    }
    return net;
  }

  private static String weight(int layer) {
    return "fc" + (layer + 1) + ".weight";
  }

  private static String bias(int layer) {
    return "fc" + (layer + 1) + ".bias";
  }

  Model model() {
    Model model = Model.random(Structures.mlp(sizes[0], sizes[1], sizes[2], CLASSES), 0);
    for (int layer = 0; layer < 3; layer++) {
      model.values.put(weight(layer), weights[layer].clone());
      model.values.put(bias(layer), biases[layer].clone());
    }
    return model;
  }

  /** Draws the first layer anew. */
  SmallNet withFreshFirstLayer(long seed) {
    SmallNet fresh = fresh(sizes[0], sizes[1], sizes[2], seed);
    weights[0] = fresh.weights[0];
    return this;
  }

  /**
   * Trains, one image at a time, in an order of its own in each epoch.
   *
   * @param images [image x input]
   */
  SmallNet train(float[][] images, int[] labels, int epochs, float rate, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (long step = 0; step < (long) epochs * images.length; step++) {
      int image = random.nextInt(images.length);
      System.arraycopy(images[image], 0, values[0], 0, sizes[0]);
      forward();
      backward(labels[image], rate);
    }
    return this;
  }

  /** Share of images whose label the network gives. */
  double accuracy(float[][] images, int[] labels) {
    int right = 0;
    for (int image = 0; image < images.length; image++) {
      System.arraycopy(images[image], 0, values[0], 0, sizes[0]);
      forward();
      int best = 0;
      for (int i = 1; i < CLASSES; i++) {
        best = values[3][i] > values[3][best] ? i : best;
      }
      right += best == labels[image] ? 1 : 0;
    }
    return right / (double) images.length;
  }

  private void forward() {
    for (int layer = 0; layer < 3; layer++) {
      int width = sizes[layer];
      for (int unit = 0; unit < sizes[layer + 1]; unit++) {
        float sum = biases[layer][unit];
        for (int i = 0; i < width; i++) {
          sum += weights[layer][unit * width + i] * values[layer][i];
        }
        values[layer + 1][unit] = layer < 2 ? Math.max(0, sum) : sum;
      }
    }
  }

  /** One step along the gradient of the cross entropy. */
  private void backward(int label, float rate) {
    double most = Double.NEGATIVE_INFINITY;
    double total = 0;
    for (float logit : values[3]) {
      most = Math.max(most, logit);
    }
    for (float logit : values[3]) {
      total += Math.exp(logit - most);
    }
    for (int i = 0; i < CLASSES; i++) {
      double share = Math.exp(values[3][i] - most) / total;
      errors[3][i] = (float) (share - (i == label ? 1 : 0));
    }
    for (int layer = 2; layer >= 0; layer--) {
      int width = sizes[layer];
      java.util.Arrays.fill(errors[layer], 0);
      for (int unit = 0; unit < sizes[layer + 1]; unit++) {
        float error = errors[layer + 1][unit];
        for (int i = 0; i < width && error != 0; i++) {
          errors[layer][i] += error * weights[layer][unit * width + i];
          weights[layer][unit * width + i] -= rate * error * values[layer][i];
        }
        biases[layer][unit] -= rate * error;
      }
      for (int i = 0; i < width && layer > 0; i++) {
        errors[layer][i] = values[layer][i] > 0 ? errors[layer][i] : 0;
      }
    }
  }
}
