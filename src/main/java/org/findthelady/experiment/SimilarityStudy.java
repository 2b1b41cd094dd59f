package org.findthelady.experiment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.findthelady.core.Shape;
import org.findthelady.perturb.LayerSelection;
import org.findthelady.perturb.Noise;

/**
 * How like two neurons' outputs are, before and after the activation, if their weights are so like:
 * the first convolution of a network on its own images (the question of the paper's figure 3).
 * Outputs are those of the convolution alone, all positions of all images, and their positive part;
 * likeness is the cosine throughout.
 */
final class SimilarityStudy {
  private static final int IMAGES = 40;

  private final ModelSpec spec;
  private final String tensor;

  SimilarityStudy(ModelSpec spec, String tensor) {
    this.spec = spec;
    this.tensor = tensor;
  }

  private record Pair(double weights, double before, double after) {}

  StudyTable run(ModelLoader loader) throws IOException {
    LabModel model = loader.load(spec, 0);
    Dataset data =
        loader
            .task(spec)
            .map(LabTask::data)
            .orElseThrow(
                () -> new IllegalArgumentException(spec.name() + ": the study needs a task"));
    FloatTensor weights = model.tensor(tensor);
    Outputs reference = new Outputs(weights, data);
    List<List<String>> rows = new ArrayList<>();
    List<Pair> noised = new ArrayList<>();
    for (double omega : new double[] {0.1, 0.5, 1, 2, 5, 10}) {
      float[] noisy = weights.values().clone();
      new Noise(omega, LayerSelection.all(), 1).applyInPlace(tensor, weights.shape(), noisy);
      Outputs changed = new Outputs(new FloatTensor(weights.shape(), noisy), data);
      List<Pair> selves = new ArrayList<>();
      for (int n = 0; n < reference.neurons(); n++) {
        selves.add(reference.pair(n, changed, n));
      }
      noised.addAll(selves);
      rows.add(row("a neuron and itself, noise " + omega, selves));
    }
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < reference.neurons(); i++) {
      for (int j = 0; j < i; j++) {
        pairs.add(reference.pair(i, reference, j));
      }
    }
    pairs.sort(Comparator.comparingDouble(Pair::weights));
    int parts = Math.min(5, pairs.size());
    for (int part = 0; part < parts; part++) {
      rows.add(
          row(
              "two neurons, fifth " + (part + 1) + " of 5 by weights",
              pairs.subList(part * pairs.size() / parts, (part + 1) * pairs.size() / parts)));
    }
    return new StudyTable(
        "Likeness of weights and of outputs, " + spec.name() + ", " + tensor,
        List.of(
            "Mean cosine of two neurons' weights, of their outputs before the activation, and"
                + " after a ReLU, on "
                + IMAGES
                + " test images. Outputs of different neurons are alike whatever their weights,"
                + " since images are smooth: weights tell neurons apart better than outputs do."),
        List.of("pair", "weights", "before activation", "after activation"),
        rows,
        List.of(
            cloud("before", noised, pairs, Pair::before),
            cloud("after", noised, pairs, Pair::after)));
  }

  private StudyTable.Cloud cloud(
      String when, List<Pair> noised, List<Pair> pairs, ToDoubleFunction<Pair> outputs) {
    List<StudyTable.Point> points = new ArrayList<>();
    for (Pair pair : pairs) {
      points.add(new StudyTable.Point("two neurons", pair.weights(), outputs.applyAsDouble(pair)));
    }
    for (Pair pair : noised) {
      points.add(
          new StudyTable.Point(
              "a neuron and itself under noise", pair.weights(), outputs.applyAsDouble(pair)));
    }
    return new StudyTable.Cloud(
        spec.name() + ", " + tensor + ", " + when + " the activation",
        "cosine of weights",
        "cosine of outputs " + when + " the activation",
        points);
  }

  private static List<String> row(String name, List<Pair> pairs) {
    return List.of(
        name, mean(pairs, Pair::weights), mean(pairs, Pair::before), mean(pairs, Pair::after));
  }

  private static String mean(List<Pair> pairs, ToDoubleFunction<Pair> likeness) {
    return String.format(
        Locale.ROOT, "%.3f", pairs.stream().mapToDouble(likeness).average().orElse(Double.NaN));
  }

  /** A convolution's outputs on images, stride 1, same size. */
  private static final class Outputs {
    private final FloatTensor weights;
    private final float[][] values;

    Outputs(FloatTensor weights, Dataset data) {
      this.weights = weights;
      Shape image = data.image();
      if (weights.shape().rank() != 4 || weights.shape().length(1) != image.length(0)) {
        throw new IllegalArgumentException("no first convolution: " + weights.shape());
      }
      int images = Math.min(IMAGES, data.pixels().size());
      int area = Math.toIntExact(image.elements(1, 3));
      values = new float[weights.shape().intLength(0)][images * area];
      for (int n = 0; n < values.length; n++) {
        for (int i = 0; i < images; i++) {
          convolve(n, data.pixels().get(i), image, i * area);
        }
      }
    }

    private void convolve(int neuron, float[] pixels, Shape image, int offset) {
      int height = image.intLength(1);
      int width = image.intLength(2);
      int side = weights.shape().intLength(2);
      int reach = side / 2;
      int at = neuron * image.intLength(0) * side * side;
      for (int channel = 0; channel < image.intLength(0); channel++) {
        for (int dy = -reach; dy <= reach; dy++) {
          for (int dx = -reach; dx <= reach; dx++) {
            float weight = weights.values()[at++];
            for (int y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
              int row = (channel * height + y + dy) * width + dx;
              for (int x = Math.max(0, -dx); x < Math.min(width, width - dx); x++) {
                values[neuron][offset + y * width + x] += weight * pixels[row + x];
              }
            }
          }
        }
      }
    }

    int neurons() {
      return values.length;
    }

    Pair pair(int mine, Outputs other, int theirs) {
      int width = weights.values().length / values.length;
      double[] sums = new double[9];
      for (int k = 0; k < width; k++) {
        add(
            sums,
            0,
            weights.values()[mine * width + k],
            other.weights.values()[theirs * width + k]);
      }
      for (int k = 0; k < values[mine].length; k++) {
        float a = values[mine][k];
        float b = other.values[theirs][k];
        add(sums, 3, a, b);
        add(sums, 6, Math.max(0, a), Math.max(0, b));
      }
      return new Pair(cosine(sums, 0), cosine(sums, 3), cosine(sums, 6));
    }

    private static void add(double[] sums, int at, float a, float b) {
      sums[at] += a * (double) b;
      sums[at + 1] += a * (double) a;
      sums[at + 2] += b * (double) b;
    }

    private static double cosine(double[] sums, int at) {
      double norms = Math.sqrt(sums[at + 1]) * Math.sqrt(sums[at + 2]);
      return norms == 0 ? 0 : sums[at] / norms;
    }
  }
}
