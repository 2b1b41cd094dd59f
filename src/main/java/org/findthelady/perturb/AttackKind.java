package org.findthelady.perturb;

import java.util.List;
import org.findthelady.structure.Structure;

/** The attacks that a sweep goes through: what their strength is, and what they do at one. */
public enum AttackKind {
  /** Nothing; strength 0. */
  NONE("none", Nature.FIXED),
  /** Gaussian noise; strength is Omega. */
  NOISE("noise, Ω", Nature.RANDOM) {
    @Override
    public List<Perturbation> perturbations(Setting setting) {
      return List.of(new Noise(setting.strength(), setting.layers(), setting.seed()));
    }
  },
  /** Quantisation with equal steps; strength is bits. */
  BITS("bits, B", Nature.FIXED) {
    @Override
    public List<Perturbation> perturbations(Setting setting) {
      return List.of(new UniformQuantisation(setting.strength(), setting.layers()));
    }
  },
  /** Magnitude pruning of each layer; strength is percent. */
  PRUNE("pruned, T %", Nature.FIXED) {
    @Override
    public List<Perturbation> perturbations(Setting setting) {
      return List.of(new Pruning(setting.strength(), setting.layers()));
    }
  },
  /** Magnitude pruning with one threshold; strength is percent. */
  PRUNE_GLOBAL("pruned globally, T %", Nature.FIXED) {
    @Override
    public List<Perturbation> perturbations(Setting setting) {
      return List.of(new GlobalPruning(setting.strength(), setting.layers()));
    }
  },
  /** Low-rank drift; strength in units of sigma. */
  DRIFT("drift, σ", Nature.RANDOM) {
    @Override
    public List<Perturbation> perturbations(Setting setting) {
      return List.of(new Drift(setting.strength(), Drift.RANK, setting.layers(), setting.seed()));
    }
  },
  /** A tenth of the neurons scaled, not made up for; strength is the factor. */
  SCALE("scaled, ×", Nature.RANDOM) {
    @Override
    public List<Perturbation> perturbations(Setting setting) {
      return List.of(NeuronScale.ofTenth(setting));
    }
  },
  /** Further training; strength is epochs, Theta. */
  FINE_TUNING("fine-tuned, Θ", Nature.TRAINING),
  /** Another state of the same training run; strength is the epoch that it was taken at. */
  EPOCH("suspect of epoch", Nature.TRAINING);

  private enum Nature {
    FIXED,
    RANDOM,
    TRAINING
  }

  /**
   * An attack on one model.
   *
   * @param strength in the kind's unit
   * @param seed of what is drawn at random
   */
  public record Setting(double strength, LayerSelection layers, Structure structure, long seed) {
    /** The same on another strength. */
    public Setting withStrength(double other) {
      return new Setting(other, layers, structure, seed);
    }
  }

  private final String label;
  private final Nature nature;

  AttackKind(String label, Nature nature) {
    this.label = label;
    this.nature = nature;
  }

  /** The perturbations of one strength; none for kinds that are other states of a training. */
  public List<Perturbation> perturbations(Setting setting) {
    return List.of();
  }

  /** Whether what becomes of a weight depends on the weights alone, not on chance. */
  public boolean isDeterministic() {
    return nature == Nature.FIXED;
  }

  /** Whether the changed model is a checkpoint of its own, from the same training. */
  public boolean isTraining() {
    return nature == Nature.TRAINING;
  }

  /** For table headings. */
  public String label() {
    return label;
  }
}
