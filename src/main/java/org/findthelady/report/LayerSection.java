package org.findthelady.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.findthelady.experiment.Method;
import org.findthelady.experiment.ModelSpec;
import org.findthelady.experiment.Protocol;
import org.findthelady.experiment.Sweep;
import org.findthelady.perturb.Attack;
import org.findthelady.perturb.AttackKind;

/** One layer hit: published numbers, the paper's method reproduced, and ours. */
final class LayerSection {
  private final Sweep sweep;
  private final SweepCurves curves;
  private final List<ModelSpec> models;

  LayerSection(Sweep sweep, SweepCurves curves) {
    this.sweep = sweep;
    this.curves = curves;
    this.models = sweep.models().stream().filter(model -> model.hit().isPresent()).toList();
  }

  Section section() {
    List<Section.Table> tables = new ArrayList<>();
    if (models.stream().anyMatch(model -> !model.published().isEmpty())) {
      tables.add(
          table(
              "Published (arXiv 2312.14182, Table 1), Psi in percent",
              (model, attack, strength) -> SweepCurves.shown(model.published(attack, strength))));
    }
    tables.add(
        table(
            "The paper's method reproduced on the same layer shapes: mean Psi over "
                + sweep.seeds()
                + " seeds, half width of its 95 % interval, [closed form by the exact laws; for"
                + " noise also with cosines taken as normal]",
            this::reproduced));
    tables.add(
        table(
            "Ours on the same perturbed layers: mean Psi; wrong and unmarked neurons if any",
            (model, attack, strength) -> ours(point(model, attack, strength, Method.FTL))));
    List<String> names = new ArrayList<>();
    for (Attack attack : sweep.attacks()) {
      for (Method method : List.of(Method.PAPER, Method.FTL)) {
        names.add(chart(attack, method));
      }
    }
    return new Section("One layer hit (the paper's protocol)", words(), tables, names);
  }

  private List<String> words() {
    List<String> words = new ArrayList<>();
    words.add(
        "The tested layer's weights are perturbed and its neurons permuted; nothing else is"
            + " touched. The paper's method sees the incoming weights alone; ours also what the"
            + " attack left alone: the group's other weights and terms.");
    words.add(new Agreement(models, points(Method.PAPER)).words());
    double least =
        points(Method.FTL).stream().mapToDouble(p -> p.psi().middle()).min().orElse(Double.NaN);
    words.add("Ours: the smallest mean Psi of all cells is " + Words.percent(least) + ".");
    return words;
  }

  private List<SweepSummary.Point> points(Method method) {
    return curves.summary().points().stream()
        .filter(p -> p.key().protocol() == Protocol.LAYER && p.key().method() == method)
        .toList();
  }

  private interface Value {
    String of(ModelSpec model, AttackKind attack, double strength);
  }

  private Section.Table table(String caption, Value value) {
    List<List<String>> rows = new ArrayList<>();
    List<String> heading = new ArrayList<>(List.of("perturbation"));
    models.forEach(model -> heading.add(model.name()));
    rows.add(heading);
    curves.forEachStep(
        (attack, strength) -> {
          List<String> row = new ArrayList<>(List.of(SweepCurves.step(attack, strength)));
          models.forEach(model -> row.add(value.of(model, attack, strength)));
          rows.add(row);
        });
    return new Section.Table(caption, rows);
  }

  private Optional<SweepSummary.Point> point(
      ModelSpec model, AttackKind attack, double strength, Method method) {
    return curves.point(model, Protocol.LAYER, attack, strength, method);
  }

  private String reproduced(ModelSpec model, AttackKind attack, double strength) {
    Optional<SweepSummary.Point> point = point(model, attack, strength, Method.PAPER);
    if (point.isEmpty() || point.get().closedForm() == null) {
      return SweepCurves.mean(point);
    }
    Double normal = Agreement.takingCosinesAsNormal(model, point.get().key());
    return "%s [%s%s]"
        .formatted(
            SweepCurves.mean(point),
            Words.percent(point.get().closedForm()),
            normal == null ? "" : "; " + Words.percent(normal));
  }

  private static String ours(Optional<SweepSummary.Point> point) {
    return point
        .map(
            p ->
                Words.percent(p.psi().middle())
                    + (p.wrongSilent() > 0 ? ", " + p.wrongSilent() + " unmarked" : ""))
        .orElse("");
  }

  private String chart(Attack attack, Method method) {
    List<CurveChart.Curve> drawn = new ArrayList<>();
    for (int m = 0; m < models.size(); m++) {
      ModelSpec model = models.get(m);
      drawn.add(curves.curve(model.name(), model, Protocol.LAYER, attack, method, m));
      String closed = model.name() + ", closed form";
      curves.closedForm(closed, model, Protocol.LAYER, attack, method, m).ifPresent(drawn::add);
    }
    return curves.draw(
        "layer-" + attack.kind() + "-" + method.name(),
        "One layer hit, " + attack.kind().label() + ": " + method.words(),
        attack,
        drawn);
  }
}
