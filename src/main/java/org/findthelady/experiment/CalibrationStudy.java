package org.findthelady.experiment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.findthelady.core.UserException;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.match.result.Origin;
import org.findthelady.perturb.LayerSelection;
import org.findthelady.perturb.Noise;
import org.findthelady.perturb.Perturbation;
import org.findthelady.perturb.Pruning;
import org.findthelady.perturb.UniformQuantisation;
import org.findthelady.structure.GroupPermutations;

/**
 * The tests of origin on networks that are trained here, each with a start and an order of its own,
 * on the images of a model's task: how often unrelated pairs are accused, and how often descendants
 * are found.
 */
final class CalibrationStudy {
  private static final int SIDE = 7;
  private static final int FIRST = 64;
  private static final int SECOND = 48;
  private static final int EPOCHS = 4;
  private static final float RATE = 0.02f;
  private static final int NETWORKS = 79;
  private static final int REFERENCES = 32;
  private static final int QUANTILES = 100;
  private static final double[] LEVELS = {0.05, 0.01, 1e-3, 1e-6};

  private final ModelSpec spec;

  /**
   * @param spec a model whose task has square images of one channel
   */
  CalibrationStudy(ModelSpec spec) {
    this.spec = spec;
  }

  /** Images, averaged to 7 x 7, and their labels. */
  private record Images(List<float[]> images, List<Integer> labels) {
    static Images of(ModelSpec spec, ModelLoader loader) throws IOException {
      Dataset data =
          loader
              .task(spec)
              .orElseThrow(() -> new UserException(spec.name() + ": a task with images is needed"))
              .data();
      int side = data.image().intLength(data.image().rank() - 1);
      if (data.image().elements() != (long) side * side || side % SIDE != 0) {
        throw new UserException(
            "%s: images of %s, not of one channel and a multiple of %d pixels a side"
                .formatted(spec.name(), data.image(), SIDE));
      }
      int step = side / SIDE;
      List<float[]> small = new ArrayList<>();
      for (float[] pixels : data.pixels()) {
        float[] image = new float[SIDE * SIDE];
        for (int i = 0; i < pixels.length; i++) {
          image[i / side / step * SIDE + i % side / step] += pixels[i] / step / step;
        }
        small.add(image);
      }
      return new Images(small, data.labels());
    }

    SmallNetwork trained(SmallNetwork net, int epochs, long seed) {
      return net.train(images, labels, epochs, RATE, seed);
    }

    double accuracy(List<SmallNetwork> networks) {
      return networks.stream().mapToDouble(net -> net.accuracy(images, labels)).average().orElse(0);
    }

    List<SmallNetwork> networks(int count) {
      List<SmallNetwork> networks = new ArrayList<>();
      for (int seed = 0; seed < count; seed++) {
        networks.add(
            trained(
                SmallNetwork.fresh(SIDE * SIDE, FIRST, SECOND, 1000 + seed), EPOCHS, 5000 + seed));
      }
      return networks;
    }
  }

  private static Origin origin(LabModel reference, LabModel suspect) throws IOException {
    return Matcher.match(reference.structure(), reference, suspect, MatchOptions.defaults())
        .origin();
  }

  /** Every pair of networks that were trained apart, as they lie. */
  StudyTable level(ModelLoader loader) throws IOException {
    Images images = Images.of(spec, loader);
    List<SmallNetwork> networks = images.networks(NETWORKS);
    List<LabModel> models = networks.stream().map(SmallNetwork::model).toList();
    List<double[]> logs = new ArrayList<>();
    int accused = 0;
    for (int i = 0; i < models.size(); i++) {
      for (int j = 0; j < i; j++) {
        Origin origin = origin(models.get(i), models.get(j));
        logs.add(new double[] {origin.logInPlace(), origin.logShuffled(), origin.logP()});
        accused += origin.common() ? 1 : 0;
      }
    }
    String[] tests = {"in place", "shuffled", "both, as reported"};
    List<List<String>> rows = new ArrayList<>();
    List<StudyTable.Point> points = new ArrayList<>();
    for (int test = 0; test < tests.length; test++) {
      List<String> row = new ArrayList<>(List.of(tests[test]));
      int at = test;
      for (double level : LEVELS) {
        long below = logs.stream().filter(log -> log[at] < Math.log(level)).count();
        row.add(share(below, logs.size()));
      }
      rows.add(row);
      quantiles(tests[test], logs.stream().mapToDouble(log -> Math.exp(log[at])).toArray(), points);
    }
    String square = "share of pairs, -1 for none and 1 for all";
    return new StudyTable(
        "Unrelated pairs of equal shape",
        List.of(
            format(
                "%d networks %d-%d-%d-10, %d epochs of plain SGD on the images, each with a start"
                    + " and an order of its own; %.1f %% of the images right.",
                NETWORKS, SIDE * SIDE, FIRST, SECOND, EPOCHS, 100 * images.accuracy(networks)),
            format(
                "%,d pairs; accused of a common origin: %s. Share of pairs whose p is below a level,"
                    + " with 95 %% intervals.",
                logs.size(), share(accused, logs.size()))),
        List.of("test", "below 0.05", "below 0.01", "below 0.001", "below 1e-6"),
        rows,
        List.of(
            new StudyTable.Cloud(
                "p of unrelated pairs beside what chance gives",
                square,
                "p of that pair, -1 for 0 and 1 for 1",
                points)));
  }

