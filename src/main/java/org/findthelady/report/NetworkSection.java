package org.findthelady.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.findthelady.lab.Attack;
import org.findthelady.lab.AttackKind;
import org.findthelady.lab.Method;
import org.findthelady.lab.ModelSpec;
import org.findthelady.lab.Protocol;
import org.findthelady.lab.Sweep;

/** Every layer hit, every group permuted: the methods beside the information limit. */
final class NetworkSection {
  private final Sweep sweep;
  private final Protocol protocol;
  private final SweepCurves curves;

  /**
   * @param protocol NETWORK or EVERYTHING
   */
  NetworkSection(Sweep sweep, Protocol protocol, SweepCurves curves) {
    this.sweep = sweep;
    this.protocol = protocol;
    this.curves = curves;
  }

  Section section() {
    List<Section.Table> tables = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (ModelSpec model : sweep.models()) {
      tables.add(table(model));
      for (Attack attack : sweep.attacks()) {
        if (attack.strengths().size() > 1 && isMeasured(model, attack)) {
          names.add(chart(model, attack));
        }
      }
    }
    boolean everything = protocol == Protocol.EVERYTHING;
    return new Section(
        everything ? "Every layer and every term hit" : "Every layer hit, every group permuted",
        List.of(words(), summary()),
        tables,
        names);
  }

  private boolean isMeasured(ModelSpec model, Attack attack) {
    return attack.strengths().stream()
        .anyMatch(s -> point(model, attack.kind(), s, Method.FTL).isPresent());
  }

  private String words() {
    String hit = "Training moved every weight, bias and normalisation term";
    if (!sweep.attacks().stream().allMatch(attack -> attack.kind().isTraining())) {
      hit =
          protocol == Protocol.EVERYTHING
              ? "Weights, biases and normalisation terms are all perturbed"
              : "Every convolution and linear weight is perturbed, biases and normalisation"
                  + " terms are left alone,";
    }
    String limit =
        sweep.methods().contains(Method.LIMIT)
            ? " The information limit is what somebody gets right who knows the attack, its"
                + " strength in every tensor and the true order of all other groups: a bound that"
                + " no method can beat on average, nor reach where too little is left for that"
                + " order to be found."
            : "";
    String paper =
        sweep.methods().contains(Method.PAPER)
            ? " Psi of the paper's method counts its row-wise maxima as they are; the order in"
                + " which later groups see earlier ones keeps the most alike of several that go to"
                + " one place, the others in index order."
            : "";
    return hit
        + " and every permutation group is shuffled."
        + paper
        + limit
        + " Wrong placements are counted by whether they were marked (ambiguous or"
        + " interchangeable).";
  }

  private String summary() {
    double gap = Double.NEGATIVE_INFINITY;
    long unmarked = 0;
    long wrong = 0;
    String where = "";
    for (SweepSummary.Point ours : curves.summary().points()) {
      SweepSummary.Key key = ours.key();
      if (key.protocol() != protocol || key.method() != Method.FTL) {
        continue;
      }
      unmarked += ours.wrongSilent();
      wrong += ours.wrongSilent() + ours.wrongMarked();
      Optional<SweepSummary.Point> limit =
          curves.summary().point(key.model(), protocol, key.attack(), key.strength(), Method.LIMIT);
      double behind = limit.map(l -> l.psi().middle() - ours.psi().middle()).orElse(gap);
      if (behind > gap) {
        gap = behind;
        where = key.model() + ", " + SweepCurves.step(key.attack(), key.strength());
      }
    }
    String limits =
        where.isEmpty()
            ? ""
            : "Ours is behind the information limit by at most %s points (%s). "
                .formatted(Words.percent(Math.max(0, gap)), where);
    return limits
        + "Over all cells and seeds %s neurons were placed wrong, %s of them unmarked."
            .formatted(Words.count(wrong), Words.count(unmarked));
  }

  private Section.Table table(ModelSpec model) {
    List<Method> methods = sweep.methods();
    boolean closed = model.isLayerAlone();
    boolean task = model.task() != null;
    List<List<String>> rows = new ArrayList<>();
    List<String> heading = new ArrayList<>(List.of("perturbation"));
    methods.forEach(method -> heading.add("Psi, " + column(method)));
    if (closed) {
      heading.add("closed form");
    }
    heading.addAll(List.of("wrong, marked", "wrong, unmarked"));
    if (task) {
      heading.addAll(List.of("error %", "KL, nats"));
    }
    rows.add(heading);
    curves.forEachStep(
        (attack, strength) -> {
          Optional<SweepSummary.Point> ours = point(model, attack, strength, Method.FTL);
          if (ours.isEmpty()) {
            return;
          }
          List<String> row = new ArrayList<>(List.of(SweepCurves.step(attack, strength)));
          for (Method method : methods) {
            row.add(SweepCurves.mean(point(model, attack, strength, method)));
          }
          if (closed) {
            row.add(SweepCurves.shown(ours.get().closedForm()));
          }
          row.add(Words.count(ours.get().wrongMarked()));
          row.add(Words.count(ours.get().wrongSilent()));
          if (task) {
            row.add(SweepCurves.shown(ours.get().errorPercent()));
            Double divergence = ours.get().divergence();
            row.add(divergence == null ? "" : Words.number(divergence));
          }
          rows.add(row);
        });
    String size =
        curves.summary().points().stream()
            .filter(p -> p.key().model().equals(model.name()) && p.key().protocol() == protocol)
            .findFirst()
            .map(p -> ": " + Words.count(p.neurons()) + " neurons, " + p.seeds() + " seeds")
            .orElse("");
    return new Section.Table(model.name() + size, rows);
  }

  private static String column(Method method) {
    return switch (method) {
      case PAPER -> "paper";
      case FTL -> "ours";
      case ORACLE -> "ours, others in true order";
      case LIMIT -> "information limit";
    };
  }

  private Optional<SweepSummary.Point> point(
      ModelSpec model, AttackKind attack, double strength, Method method) {
    return curves.point(model, protocol, attack, strength, method);
  }

  private String chart(ModelSpec model, Attack attack) {
    List<CurveChart.Curve> drawn = new ArrayList<>();
    int colour = 0;
    for (Method method : sweep.methods()) {
      drawn.add(curves.curve("Psi, " + column(method), model, protocol, attack, method, colour));
      curves
          .closedForm("closed form, " + column(method), model, protocol, attack, method, colour)
          .ifPresent(drawn::add);
      colour++;
    }
    if (model.task() != null) {
      double[] errors =
          attack.strengths().stream()
              .mapToDouble(
                  strength ->
                      point(model, attack.kind(), strength, Method.FTL)
                          .map(SweepSummary.Point::errorPercent)
                          .orElse(Double.NaN))
              .toArray();
      drawn.add(new CurveChart.Curve("error of the model", errors, null, null, 6, false));
    }
    String what = protocol.name().toLowerCase(Locale.ROOT);
    return curves.draw(
        what + "-" + model.name() + "-" + attack.kind(),
        model.name()
            + (protocol == Protocol.EVERYTHING ? ", terms hit too: " : ", every layer hit: ")
            + attack.kind().label(),
        attack,
        drawn);
  }
}
