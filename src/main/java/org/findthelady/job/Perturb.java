package org.findthelady.job;

import java.util.ArrayList;
import java.util.List;
import org.findthelady.core.UserException;
import org.findthelady.perturb.Drift;
import org.findthelady.perturb.GlobalPruning;
import org.findthelady.perturb.LayerSelection;
import org.findthelady.perturb.NeuronScale;
import org.findthelady.perturb.Noise;
import org.findthelady.perturb.Perturbation;
import org.findthelady.perturb.Pruning;
import org.findthelady.perturb.UniformQuantisation;
import org.findthelady.structure.Structure;

/** Changes a checkpoint's weights on purpose, and shuffles it too if asked to. */
public final class Perturb {
  private static final int DRIFT_RANK = 4;

  private Perturb() {}

  /**
   * What to do; null or NaN leaves a step out. Applied in this order.
   *
   * @param noise power Omega
   * @param prunePercent weights set to zero
   * @param pruneGlobally one threshold over all layers
   * @param bits of quantisation: 16 down to 2, 1.58 or 1
   * @param scale factor of some neurons
   * @param fraction of every group's neurons that are scaled
   * @param signFlip fraction of every group's neurons
   * @param drift low-rank change like fine-tuning's, in units of sigma
   * @param layers glob over tensor names
   * @param permute whether every group is shuffled afterwards
   */
  public record Settings(
      Double noise,
      Double prunePercent,
      boolean pruneGlobally,
      Double bits,
      Double scale,
      double fraction,
      Double signFlip,
      Double drift,
      String layers,
      boolean permute) {
    private List<Perturbation> perturbations(Structure structure, long seed) {
      LayerSelection selected = new LayerSelection(layers);
      List<Perturbation> all = new ArrayList<>();
      if (drift != null) {
        all.add(new Drift(drift, DRIFT_RANK, selected, seed));
      }
      if (noise != null) {
        all.add(new Noise(noise, selected, seed));
      }
      if (prunePercent != null) {
        all.add(
            pruneGlobally
                ? new GlobalPruning(prunePercent, selected)
                : new Pruning(prunePercent, selected));
      }
      if (bits != null) {
        all.add(new UniformQuantisation(bits, selected));
      }
      if (scale != null) {
        all.add(new NeuronScale(structure, scale, fraction, false, selected, seed));
      }
      if (signFlip != null) {
        all.add(new NeuronScale(structure, -1, signFlip, false, selected, seed));
      }
      return all;
    }
  }

  /**
   * Perturbs.
   *
   * @throws UserException if a setting is out of range, or if there is nothing to do
   */
  public static Permute.Result run(Permute.Request request, Settings settings) {
    try {
      return Permute.run(
          request,
          settings.permute(),
          structure -> {
            List<Perturbation> all = settings.perturbations(structure, request.seed());
            if (all.isEmpty() && !settings.permute()) {
              throw new UserException("nothing to do: name a perturbation, or --permute");
            }
            return all;
          });
    } catch (IllegalArgumentException e) {
      throw new UserException(e.getMessage(), e);
    }
  }
}
