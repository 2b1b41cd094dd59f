package org.findthelady.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.findthelady.experiment.ClosedForm;
import org.findthelady.experiment.ModelSpec;

/** In how many cells the closed forms lie within the interval of what was measured. */
final class Agreement {
  private final List<SweepSummary.Point> closed;
  private final List<SweepSummary.Point> noisy = new ArrayList<>();
  private final List<Double> normal = new ArrayList<>();

  /**
   * @param points of the paper's method on one layer of those models
   */
  Agreement(List<ModelSpec> models, List<SweepSummary.Point> points) {
    closed = points.stream().filter(point -> point.closedForm() != null).toList();
    for (SweepSummary.Point point : closed) {
      for (ModelSpec model : models) {
        Double psi = takingCosinesAsNormal(model, point.key());
        if (psi != null && model.name().equals(point.key().model())) {
          noisy.add(point);
          normal.add(psi);
        }
      }
    }
  }

  /** The formula of the method's description; null where it has none. */
  static Double takingCosinesAsNormal(ModelSpec model, SweepSummary.Key key) {
    return model.layer() == null
        ? null
        : ClosedForm.takingCosinesAsNormal(model.layer(), key.attack(), key.strength());
  }

  String words() {
    if (closed.isEmpty()) {
      return "There is no closed form for these layers.";
    }
    long within = closed.stream().filter(point -> point.agreesWith(point.closedForm())).count();
    long spread = closed.stream().filter(point -> point.psi().low() < point.psi().high()).count();
    long withinNormal = 0;
    for (int i = 0; i < noisy.size(); i++) {
      withinNormal += noisy.get(i).agreesWith(normal.get(i)) ? 1 : 0;
    }
    return String.format(
        Locale.ROOT,
        "The closed form is what the row-wise maximum must find in independent normal rows, by the"
            + " exact laws of their cosines: Beta's for unrelated rows, Hotelling's for the right"
            + " pair under noise, the truncated normal's moments for it under pruning; of a row"
            + " without any weight left all cosines are equal and the first neuron is taken. It"
            + " lies within the 95 %% interval of the reproduction in %d of %d cells; %d of them"
            + " have any spread over seeds, and 5 %% of those, %.1f, are outside by chance. Where"
            + " all seeds gave the same, the interval is Wilson's for that many neurons. The"
            + " formula that takes cosines as normal, the integral of phi(x) Phi(c sqrt(d) +"
            + " sqrt(1 - c^2) x)^(N - 1) dx with c = 1 / sqrt(1 + Ω^2), is within it in %d of the"
            + " %d cells with noise.",
        within,
        closed.size(),
        spread,
        0.05 * spread,
        withinNormal,
        noisy.size());
  }
}
