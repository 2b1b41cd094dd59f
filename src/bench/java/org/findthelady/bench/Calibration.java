package org.findthelady.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.match.Model;
import org.findthelady.match.result.Origin;
import org.findthelady.structure.GroupPermutations;

/**
 * Measures the tests of origin: their level on networks that were trained apart on the same images,
 * and their power on descendants. Run as {@code Calibration FOLDER NETWORKS OUT}, FOLDER holding
 * the MNIST test set; OUT receives the tables as Markdown.
 */
public final class Calibration {
  private static final int SIDE = 7;
  private static final int INPUTS = SIDE * SIDE;
  private static final int FIRST = 64;
  private static final int SECOND = 48;
  private static final int EPOCHS = 4;
  private static final float RATE = 0.02f;
  private static final double[] LEVELS = {0.05, 0.01, 1e-3, 1e-6};

  private final float[][] images;
  private final int[] labels;
  private final StringBuilder text = new StringBuilder();

  private Calibration(float[][] images, int[] labels) {
    this.images = images;
    this.labels = labels;
  }

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    int networks = Integer.parseInt(args[1]);
    Calibration calibration =
        new Calibration(
            images(folder.resolve("t10k-images-idx3-ubyte.gz")),
            labels(folder.resolve("t10k-labels-idx1-ubyte.gz")));
    List<Model> trained = calibration.trained(networks);
    calibration.level(trained);
    calibration.power(trained.subList(0, Math.min(8, networks)));
    Files.writeString(Path.of(args[2]), calibration.text, StandardCharsets.UTF_8);
  }

  /** Images of 28 x 28, averaged to 7 x 7, 0..1. */
  static float[][] images(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
      in.readInt();
      float[][] images = new float[in.readInt()][INPUTS];
      int side = in.readInt();
      byte[] pixels = new byte[side * in.readInt()];
      int step = side / SIDE;
      for (float[] image : images) {
        in.readFully(pixels);
        for (int i = 0; i < pixels.length; i++) {
          int place = i / side / step * SIDE + i % side / step;
          image[place] += (pixels[i] & 0xff) / 255f / step / step;
        }
      }
      return images;
    }
  }

  static int[] labels(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
      in.readInt();
      int[] labels = new int[in.readInt()];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = in.readUnsignedByte();
      }
      return labels;
    }
  }

  private List<Model> trained(int networks) {
    List<Model> models = new ArrayList<>();
    double accuracy = 0;
    for (int seed = 0; seed < networks; seed++) {
      SmallNet net =
          SmallNet.fresh(INPUTS, FIRST, SECOND, 1000 + seed)
              .train(images, labels, EPOCHS, RATE, 5000 + seed);
      accuracy += net.accuracy(images, labels) / networks;
      models.add(net.model());
    }
    line(
        "%d networks %d-%d-%d-10, %d epochs of plain SGD on the 10,000 images, each with a start and"
            + " an order of its own; %.1f %% of the images right.",
        networks, INPUTS, FIRST, SECOND, EPOCHS, 100 * accuracy);
    return models;
  }

  private static Origin origin(Model reference, Model suspect) throws IOException {
    return Matcher.match(reference.structure, reference, suspect, MatchOptions.defaults()).origin();
  }

  private void level(List<Model> models) throws IOException {
    int[][] below = new int[3][LEVELS.length];
    int pairs = 0;
    int accused = 0;
    for (int i = 0; i < models.size(); i++) {
      for (int j = 0; j < i; j++) {
        Origin origin = origin(models.get(i), models.get(j));
        double[] logs = {origin.logInPlace(), origin.logShuffled(), origin.logP()};
        for (int test = 0; test < logs.length; test++) {
          for (int k = 0; k < LEVELS.length; k++) {
            below[test][k] += logs[test] < Math.log(LEVELS[k]) ? 1 : 0;
          }
        }
        pairs++;
        accused += origin.common() ? 1 : 0;
      }
    }
    line("");
    line("## Unrelated pairs of equal shape");
    line("");
    line(
        "%,d pairs; accused of a common origin: %d (95 %% interval up to %.2f %%).",
        pairs, accused, 100 * upper(accused, pairs));
    line("");
    line("| test | below 0.05 | below 0.01 | below 0.001 | below 1e-6 |");
    line("|---|---|---|---|---|");
    String[] names = {"in place", "shuffled", "both, as reported"};
    for (int test = 0; test < names.length; test++) {
      StringBuilder row = new StringBuilder("| " + names[test]);
      for (int count : below[test]) {
        row.append(String.format(Locale.ROOT, " | %.2f %%", 100.0 * count / pairs));
      }
      line("%s |", row);
    }
  }

  /** Upper end of Wilson's interval. */
  private static double upper(int hits, int trials) {
    double z = 1.96;
    double share = hits / (double) trials;
    double root = Math.sqrt(share * (1 - share) / trials + z * z / 4 / trials / trials);
    return (share + z * z / 2 / trials + z * root) / (1 + z * z / trials);
  }

  private void power(List<Model> models) throws IOException {
    line("");
    line("## Descendants");
    line("");
    line("Share of descendants whose common origin is found at 1e-6, of %d.", models.size());
    line("");
    line("| descent | in place | shuffled |");
    line("|---|---|---|");
    for (Map.Entry<String, UnaryOperator<Model>> kind : kinds().entrySet()) {
      int inPlace = 0;
      int shuffled = 0;
      for (int i = 0; i < models.size(); i++) {
        Model reference = models.get(i);
        Model suspect = kind.getValue().apply(reference);
        inPlace += origin(reference, suspect).common() ? 1 : 0;
        GroupPermutations order = GroupPermutations.random(reference.structure, 70 + i);
        shuffled += origin(reference, suspect.gathered(order)).common() ? 1 : 0;
      }
      line(
          "| %s | %.0f %% | %.0f %% |",
          kind.getKey(), 100.0 * inPlace / models.size(), 100.0 * shuffled / models.size());
    }
  }

  private Map<String, UnaryOperator<Model>> kinds() {
    Map<String, UnaryOperator<Model>> kinds = new LinkedHashMap<>();
    for (double share : new double[] {0.5, 0.9, 0.95, 0.98, 0.99}) {
      String name = String.format(Locale.ROOT, "pruned %.0f %%", 100 * share);
      kinds.put(name, m -> m.changed(Model.pruned(share)));
    }
    kinds.put("pruned 90 %, retrained", m -> tuned(m.changed(Model.pruned(0.9)), 2));
    for (int bits : new int[] {4, 2, 1}) {
      kinds.put(bits + " bits", m -> m.changed(Model.quantised(bits)));
    }
    for (double omega : new double[] {0.5, 1, 2, 5}) {
      kinds.put("noise of power " + omega, m -> m.changed(Model.noise(omega, 3)));
    }
    kinds.put("fine-tuned, 1 epoch", m -> tuned(m, 1));
    kinds.put("fine-tuned, 8 epochs", m -> tuned(m, 8));
    kinds.put(
        "first layer drawn anew, retrained",
        m -> trainedOn(SmallNet.of(m, INPUTS, FIRST, SECOND).withFreshFirstLayer(9), 2));
    return kinds;
  }

  private Model tuned(Model model, int epochs) {
    return trainedOn(SmallNet.of(model, INPUTS, FIRST, SECOND), epochs);
  }

  private Model trainedOn(SmallNet net, int epochs) {
    return net.train(images, labels, epochs, RATE, 99).model();
  }

  private void line(String pattern, Object... values) {
    text.append(String.format(Locale.ROOT, pattern, values)).append('\n');
  }
}
