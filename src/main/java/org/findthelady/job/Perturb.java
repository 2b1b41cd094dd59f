package org.findthelady.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.perturb.AttackKind;
import org.findthelady.perturb.LayerSelection;
import org.findthelady.perturb.NeuronScale;
import org.findthelady.perturb.Perturbation;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Structure;

/** Changes a checkpoint's weights on purpose, and shuffles it too if asked to. */
public final class Perturb {
  private static final int NAMES_SHOWN = 3;

  private Perturb() {}

  /**
   * What to do.
   *
   * @param attacks in this order
   * @param layers glob over tensor names
   * @param permute whether every group is shuffled afterwards
   */
  public record Settings(List<Attack> attacks, String layers, boolean permute) {
    public Settings {
      attacks = List.copyOf(attacks);
    }

    /** Nothing but a shuffle, if asked for. */
    public static Settings of(String layers, boolean permute) {
      return new Settings(List.of(), layers, permute);
    }

    /** Noise on all layers, and nothing else. */
    public static Settings noise(Double power, boolean permute) {
      return of("*", permute).with("noise", power);
    }

    /**
     * With another attack behind the others.
     *
     * @param kind of {@link AttackKind}, as job files write it
     * @param strength in the kind's unit; null leaves it out
     */
    public Settings with(String kind, Double strength) {
      AttackKind known = AttackKind.valueOf(kind.toUpperCase(Locale.ROOT).replace('-', '_'));
      return strength == null ? this : and(at -> known.perturbations(at.withStrength(strength)));
    }

    /**
     * With a share of every group's neurons scaled.
     *
     * @param factor null leaves it out, as a null share does
     */
    public Settings scaled(Double factor, Double share) {
      return factor == null || share == null
          ? this
          : and(
              at ->
                  List.of(
                      new NeuronScale(
                          at.structure(), factor, share, false, at.layers(), at.seed())));
    }

    private Settings and(Attack attack) {
      List<Attack> all = new ArrayList<>(attacks);
      all.add(attack);
      return new Settings(all, layers, permute);
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
      AttackKind.Setting setting =
          new AttackKind.Setting(0, new LayerSelection(layers), structure, seed);
      return attacks.stream().flatMap(attack -> attack.on(setting).stream()).toList();
    }
  }

  /** One attack. */
  @FunctionalInterface
  public interface Attack {
    /** What it does to a model; the setting's strength is not asked for. */
    List<Perturbation> on(AttackKind.Setting setting);
  }

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
