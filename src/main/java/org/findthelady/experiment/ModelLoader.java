package org.findthelady.experiment;

import java.io.IOException;
import java.util.Optional;
import org.findthelady.perturb.AttackKind;

/** Where a sweep's models come from; may keep what it loaded. */
public interface ModelLoader {
  /**
   * The model of a specification.
   *
   * @param seed of weights that are made anew for every seed (no checkpoint); all others are the
   *     same for every seed
   */
  LabModel load(ModelSpec model, long seed) throws IOException;

  /**
   * The model at another state of its training, where the specification names the checkpoint.
   *
   * @param attack one that {@link AttackKind#isTraining}
   */
  LabModel trained(ModelSpec model, AttackKind attack, double strength) throws IOException;

  /** The model's own work, where the specification names data for it. */
  Optional<LabTask> task(ModelSpec model) throws IOException;
}
