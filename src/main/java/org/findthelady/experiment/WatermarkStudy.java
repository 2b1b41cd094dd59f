package org.findthelady.experiment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.findthelady.core.Shape;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.match.result.MatchResult;
import org.findthelady.perturb.Attack;
import org.findthelady.perturb.AttackKind;
import org.findthelady.perturb.LayerSelection;
import org.findthelady.perturb.Watermark;
import org.findthelady.perturb.WatermarkReading;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * A watermark in a real network, read after every attack of a sweep: with the layer's own neurons
 * permuted (which it cannot notice), with those of the layer before it permuted, with every group
 * permuted, and after re-synchronisation. One key and one shuffle a seed.
 */
final class WatermarkStudy {
  private static final int BITS = 64;
  private static final double STRENGTH = 3;

  private final Sweep sweep;
  private final ModelSpec spec;
  private final String tensor;

  WatermarkStudy(Sweep sweep, ModelSpec spec, String tensor) {
    this.sweep = sweep;
    this.spec = spec;
    this.tensor = tensor;
  }

  StudyTable run(ModelLoader loader) throws IOException {
    LabModel model = loader.load(spec, 0);
    Optional<LabTask> task = loader.task(spec);
    List<List<String>> rows = new ArrayList<>();
    rows.add(row(model, task, AttackKind.NONE, 0));
    for (Attack attack : sweep.attacks()) {
      for (double strength : attack.strengths()) {
        rows.add(row(model, task, attack.kind(), strength));
      }
    }
    return new StudyTable(
        "Watermark in " + spec.name() + ", " + tensor,
        List.of(
            ("%d secret bits (Uchida) embedded after training by the smallest change of the layer"
                    + " that gives every bit a margin of %s spreads of unmarked projections;"
                    + " relative change of the layer %s %%. Every layer is then attacked, and the"
                    + " bits are read. Bit error rates in percent are means over %d keys and"
                    + " shuffles with the half width of the 95 %% interval; 50 is chance.")
                .formatted(BITS, number(STRENGTH), number(100 * change(model)), sweep.seeds()),
            "Permuting the layer's own neurons is no attack and its column is vacuous: the mark is"
                + " in a mean over them. Permuting the layer before it is one."),
        List.of(
            "attack",
            "own neurons permuted (vacuous)",
            "layer before permuted",
            "all groups permuted",
            "re-synchronised",
            "correlation",
            "largest p-value",
            "error % of the model"),
        rows);
  }

  private static Watermark mark(int key, String tensor) {
    return new Watermark("study key " + key, tensor, BITS);
  }

  private double change(LabModel model) throws IOException {
    float[] before = model.tensor(tensor).values();
    float[] after = marked(model, 1).tensor(tensor).values();
    double change = 0;
    double all = 0;
    for (int i = 0; i < before.length; i++) {
      change += Math.pow(after[i] - (double) before[i], 2);
      all += before[i] * (double) before[i];
    }
    return Math.sqrt(change / all);
  }

  private LabModel marked(LabModel model, int key) throws IOException {
    return model.perturbed(List.of(mark(key, tensor).embedding(STRENGTH)));
  }

  private List<String> row(
      LabModel model, Optional<LabTask> task, AttackKind attack, double strength)
      throws IOException {
    Structure structure = model.structure();
    Group carried = Neighbourhood.producedBy(structure, tensor);
    Group before = Neighbourhood.readBy(structure, tensor);
    int keys = sweep.seeds();
    double[] own = new double[keys];
    double[] previous = new double[keys];
    double[] permuted = new double[keys];
    double[] back = new double[keys];
    double correlation = 0;
    double pValue = 0;
    double error = Double.NaN;
    for (int key = 1; key <= keys; key++) {
      Watermark mark = mark(key, tensor);
      LabModel marked = marked(model, key);
      LabModel changed =
          marked.perturbed(
              Attack.perturbations(attack, strength, LayerSelection.all(), structure, key));
      GroupPermutations everything = GroupPermutations.random(structure, key);
      own[key - 1] = read(mark, changed.permuted(only(everything, carried)));
      previous[key - 1] = read(mark, changed.permuted(only(everything, before)));
      LabModel suspect = changed.permuted(everything);
      permuted[key - 1] = read(mark, suspect);
      MatchResult match = Matcher.match(structure, marked, suspect, MatchOptions.defaults());
      WatermarkReading reading = reading(mark, suspect.permuted(match.resync()));
      back[key - 1] = reading.bitErrorRate();
      correlation += reading.correlation() / keys;
      pValue = Math.max(pValue, reading.pValue());
      if (key == 1 && task.isPresent()) {
        error = task.get().score(changed).errorPercent();
      }
    }
    return List.of(
        attack == AttackKind.NONE ? "none" : attack.label() + " = " + number(strength),
        shown(own),
        shown(previous),
        shown(permuted),
        shown(back),
        String.format(Locale.ROOT, "%.3f", correlation),
        String.format(Locale.ROOT, "%.1e", pValue),
        Double.isNaN(error) ? "" : number(error));
  }

  private static GroupPermutations only(GroupPermutations everything, Group group) {
    return GroupPermutations.identity().with(group, everything.of(group));
  }

  private static String shown(double[] rates) {
    Interval mean = Interval.ofMean(rates);
    double half = mean.high() - mean.middle();
    String middle = String.format(Locale.ROOT, "%.1f", mean.middle());
    return half > 0 && Double.isFinite(half)
        ? middle + String.format(Locale.ROOT, " ± %.1f", half)
        : middle;
  }

  private double read(Watermark mark, LabModel model) {
    return reading(mark, model).bitErrorRate();
  }

  private WatermarkReading reading(Watermark mark, LabModel model) {
    Shape shape = model.shape(tensor);
    return mark.read(shape, model.tensor(tensor).values());
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.1f", value);
  }
}
