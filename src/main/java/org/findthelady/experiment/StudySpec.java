package org.findthelady.experiment;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;

/**
 * A question asked of one model of a sweep.
 *
 * @param kind which question
 * @param model name of the model
 * @param tensor the weight that it is asked of; null where the kind needs none
 * @param others names of models to compare with; empty where the kind needs none
 */
public record StudySpec(StudyKind kind, String model, String tensor, List<String> others)
    implements Serializable {
  /** The questions. */
  public enum StudyKind {
    /** Does a watermark survive, before and after re-synchronisation? */
    WATERMARK(true),
    /** What do matches of descendants, of siblings and of strangers look like? */
    KINSHIP(false),
    /** How like are neurons' outputs if their weights are so like? */
    NEURON_SIMILARITY(true),
    /** Do the tests of origin hold their level on networks that are trained apart? */
    CALIBRATION_LEVEL(false),
    /** Which descendants do the tests of origin find? */
    CALIBRATION_POWER(false);

    private final boolean asksOfATensor;

    StudyKind(boolean asksOfATensor) {
      this.asksOfATensor = asksOfATensor;
    }
  }

  public StudySpec {
    others = others == null ? List.of() : List.copyOf(others);
    if (kind == null || model == null || (kind.asksOfATensor && tensor == null)) {
      throw new IllegalArgumentException("study " + kind + " of " + model + ", " + tensor);
    }
  }

  /** Answers it, in the calling thread; the same wherever it runs. */
  public StudyTable run(Sweep sweep, ModelLoader loader) throws IOException {
    return switch (kind) {
      case WATERMARK -> new WatermarkStudy(sweep, sweep.model(model), tensor).run(loader);
      case KINSHIP ->
          new KinshipStudy(sweep.model(model), others.stream().map(sweep::model).toList())
              .run(loader);
      case CALIBRATION_LEVEL -> new CalibrationStudy(sweep.model(model)).level(loader);
      case CALIBRATION_POWER -> new CalibrationStudy(sweep.model(model)).power(loader);
      case NEURON_SIMILARITY -> new SimilarityStudy(sweep.model(model), tensor).run(loader);
    };
  }
}
