package org.findthelady.metamorphic;

import java.util.ArrayList;
import java.util.List;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Group;

/**
 * A unit of a network: one row of the weights that make it, with what else belongs to it.
 *
 * @param tensor the weights
 * @param axis of the units on it
 * @param group of the units
 * @param unit index in the reference
 */
record Target(String tensor, int axis, String group, int unit) {
  /** An axis of another tensor that carries the same units. */
  record Place(String tensor, int axis) {}

  /** Weights whose every unit is a row, of units that lie once on it and in no other group. */
  static List<Target> all(Network network, boolean outputsLast) {
    List<Target> all = new ArrayList<>();
    network
        .structure
        .axes()
        .forEach(
            (name, axes) -> {
              Network.Tensor tensor = network.get(name);
              if (tensor == null || tensor.values() == null || tensor.shape().rank() < 2) {
                return;
              }
              int out = outputsLast ? axes.size() - 1 : 0;
              int in = outputsLast ? axes.size() - 2 : 1;
              String group = simple(network, axes.get(out));
              boolean other = group != null && !axes.get(in).groups().contains(group);
              if (other && tensor.shape().intLength(in) > 1 && tensor.shape().intLength(out) > 7) {
                all.add(new Target(name, out, group, tensor.shape().intLength(out) / 3));
              }
            });
    return all;
  }

  private static String simple(Network network, Axis axis) {
    if (axis.segments().size() != 1 || axis.segments().get(0).factors().size() != 1) {
      return null;
    }
    AxisFactor factor = axis.segments().get(0).factors().get(0);
    if (factor.isFixed()) {
      return null;
    }
    Group group = network.structure.group(factor.groupName());
    return group.parent().isEmpty() && group.size() == factor.size() ? group.name() : null;
  }

  /** Vectors with one number for each unit. */
  List<Place> terms(Network network) {
    return places(network, true);
  }

  /** Weights that read the units: those that have them where the target's has its inputs. */
  List<Place> readers(Network network) {
    boolean outputsLast = axis > 0;
    return places(network, false).stream()
        .filter(
            place ->
                outputsLast
                    ? place.axis() < network.get(place.tensor()).shape().rank() - 1
                    : place.axis() > 0)
        .toList();
  }

  private List<Place> places(Network network, boolean vectors) {
    List<Place> places = new ArrayList<>();
    network
        .structure
        .axes()
        .forEach(
            (name, axes) -> {
              Network.Tensor found = network.get(name);
              for (int a = 0; found != null && found.values() != null && a < axes.size(); a++) {
                boolean same = axes.get(a).groups().contains(group);
                if (same && (axes.size() == 1) == vectors && !(name.equals(tensor) && a == axis)) {
                  places.add(new Place(name, a));
                }
              }
            });
    return places;
  }
}
