package org.findthelady.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.findthelady.experiment.Method;
import org.findthelady.experiment.ModelSpec;
import org.findthelady.experiment.Protocol;
import org.findthelady.experiment.Sweep;
import org.findthelady.perturb.Attack;
import org.findthelady.perturb.AttackKind;

/** A sweep's points as curves over strength, and the charts that were made of them. */
final class SweepCurves {
  private final String prefix;
  private final Sweep sweep;
  private final SweepSummary summary;
  private final Map<String, String> charts = new LinkedHashMap<>();

  /**
   * @param prefix of file names
   */
  SweepCurves(String prefix, Sweep sweep, SweepSummary summary) {
    this.prefix = prefix;
    this.sweep = sweep;
    this.summary = summary;
  }

  /** File name to SVG. */
  Map<String, String> charts() {
    return charts;
  }

  SweepSummary summary() {
    return summary;
  }

  Optional<SweepSummary.Point> point(
      ModelSpec model, Protocol protocol, AttackKind attack, double strength, Method method) {
    return summary.point(model.name(), protocol, attack, strength, method);
  }

  /** Keeps a chart; returns its file name. */
  String add(String name, String svg) {
    String file = (prefix + name).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".svg";
    charts.put(file, svg);
    return file;
  }

  /** Draws curves of one attack; returns the file name. */
  String draw(String name, String title, Attack attack, List<CurveChart.Curve> curves) {
    List<String> steps = attack.strengths().stream().map(SweepCurves::number).toList();
    String svg = new CurveChart(title, attack.kind().label(), "percent", steps, curves).svg();
    return add(name, svg);
  }

  /** Psi with its interval. */
  CurveChart.Curve curve(
      String label, ModelSpec model, Protocol protocol, Attack attack, Method method, int colour) {
    int count = attack.strengths().size();
    double[] values = new double[count];
    double[] low = new double[count];
    double[] high = new double[count];
    for (int i = 0; i < count; i++) {
      Optional<SweepSummary.Point> point =
          point(model, protocol, attack.kind(), attack.strengths().get(i), method);
      values[i] = point.map(p -> p.psi().middle()).orElse(Double.NaN);
      low[i] = point.map(p -> p.psi().low()).orElse(Double.NaN);
      high[i] = point.map(p -> p.psi().high()).orElse(Double.NaN);
    }
    return new CurveChart.Curve(label, values, low, high, colour, false);
  }

  /** The closed form beside {@link #curve}; empty if any of it is missing. */
  Optional<CurveChart.Curve> closedForm(
      String label, ModelSpec model, Protocol protocol, Attack attack, Method method, int colour) {
    double[] values = new double[attack.strengths().size()];
    for (int i = 0; i < values.length; i++) {
      Optional<SweepSummary.Point> point =
          point(model, protocol, attack.kind(), attack.strengths().get(i), method);
      if (point.isEmpty() || point.get().closedForm() == null) {
        return Optional.empty();
      }
      values[i] = point.get().closedForm();
    }
    return Optional.of(new CurveChart.Curve(label, values, null, null, colour, true));
  }

  /** Every attack and strength of the sweep, in its order. */
  void forEachStep(Step step) {
    for (Attack attack : sweep.attacks()) {
      for (double strength : attack.strengths()) {
        step.at(attack.kind(), strength);
      }
    }
  }

  /** Receives an attack and a strength. */
  interface Step {
    void at(AttackKind attack, double strength);
  }

  static String step(AttackKind attack, double strength) {
    return attack == AttackKind.NONE ? attack.label() : attack.label() + " = " + number(strength);
  }

  static String number(double strength) {
    return strength == Math.rint(strength)
        ? Long.toString((long) strength)
        : Double.toString(strength);
  }

  /** Percent; nothing for null. */
  static String shown(Double percent) {
    return percent == null ? "" : Words.percent(percent);
  }

  /** Mean and half width of the interval. */
  static String mean(Optional<SweepSummary.Point> point) {
    return point
        .map(
            p -> {
              double half = p.psi().high() - p.psi().middle();
              return shown(p.psi().middle())
                  + (half > 0 && Double.isFinite(half) ? " ± " + shown(half) : "");
            })
        .orElse("");
  }
}
