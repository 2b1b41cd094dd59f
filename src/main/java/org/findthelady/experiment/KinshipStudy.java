package org.findthelady.experiment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.findthelady.core.Shape;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.MatchState;
import org.findthelady.match.result.Origin;
import org.findthelady.perturb.Drift;
import org.findthelady.perturb.Gaussians;
import org.findthelady.perturb.LayerSelection;
import org.findthelady.perturb.Moments;
import org.findthelady.perturb.Noise;
import org.findthelady.perturb.Pruning;
import org.findthelady.perturb.UniformQuantisation;
import org.findthelady.structure.GroupPermutations;

/**
 * How a match looks for descendants of a model, for other networks trained on the same task (cut
 * down to the reference's tensors and shapes), and for weights that were never trained.
 */
final class KinshipStudy {
  private final ModelSpec spec;
  private final List<ModelSpec> others;

  /**
   * @param others trained apart
   */
  KinshipStudy(ModelSpec spec, List<ModelSpec> others) {
    this.spec = spec;
    this.others = others;
  }

  StudyTable run(ModelLoader loader) throws IOException {
    LabModel model = loader.load(spec, 0);
    Map<String, LabModel> suspects = new LinkedHashMap<>();
    suspects.put("itself", model);
    suspects.put("noise 1", model.perturbed(List.of(new Noise(1, LayerSelection.all(), 1))));
    suspects.put("noise 5", model.perturbed(List.of(new Noise(5, LayerSelection.all(), 1))));
    suspects.put("pruned 95 %", model.perturbed(List.of(new Pruning(95, LayerSelection.all()))));
    suspects.put(
        "2 bits", model.perturbed(List.of(new UniformQuantisation(2, LayerSelection.all()))));
    suspects.put("drift 2", model.perturbed(List.of(new Drift(2, 4, LayerSelection.all(), 1))));
    for (ModelSpec other : others) {
      suspects.put(other.name(), cut(loader.load(other, 0), model));
    }
    suspects.put("same values shuffled", shuffled(model));
    suspects.put("normal weights", random(model));
    List<List<String>> rows = new ArrayList<>();
    for (Map.Entry<String, LabModel> suspect : suspects.entrySet()) {
      rows.add(row(suspect.getKey(), model, suspect.getValue()));
    }
    return new StudyTable(
        "Descendants, siblings and strangers of " + spec.name(),
        List.of(
            "Each suspect is permuted at random and matched. One-to-one: reference neurons that the"
                + " row-wise maximum names exactly once. Agreement: share of tested neurons whose"
                + " best match stands out at one in a hundred. In = out: share of neurons that"
                + " incoming weights alone and outgoing weights alone give the same partner, each"
                + " group by itself, the others as the match placed them. The p-value bounds the"
                + " chance that an unrelated model matches as well."),
        List.of(
            "suspect",
            "one-to-one %",
            "median margin",
            "median cosine",
            "ambiguous %",
            "agreement %",
            "in = out %",
            "log10 p"),
        rows);
  }

  private static List<String> row(String name, LabModel model, LabModel suspect)
      throws IOException {
    GroupPermutations truth = GroupPermutations.random(model.structure(), 7);
    LabModel shuffled = suspect.permuted(truth);
    MatchResult match = Matcher.match(model.structure(), model, shuffled, MatchOptions.defaults());
    long units = 0;
    long once = 0;
    List<Float> margins = new ArrayList<>();
    List<Float> cosines = new ArrayList<>();
    for (GroupMatch group : match.groups()) {
      int[] named = new int[group.units()];
      for (int reference : group.matched()) {
        if (reference >= 0) {
          named[reference]++;
        }
      }
      units += named.length;
      once += Arrays.stream(named).filter(count -> count == 1).count();
      for (int unit = 0; unit < named.length; unit++) {
        margins.add(group.margins()[unit]);
        cosines.add(group.cosines()[unit]);
      }
    }
    return List.of(
        name,
        format("%.1f", 100.0 * once / units),
        format("%.4f", median(margins)),
        format("%.3f", median(cosines)),
        format("%.1f", 100.0 * match.count(MatchState.AMBIGUOUS) / units),
        format("%.1f", 100 * match.origin().agreement()),
        format("%.1f", 100 * TwoSides.agreement(model, shuffled.permuted(match.resync()))),
        log10(match.origin().logP()));
  }

  /** Where every weight is the same bytes there is nothing to test, see {@link Origin#equal}. */
  private static String log10(double logP) {
    return Double.isInfinite(logP) ? "all equal" : format("%.1f", logP / Math.log(10));
  }

  private static double median(List<Float> values) {
    List<Float> sorted = values.stream().filter(Float::isFinite).sorted().toList();
    return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
  }

  private static String format(String pattern, double value) {
    return String.format(Locale.ROOT, pattern, value);
  }

  /** The tensors of another network that the model has too, in the same shape. */
  private static LabModel cut(LabModel other, LabModel model) {
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    model
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (other.has(name) && other.shape(name).equals(tensor.shape())) {
                tensors.put(name, other.tensor(name));
              }
            });
    if (tensors.isEmpty()) {
      throw new IllegalArgumentException(
          "no tensor of " + model.structure().name() + " is in the other network");
    }
    return new LabModel(model.structure(), tensors);
  }

  private static LabModel shuffled(LabModel model) {
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    model
        .tensors()
        .forEach(
            (name, tensor) -> {
              float[] values = tensor.values().clone();
              var random = Gaussians.seeded(3, "shuffle/" + name);
              for (int i = values.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                float kept = values[i];
                values[i] = values[j];
                values[j] = kept;
              }
              tensors.put(name, new FloatTensor(tensor.shape(), values));
            });
    return new LabModel(model.structure(), tensors);
  }

  /** Normal weights of each tensor's own mean and deviation; terms shuffled. */
  private static LabModel random(LabModel model) {
    Map<String, FloatTensor> tensors = new LinkedHashMap<>(shuffled(model).tensors());
    model
        .tensors()
        .forEach(
            (name, tensor) -> {
              Shape shape = tensor.shape();
              if (shape.rank() >= 2) {
                Moments moments = Moments.of(tensor.values());
                float[] values = new Gaussians(3, name).floats(tensor.values().length);
                for (int i = 0; i < values.length; i++) {
                  values[i] = (float) (moments.mean() + moments.sigma() * values[i]);
                }
                tensors.put(name, new FloatTensor(shape, values));
              }
            });
    return new LabModel(model.structure(), tensors);
  }
}