  private static void quantiles(String test, double[] p, List<StudyTable.Point> points) {
    Arrays.sort(p);
    for (int i = 0; i < QUANTILES; i++) {
      double share = (i + 0.5) / QUANTILES;
      double observed = Math.min(1, p[(int) (share * p.length)]);
      points.add(new StudyTable.Point(test, 2 * share - 1, 2 * observed - 1));
    }
  }

  /** Descendants of some of the networks, and as many that are none. */
  StudyTable power(ModelLoader loader) throws IOException {
    Images images = Images.of(spec, loader);
    List<LabModel> models = images.networks(REFERENCES).stream().map(SmallNetwork::model).toList();
    List<List<String>> rows = new ArrayList<>();
    for (Map.Entry<String, Descent> kind : descents(images).entrySet()) {
      long inPlace = 0;
      long shuffled = 0;
      for (int i = 0; i < models.size(); i++) {
        LabModel reference = models.get(i);
        LabModel suspect = kind.getValue().of(reference, models.get((i + 1) % models.size()));
        inPlace += origin(reference, suspect).common() ? 1 : 0;
        GroupPermutations order = GroupPermutations.random(reference.structure(), 70 + i);
        shuffled += origin(reference, suspect.permuted(order)).common() ? 1 : 0;
      }
      rows.add(
          List.of(kind.getKey(), share(inPlace, models.size()), share(shuffled, models.size())));
    }
    return new StudyTable(
        "Descendants",
        List.of(
            format(
                "Share of suspects that are told to have a common origin, at the stated level of"
                    + " 1e-6, of %d, with 95 %% intervals. The last two rows are suspects that have"
                    + " none.",
                models.size())),
        List.of("suspect", "in place", "shuffled"),
        rows);
  }

  /** Makes a suspect of a network. */
  private interface Descent {
    LabModel of(LabModel model, LabModel other) throws IOException;
  }

  private static Map<String, Descent> descents(Images images) {
    Map<String, Descent> kinds = new LinkedHashMap<>();
    for (double percent : new double[] {50, 80, 90, 95, 98, 99}) {
      kinds.put(format("pruned %.0f %%", percent), hit(new Pruning(percent, LayerSelection.all())));
    }
    kinds.put(
        "pruned 90 %, retrained",
        (model, other) ->
            tuned(images, model.perturbed(List.of(new Pruning(90, LayerSelection.all()))), 2));
    for (int bits : new int[] {4, 3, 2, 1}) {
      kinds.put(bits + " bits", hit(new UniformQuantisation(bits, LayerSelection.all())));
    }
    for (double power : new double[] {0.5, 1, 2, 3, 5}) {
      kinds.put("noise of power " + power, hit(new Noise(power, LayerSelection.all(), 3)));
    }
    for (int epochs : new int[] {1, 4, 8, 16}) {
      kinds.put(
          "trained on, " + epochs + " epochs", (model, other) -> tuned(images, model, epochs));
    }
    kinds.put(
        "first layer drawn anew, retrained",
        (model, other) ->
            images.trained(SmallNetwork.of(model).withFreshFirstLayer(9), 2, 99).model());
    kinds.put("none: trained apart", (model, other) -> other);
    kinds.put(
        "none: trained apart, pruned 90 %",
        (model, other) -> other.perturbed(List.of(new Pruning(90, LayerSelection.all()))));
    return kinds;
  }

  private static Descent hit(Perturbation perturbation) {
    return (model, other) -> model.perturbed(List.of(perturbation));
  }

  private static LabModel tuned(Images images, LabModel model, int epochs) {
    return images.trained(SmallNetwork.of(model), epochs, 99).model();
  }

  private static String share(long hits, long trials) {
    Interval interval = Interval.ofShare(hits, trials);
    return format("%.2f %% (%.2f to %.2f)", interval.middle(), interval.low(), interval.high());
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
