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
import org.findthelady.structure.Structure;

/**
 * The permutation groups of two checkpoints, found from their weights and nothing else: no names,
 * no graph, no architecture file.
 *
 * @param structure groups are numbered; axes of which nothing is known are frozen and say so
 * @param ties why each axis of at least eight places is taken as it is, in the order of tensors
 * @param unknown axes that no order was found for; their places are left as they are
 * @param answers how tensors of the two sides answer to each other
 */
public record PairStructure(
    Structure structure, List<Tie> ties, List<String> unknown, Answers answers) {
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
   * How tensors answer to each other, where not each to the one of its name, axis by axis.
   *
   * @param elsewhere tensors that answer to one which the suspect has under another name
   * @param grouped kernels of grouped convolutions whose axes are outputs and inputs in one, then
   *     the positions of the kernel
   * @param unexplained tensors of rank 2 and up of which an axis is unknown, or whose numbers are
   *     not alike in the orders that were found
   */
  public record Answers(
      Map<String, String> elsewhere, Set<String> grouped, Set<String> unexplained) {
    public Answers {
      elsewhere = Map.copyOf(elsewhere);
      grouped = Set.copyOf(grouped);
      unexplained = Set.copyOf(unexplained);
    }
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
    if (search.exchange(anchors)) {
      search.retry();
      search.run();
    }
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
    return of(tensors, table, search.rest());
  }

  private static PairStructure of(PairedTensors tensors, AxisTable table, OrderSearch.Rest rest) {
    Set<UnitOrder> used = new LinkedHashSet<>();
    Map<String, GroupedKernels.Grouped> grouped = rest.grouped();
    table.known().values().forEach(k -> k.layout().pieces().forEach(p -> used.add(p.order())));
    OrderGroups groups =
        new OrderGroups(table.orders().stream().filter(used::contains).toList(), grouped);
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    List<Tie> ties = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (String name : tensors.names()) {
      Shape shape = table.shape(name);
      List<Axis> list = new ArrayList<>();
      if (grouped.containsKey(name)) {
        GroupedKernels.Grouped kernel = grouped.get(name);
        int outputs = shape.intLength(0) / kernel.groups();
        list.add(groups.axis(kernel, outputs, shape.intLength(1)));
        list.add(Axis.frozen((int) shape.elements(2, shape.rank()), "stays in place: a kernel"));
        String blocks = groups.of(kernel.orders().get(0)).name();
        ties.add(new Tie(name, 0, blocks, kernel.logP(), "its groups are in orders of their own"));
      }
      for (int axis = 0; !grouped.containsKey(name) && axis < shape.rank(); axis++) {
        int length = shape.intLength(axis);
        TensorAxis place = new TensorAxis(name, axis);
        AxisTable.Known known = table.known(place);
        if (!table.axes(name).contains(place)) {
          list.add(Axis.frozen(length, "too short to tell"));
        } else if (known == null) {
          list.add(Axis.frozen(length, UNKNOWN));
          unknown.add(place.toString());
        } else {
          list.add(groups.axis(known, length));
          UnitOrder first = known.layout().pieces().get(0).order();
          String group = first == null ? "" : groups.of(first).name();
          ties.add(new Tie(name, axis, group, known.logP(), known.how()));
        }
      }
      axes.put(name, list);
    }
    return new PairStructure(
        new Structure(NAME, groups.all(), axes),
        ties,
        unknown,
        new Answers(tensors.elsewhere(), grouped.keySet(), rest.unexplained()));
  }
}
