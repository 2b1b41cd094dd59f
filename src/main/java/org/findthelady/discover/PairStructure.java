package org.findthelady.discover;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.core.Shape;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Group;
import org.findthelady.structure.Segment;
import org.findthelady.structure.Structure;

/**
 * The permutation groups of two checkpoints, found from their weights and nothing else: no names,
 * no graph, no architecture file.
 *
 * @param structure groups are numbered; axes of which nothing is known are frozen and say so
 * @param ties why each axis of at least eight places is taken as it is, in the order of tensors
 * @param unknown axes that no order was found for; their places are left as they are
 */
public record PairStructure(Structure structure, List<Tie> ties, List<String> unknown) {
  /** The name of every structure that was found so. */
  public static final String NAME = "found from the pair";

  /** What an axis says of which nothing is known. */
  public static final String UNKNOWN = "no order found from the pair";

  private static final int ROUNDS = 2;

  public PairStructure {
    ties = List.copyOf(ties);
    unknown = List.copyOf(unknown);
  }

  /**
   * Looks for groups.
   *
   * @param names of tensors that both sides have in equal shapes
   * @param seed of the random orders that found ones are compared with
   */
  public static PairStructure of(List<String> names, Weights reference, Weights suspect, long seed)
      throws IOException {
    PairedTensors tensors = new PairedTensors(names, reference, suspect);
    AxisTable table = new AxisTable(tensors);
    PlaceAnchors anchors = new PlaceAnchors(tensors, table);
    anchors.begin();
    OrderSearch search = new OrderSearch(tensors, table, seed);
    search.sweep();
    anchors.settleRest();
    search.run();
    for (int round = 0; round < ROUNDS; round++) {
      table.merge();
      boolean changed = search.correct();
      changed |= search.verify();
      if (!changed) {
        break;
      }
      search.retry();
      search.run();
    }
    table.merge();
    search.finish();
    return of(names, table);
  }

  private static PairStructure of(List<String> names, AxisTable table) {
    Map<UnitOrder, Group> groups = new LinkedHashMap<>();
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    List<Tie> ties = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    Set<UnitOrder> used = new LinkedHashSet<>();
    table.known().values().forEach(k -> k.layout().pieces().forEach(p -> used.add(p.order())));
    for (UnitOrder order : table.orders()) {
      if (used.contains(order)) {
        groups.put(
            order, Group.root("g%d.%d".formatted(groups.size(), order.size()), order.size()));
      }
    }
    for (String name : names) {
      Shape shape = table.shape(name);
      List<Axis> list = new ArrayList<>();
      for (int axis = 0; axis < shape.rank(); axis++) {
        int length = shape.intLength(axis);
        TensorAxis place = new TensorAxis(name, axis);
        AxisTable.Known known = table.known(place);
        if (!table.axes(name).contains(place)) {
          list.add(Axis.frozen(length, "too short to tell"));
        } else if (known == null) {
          list.add(Axis.frozen(length, UNKNOWN));
          unknown.add(place.toString());
        } else {
          list.add(axis(known, groups, length));
          UnitOrder first = known.layout().pieces().get(0).order();
          ties.add(
              new Tie(
                  name,
                  axis,
                  first == null ? "" : groups.get(first).name(),
                  known.logP(),
                  known.how()));
        }
      }
      axes.put(name, list);
    }
    return new PairStructure(new Structure(NAME, groups.values(), axes), ties, unknown);
  }

  private static Axis axis(AxisTable.Known known, Map<UnitOrder, Group> groups, int length) {
    if (known.layout().isInPlace()) {
      return Axis.frozen(length, "stays in place: " + known.how());
    }
    List<Segment> segments = new ArrayList<>();
    for (Piece piece : known.layout().pieces()) {
      List<AxisFactor> factors = new ArrayList<>();
      if (piece.before() > 1) {
        factors.add(AxisFactor.fixed(piece.before()));
      }
      factors.add(
          piece.order() == null
              ? AxisFactor.fixed(piece.size())
              : AxisFactor.of(groups.get(piece.order())));
      if (piece.after() > 1) {
        factors.add(AxisFactor.fixed(piece.after()));
      }
      segments.add(new Segment(factors));
    }
    return new Axis(segments, "");
  }
}
