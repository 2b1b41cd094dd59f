package org.findthelady.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.findthelady.core.Shape;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.MatchResult;
import org.findthelady.match.Matcher;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/**
 * A watermark in a real network, read after every attack of a sweep: with the layer's own neurons
 * permuted (which it cannot notice), with every group permuted, and after re-synchronisation.
 */
final class WatermarkStudy {
  private static final int BITS = 64;
  private static final int KEYS = 3;
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
            "%d secret bits (Uchida) embedded after training by the smallest change of the layer"
                    .formatted(BITS)
                + " that gives every bit a margin of "
                + number(STRENGTH)
                + " spreads of unmarked projections; relative change of the layer "
                + number(100 * change(model))
                + " %. Every layer is then attacked, and the bits are read. Bit error rates are"
                + " means over "
                + KEYS
                + " keys; 50 is chance.",
            "Permuting the layer's own neurons is no attack: the mark is in a mean over them."),
        List.of(
            "attack",
            "own neurons permuted",
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
    double own = 0;
    double permuted = 0;
    double back = 0;
    double correlation = 0;
    double pValue = 0;
    double error = 0;
    for (int key = 1; key <= KEYS; key++) {
      Watermark mark = mark(key, tensor);
      LabModel marked = marked(model, key);
      LabModel changed =
          marked.perturbed(Attack.perturbations(attack, strength, Layers.all(), structure, key));
      Group group = Neighbourhood.producedBy(structure, tensor);
      Assignment everything = Assignment.random(structure, key);
      Assignment ownOnly = Assignment.identity().with(group, everything.of(group));
      own += read(mark, changed.permuted(ownOnly)).bitErrorRate() / KEYS;
      LabModel suspect = changed.permuted(everything);
      permuted += read(mark, suspect).bitErrorRate() / KEYS;
      MatchResult match = Matcher.match(structure, marked, suspect, MatchOptions.defaults());
      WatermarkReading reading = read(mark, suspect.permuted(match.resync()));
      back += reading.bitErrorRate() / KEYS;
      correlation += reading.correlation() / KEYS;
      pValue = Math.max(pValue, reading.pValue());
      if (task.isPresent()) {
        error += task.get().score(changed).errorPercent() / KEYS;
      }
    }
    return List.of(
        attack == AttackKind.NONE ? "none" : attack.label() + " = " + number(strength),
        number(own),
        number(permuted),
        number(back),
        String.format(Locale.ROOT, "%.3f", correlation),
        String.format(Locale.ROOT, "%.1e", pValue),
        task.isPresent() ? number(error) : "");
  }

  private WatermarkReading read(Watermark mark, LabModel model) {
    Shape shape = model.shape(tensor);
    return mark.read(shape, model.tensor(tensor).values());
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.1f", value);
  }
}
