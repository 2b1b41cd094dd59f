package org.findthelady.discover;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Group;
import org.findthelady.structure.Segment;

/**
 * The groups that stand for the orders of a pair: one for each order, two where units move in
 * blocks and within them. Orders that lie on the kernel of a grouped convolution share the group of
 * its blocks.
 */
final class OrderGroups {
  private final Map<UnitOrder, List<Group>> groups = new LinkedHashMap<>();
  private final Map<UnitOrder, Group> shared = new HashMap<>();
  private int count;

  /**
   * @param used orders that some axis carries
   * @param grouped kernels; those whose blocks contradict each other are left out
   */
  OrderGroups(List<UnitOrder> used, Map<String, GroupedKernels.Grouped> grouped) {
    grouped.values().removeIf(kernel -> !share(kernel));
    for (UnitOrder order : used) {
      Group outer = shared.get(order);
      int block = outer == null ? order.block() : order.size() / outer.size();
      if (outer == null) {
        outer = root(order.size() / block);
      }
      groups.put(
          order,
          block == 1
              ? List.of(outer)
              : List.of(outer, Group.within(outer, "g%d.%d".formatted(count++, block), block)));
    }
  }

  private Group root(int size) {
    return Group.root("g%d.%d".formatted(count++, size), size);
  }

  private boolean share(GroupedKernels.Grouped kernel) {
    Group ofInputs = shared.get(kernel.inputs());
    Group blocks = ofInputs == null ? shared.get(kernel.outputs()) : ofInputs;
    if (blocks == null) {
      blocks = root(kernel.groups());
    }
    for (UnitOrder order : kernel.orders()) {
      Group other = shared.getOrDefault(order, blocks);
      if (!other.equals(blocks) || blocks.size() != kernel.groups()) {
        return false;
      }
    }
    for (UnitOrder order : kernel.orders()) {
      shared.put(order, blocks);
    }
    return true;
  }

  /** All groups, parents before children. */
  List<Group> all() {
    Set<Group> all = new LinkedHashSet<>();
    groups.values().forEach(all::addAll);
    return List.copyOf(all);
  }

  /** The outermost group of an order. */
  Group of(UnitOrder order) {
    return groups.get(order).get(0);
  }

  /** An axis with that layout. */
  Axis axis(AxisTable.Known known, int length) {
    if (known.layout().isInPlace()) {
      return Axis.frozen(length, "stays in place: " + known.how());
    }
    List<Segment> segments = new ArrayList<>();
    for (Piece piece : known.layout().pieces()) {
      List<AxisFactor> factors = new ArrayList<>();
      fixed(factors, piece.before());
      if (piece.order() == null) {
        factors.add(AxisFactor.fixed(piece.size()));
      } else {
        groups.get(piece.order()).forEach(group -> factors.add(AxisFactor.of(group)));
      }
      fixed(factors, piece.after());
      segments.add(new Segment(factors));
    }
    return new Axis(segments, "");
  }

  private static void fixed(List<AxisFactor> factors, int size) {
    if (size > 1) {
      factors.add(AxisFactor.fixed(size));
    }
  }

  /**
   * Outputs and inputs of a grouped kernel as one axis.
   *
   * @param outputs of one group
   * @param inputs of one group
   */
  Axis axis(GroupedKernels.Grouped kernel, int outputs, int inputs) {
    List<AxisFactor> factors = new ArrayList<>();
    factors.add(AxisFactor.of(of(kernel.orders().get(0))));
    add(factors, kernel.outputs(), outputs);
    add(factors, kernel.inputs(), inputs);
    return new Axis(List.of(new Segment(factors)), "");
  }

  private void add(List<AxisFactor> factors, UnitOrder order, int size) {
    if (order == null) {
      fixed(factors, size);
    } else if (groups.get(order).size() > 1) {
      factors.add(AxisFactor.of(groups.get(order).get(1)));
    }
  }
}
