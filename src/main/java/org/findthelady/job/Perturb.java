package org.findthelady.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.perturb.Drift;
import org.findthelady.perturb.GlobalPruning;
import org.findthelady.perturb.LayerSelection;
import org.findthelady.perturb.NeuronScale;
import org.findthelady.perturb.Noise;
import org.findthelady.perturb.Perturbation;
import org.findthelady.perturb.Pruning;
import org.findthelady.perturb.UniformQuantisation;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Structure;

/** Changes a checkpoint's weights on purpose, and shuffles it too if asked to. */
public final class Perturb {
  private static final int NAMES_SHOWN = 3;

  private Perturb() {}

  /**
   * What to do; null leaves a step out. Applied in this order.
   *
   * @param drift low-rank change like fine-tuning's, in units of sigma
   * @param noise power Omega
   * @param prune weights set to zero
   * @param bits of quantisation: 16 down to 2, 1.58 or 1
   * @param scale of some neurons
   * @param signFlip fraction of every group's neurons
   * @param layers glob over tensor names
   * @param permute whether every group is shuffled afterwards
   */
  public record Settings(
      Double drift,
      Double noise,
      Prune prune,
      Double bits,
      Scale scale,
      Double signFlip,
      String layers,
      boolean permute) {
    /** Noise on all layers, and nothing else. */
    public static Settings noise(double power, boolean permute) {
      return new Settings(null, power, null, null, null, null, "*", permute);
    }

    /** Layers that fit no tensor would leave the copy as it was, unnoticed. */
    private void requireLayers(Permute.Request request) throws IOException {
      HadoopStore store = new HadoopStore(request.storage());
      Preflight.of(store).there(request.in());
      Checkpoint checkpoint = Checkpoints.open(store, request.in());
      LayerSelection selected = new LayerSelection(layers);
      List<TensorInfo> tensors = checkpoint.tensors();
      if (tensors.stream().noneMatch(t -> selected.selects(t.name(), t.shape()))) {
        throw new UserException(
            "--layers %s fits none of the %d tensors with two axes or more; their names are like %s"
                .formatted(
                    layers,
                    tensors.stream().filter(t -> t.shape().rank() >= 2).count(),
                    tensors.stream()
                        .filter(t -> t.shape().rank() >= 2)
                        .limit(NAMES_SHOWN)
                        .map(TensorInfo::name)
                        .toList()));
      }
    }

    private List<Perturbation> perturbations(Structure structure, long seed) {
      LayerSelection selected = new LayerSelection(layers);
      List<Perturbation> all = new ArrayList<>();
      if (drift != null) {
        all.add(new Drift(drift, Drift.RANK, selected, seed));
      }
      if (noise != null) {
        all.add(new Noise(noise, selected, seed));
      }
      if (prune != null) {
        all.add(
            prune.globally()
                ? new GlobalPruning(prune.percent(), selected)
                : new Pruning(prune.percent(), selected));
      }
      if (bits != null) {
        all.add(new UniformQuantisation(bits, selected));
      }
      if (scale != null) {
        all.add(
            new NeuronScale(structure, scale.factor(), scale.fraction(), false, selected, seed));
      }
      if (signFlip != null) {
        all.add(new NeuronScale(structure, -1, signFlip, false, selected, seed));
      }
      return all;
    }
  }

  /**
   * Weights to set to zero.
   *
   * @param percent of all
   * @param globally one threshold over all layers
   */
  public record Prune(double percent, boolean globally) {}

  /**
   * Neurons to scale.
   *
   * @param fraction of every group's neurons
   */
  public record Scale(double factor, double fraction) {}

  /**
   * Perturbs.
   *
   * @throws UserException if a setting is out of range, or if there is nothing to do
   */
  public static Permute.Result run(Permute.Request request, Settings settings) {
    try {
      if (!settings.layers().equals("*")) {
        settings.requireLayers(request);
      }
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
    } catch (IOException e) {
      throw Failure.of(request.in(), e);
    }
  }
}
