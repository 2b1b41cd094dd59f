package org.findthelady.experiment;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.core.Shape;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.FreezeReason;
import org.findthelady.structure.Group;
import org.findthelady.structure.Segment;
import org.findthelady.structure.Structure;

/**
 * A network of two hidden layers of ReLU units, trained by plain stochastic gradient descent, one
 * image at a time. Every seed gives the same network on every machine.
 */
public final class SmallNetwork {
  private static final int CLASSES = 10;
  private static final int LAYERS = 3;

  private final int[] sizes;
  private final float[][] weights = new float[LAYERS][];
  private final float[][] biases = new float[LAYERS][];
  private final float[][] values = new float[LAYERS + 1][];
  private final float[][] errors = new float[LAYERS + 1][];

  private SmallNetwork(int inputs, int first, int second) {
    sizes = new int[] {inputs, first, second, CLASSES};
    for (int layer = 0; layer <= LAYERS; layer++) {
      values[layer] = new float[sizes[layer]];
      errors[layer] = new float[sizes[layer]];
    }
  }

  /** He's initialisation (He et al., 2015), zero biases. */
  public static SmallNetwork fresh(int inputs, int first, int second, long seed) {
    SmallNetwork net = new SmallNetwork(inputs, first, second);
    SplittableRandom random = new SplittableRandom(seed);
    for (int layer = 0; layer < LAYERS; layer++) {
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
  public static SmallNetwork of(LabModel model) {
    Shape first = model.shape(weight(0));
    SmallNetwork net =
        new SmallNetwork(
            first.intLength(1), first.intLength(0), model.shape(weight(1)).intLength(0));
    for (int layer = 0; layer < LAYERS; layer++) {
      net.weights[layer] = model.tensor(weight(layer)).values().clone();
      net.biases[layer] = model.tensor(bias(layer)).values().clone();
    }
    return net;
  }

  private static String weight(int layer) {
    return "fc" + (layer + 1) + ".weight";
  }

  private static String bias(int layer) {
    return "fc" + (layer + 1) + ".bias";
  }

  /** The weights as they are now, with their structure. */
  public LabModel model() {
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    Group one = Group.root("one", sizes[1]);
    Group two = Group.root("two", sizes[2]);
    Axis[] along = {frozen(sizes[0]), all(one), all(two), frozen(CLASSES)};
    for (int layer = 0; layer < LAYERS; layer++) {
      axes.put(weight(layer), List.of(along[layer + 1], along[layer]));
      axes.put(bias(layer), List.of(along[layer + 1]));
      Shape matrix = Shape.of(sizes[layer + 1], sizes[layer]);
      tensors.put(weight(layer), new FloatTensor(matrix, weights[layer].clone()));
      Shape vector = Shape.of(sizes[layer + 1]);
      tensors.put(bias(layer), new FloatTensor(vector, biases[layer].clone()));
    }
    return new LabModel(new Structure("two hidden layers", List.of(one, two), axes), tensors);
  }

  private static Axis all(Group group) {
    return Axis.of(Segment.of(AxisFactor.of(group)));
  }

  private static Axis frozen(int length) {
    return Axis.frozen(length, FreezeReason.BY_POSITION);
  }

  /** Draws the first layer anew. */
  SmallNetwork withFreshFirstLayer(long seed) {
    weights[0] = fresh(sizes[0], sizes[1], sizes[2], seed).weights[0];
    return this;
  }

  /**
   * Trains on images in an order that the seed gives.
   *
   * @param images [image x input]
   */
  public SmallNetwork train(
      List<float[]> images, List<Integer> labels, int epochs, float rate, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (long step = 0; step < (long) epochs * images.size(); step++) {
      int image = random.nextInt(images.size());
      forward(images.get(image));
      backward(labels.get(image), rate);
    }
    return this;
  }

  /** Share of images whose label the network gives. */
  double accuracy(List<float[]> images, List<Integer> labels) {
    int right = 0;
    for (int image = 0; image < images.size(); image++) {
      forward(images.get(image));
      int best = 0;
      for (int i = 1; i < CLASSES; i++) {
        best = values[LAYERS][i] > values[LAYERS][best] ? i : best;
      }
      right += best == labels.get(image) ? 1 : 0;
    }
    return right / (double) images.size();
  }

  private void forward(float[] image) {
    System.arraycopy(image, 0, values[0], 0, sizes[0]);
    for (int layer = 0; layer < LAYERS; layer++) {
      int width = sizes[layer];
      for (int unit = 0; unit < sizes[layer + 1]; unit++) {
        float sum = biases[layer][unit];
        for (int i = 0; i < width; i++) {
          sum += weights[layer][unit * width + i] * values[layer][i];
        }
        values[layer + 1][unit] = layer < LAYERS - 1 ? Math.max(0, sum) : sum;
      }
    }
  }

  /** One step along the gradient of the cross entropy. */
  private void backward(int label, float rate) {
    double most = Double.NEGATIVE_INFINITY;
    double total = 0;
    for (float logit : values[LAYERS]) {
      most = Math.max(most, logit);
    }
    for (float logit : values[LAYERS]) {
      total += Math.exp(logit - most);
    }
    for (int i = 0; i < CLASSES; i++) {
      double share = Math.exp(values[LAYERS][i] - most) / total;
      errors[LAYERS][i] = (float) (share - (i == label ? 1 : 0));
    }
    for (int layer = LAYERS - 1; layer >= 0; layer--) {
      int width = sizes[layer];
      Arrays.fill(errors[layer], 0);
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
