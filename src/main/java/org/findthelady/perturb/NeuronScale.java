package org.findthelady.perturb;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.findthelady.core.Permutation;
import org.findthelady.core.Shape;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/**
 * Some neurons of every group scaled by a factor; the factor -1 flips their sign. A neuron's
 * incoming rows are the indices of axis 0 of the group's tensors of rank two and more (layouts
 * whose axis 0 is the output); its terms are the same indices of the group's tensors of rank one.
 *
 * <p>Plain: incoming rows only, which changes the function. Compensated: made up for behind. A
 * group with running statistics of a normalisation takes it up there, which keeps the function
 * whatever the activation: rows and running mean times k, running variance times k^2, its scale
 * times the sign of k. Any other group: rows and terms times k, and every tensor that carries the
 * group on a later axis (its consumers) divided by k there, which keeps the function where the
 * activation is positively homogeneous (for a negative factor: linear or odd).
 *
 * @param factor finite, not 0
 * @param fraction share of each group's neurons, 0 to 1; at least one neuron if above 0
 * @param layers a group is touched if the pattern fits one of its tensors that has it on axis 0
 */
public record NeuronScale(
    Structure structure,
    double factor,
    double fraction,
    boolean compensated,
    LayerSelection layers,
    long seed)
    implements Perturbation {
  private static final long serialVersionUID = 1;

  /** The share of neurons that sweeps scale. */
  private static final double TENTH = 0.1;

  private static final List<String> MEANS = List.of("running_mean", "moving_mean");
  private static final List<String> VARIANCES = List.of("running_var", "moving_variance");
  private static final List<String> SCALES = List.of("weight", "gamma");

  public NeuronScale {
    if (!Double.isFinite(factor) || factor == 0 || !(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException(
          "scale by " + factor + " of the fraction " + fraction + " of neurons");
    }
  }

  /** Scales a tenth of the neurons without making up for it. */
  static NeuronScale ofTenth(AttackKind.Setting setting) {
    return new NeuronScale(
        setting.structure(), setting.strength(), TENTH, false, setting.layers(), setting.seed());
  }

  @Override
  public String description() {
    return String.format(
        Locale.ROOT,
        "%s, %s of neurons%s%s, seed %d",
        factor == -1 ? "sign flipped" : "scaled by " + factor,
        fraction,
        compensated ? ", made up for behind" : "",
        layers.suffix(),
        seed);
  }

  /** The units of a group that are scaled, from the seed and the group's name alone. */
  public BitSet chosen(Group group) {
    BitSet chosen = new BitSet(group.units());
    if (fraction > 0 && touches(group)) {
      int count = Math.max(1, (int) Math.rint(fraction * group.units()));
      Permutation order =
          Permutation.random(group.units(), Gaussians.seeded(seed, "scale/" + group.name()));
      for (int i = 0; i < count; i++) {
        chosen.set(order.source(i));
      }
    }
    return chosen;
  }

  /** A group that something produces and something consumes, and that the pattern names. */
  private boolean touches(Group group) {
    boolean produced = false;
    boolean consumed = false;
    boolean named = false;
    for (String tensor : structure.membersOf(group.name())) {
      List<Axis> axes = structure.axes(tensor);
      boolean first = axes.get(0).groups().contains(group.name());
      boolean later = axes.stream().skip(1).anyMatch(axis -> axis.groups().contains(group.name()));
      produced |= first && axes.size() >= 2;
      consumed |= later;
      named |= first && layers.names(tensor);
    }
    return produced && consumed && named;
  }

  @Override
  public boolean selects(String tensor, Shape shape) {
    List<Axis> axes = structure.axes(tensor);
    for (int axis = 0; axis < axes.size(); axis++) {
      for (String name : axes.get(axis).groups()) {
        if (multiplier(tensor, axes.size(), axis, name) != 1 && touches(structure.group(name))) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public void applyInPlace(String tensor, Shape shape, float[] values) {
    List<Axis> axes = structure.axes(tensor);
    for (int axis = 0; axis < axes.size(); axis++) {
      for (String name : axes.get(axis).groups()) {
        double multiplier = multiplier(tensor, axes.size(), axis, name);
        BitSet chosen = chosen(structure.group(name));
        if (multiplier != 1 && !chosen.isEmpty()) {
          int[] units = structure.units(axes.get(axis), name);
          multiply(values, shape, axis, units, chosen, multiplier);
        }
      }
    }
  }

  /** What chosen neurons' values on this axis of the tensor are multiplied by. */
  private double multiplier(String tensor, int rank, int axis, String group) {
    if (axis == 0 && rank >= 2) {
      return factor;
    }
    if (!compensated) {
      return 1;
    }
    boolean normalised =
        structure.membersOf(group).stream().anyMatch(member -> endsWith(member, VARIANCES));
    if (!normalised) {
      return axis == 0 ? factor : 1 / factor;
    }
    if (axis > 0) {
      return 1;
    } else if (endsWith(tensor, VARIANCES)) {
      return factor * factor;
    } else if (endsWith(tensor, MEANS)) {
      return factor;
    }
    return endsWith(tensor, SCALES) ? Math.signum(factor) : 1;
  }

  private static boolean endsWith(String tensor, List<String> names) {
    return names.stream().anyMatch(tensor::endsWith);
  }

  private static void multiply(
      float[] values, Shape shape, int axis, int[] units, BitSet chosen, double by) {
    int inner = Math.toIntExact(shape.elements(axis + 1, shape.rank()));
    for (int at = 0; at < values.length; at++) {
      int unit = units[at / inner % units.length];
      if (unit >= 0 && chosen.get(unit)) {
        values[at] = (float) (values[at] * by);
      }
    }
  }
}
