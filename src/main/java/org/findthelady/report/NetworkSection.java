package org.findthelady.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.findthelady.experiment.Method;
import org.findthelady.experiment.ModelSpec;
import org.findthelady.experiment.Protocol;
import org.findthelady.experiment.Sweep;
import org.findthelady.perturb.Attack;
import org.findthelady.perturb.AttackKind;

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
                + " order to be found. Under noise it is counted for how many seeds the search"
                + " fell short: ended at an order that is less likely than the true one. For all"
                + " others no method that goes by likelihood would prefer the truth."
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
    long unmarked = 0;
    long wrong = 0;
    List<Gap> gaps = new ArrayList<>();
    for (SweepSummary.Point ours : curves.summary().points()) {
      SweepSummary.Key key = ours.key();
      if (key.protocol() != protocol || key.method() != Method.FTL) {
        continue;
      }
      unmarked += ours.wrongSilent();
      wrong += ours.wrongSilent() + ours.wrongMarked();
      curves
          .summary()
          .point(key.model(), protocol, key.attack(), key.strength(), Method.LIMIT)
          .ifPresent(limit -> gaps.add(new Gap(ours, limit)));
    }
    return behind(gaps)
        + "Over all cells and seeds %s neurons were placed wrong, %s of them unmarked."
            .formatted(Words.count(wrong), Words.count(unmarked));
  }

  private static String behind(List<Gap> gaps) {
    Comparator<Gap> byPoints = Comparator.comparingDouble(Gap::points);
    List<Gap> found =
        gaps.stream()
            .filter(gap -> gap.ours().fellShort() != null && gap.ours().fellShort() == 0)
            .toList();
    long noisy = gaps.stream().filter(gap -> gap.ours().fellShort() != null).count();
    String all =
        gaps.stream()
            .max(byPoints)
            .map(gap -> "Ours is behind the information limit by at most " + gap.words() + ". ")
            .orElse("");
    long within = gaps.stream().filter(gap -> gap.points() <= 1).count();
    String near =
        gaps.isEmpty()
            ? ""
            : "It is within a point of it in %d of %d cells. ".formatted(within, gaps.size());
    String likely =
        noisy == 0
            ? ""
            : ("In %d of %d cells with noise its order is at least as likely as the true one for"
                    + " every seed. ")
                .formatted(found.size(), noisy);
    return all + near + likely;
  }

  /** Ours beside the limit. */
  private record Gap(SweepSummary.Point ours, SweepSummary.Point limit) {
    double points() {
      return limit.psi().middle() - ours.psi().middle();
    }

    String words() {
      SweepSummary.Key key = ours.key();
      return "%s points (%s, %s)"
          .formatted(
              Words.percent(Math.max(0, points())),
              key.model(),
              SweepCurves.step(key.attack(), key.strength()));
    }
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
    boolean limit = methods.contains(Method.LIMIT);
    if (limit) {
      heading.add("fell short, seeds");
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
          if (limit) {
            Integer fellShort = ours.get().fellShort();
            row.add(fellShort == null ? "" : Words.count(fellShort));
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
