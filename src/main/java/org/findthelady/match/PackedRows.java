package org.findthelady.match;

import java.io.IOException;
import java.util.List;
import org.findthelady.core.Shape;
import org.findthelady.core.UnitGather;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/**
 * Reads the rows that a tensor of two-byte elements gives a group's leaves on its first axis, not
 * decoded, all other axes gathered by an assignment.
 */
final class PackedRows {
  private final Weights weights;
  private final String tensor;
  private final int[] places;
  private final int copies;
  private final int rest;
  private final UnitGather gather;
  private byte[] scratch = new byte[0];

  /**
   * @param resync puts the other axes in reference order; the identity for the reference itself
   */
  PackedRows(Structure structure, Weights weights, Group group, String tensor, Assignment resync) {
    this.weights = weights;
    this.tensor = tensor;
    Shape shape = weights.shape(tensor);
    List<Axis> axes = structure.axes(tensor);
    this.places = EvidenceReader.places(structure, axes.get(0), group);
    int[] own = structure.gather(axes.get(0), Assignments.without(resync, group));
    for (int i = 0; own != null && i < places.length; i++) {
      places[i] = own[places[i]];
    }
    this.copies = places.length / group.leaves();
    this.rest = Math.toIntExact(shape.elements(1, shape.rank()));
    int[] map = EvidenceReader.composed(shape, structure.gathers(tensor, resync), 1, shape.rank());
    this.gather = map == null ? null : new UnitGather(map, 2);
  }

  /** Rows of each leaf. */
  int copies() {
    return copies;
  }

  /** Elements of a row. */
  int columns() {
    return rest;
  }

  /**
   * Reads one row of leaves {@code from .. to} each.
   *
   * @param panel receives [leaf x column]
   */
  void read(int copy, int from, int to, byte[] panel) throws IOException {
    byte[] target = gather == null ? panel : scratch(to - from);
    for (int leaf = from, run; leaf < to; leaf += run) {
      int place = places[leaf * copies + copy];
      run = 1;
      while (leaf + run < to && places[(leaf + run) * copies + copy] == place + run) {
        run++;
      }
      weights.readPacked(tensor, (long) place * rest, target, 2 * rest * (leaf - from), run * rest);
    }
    for (int row = 0; gather != null && row < to - from; row++) {
      gather.apply(scratch, 2 * rest * row, panel, 2 * rest * row);
    }
  }

  private byte[] scratch(int rows) {
    if (scratch.length < 2L * rows * rest) {
      scratch = new byte[Math.multiplyExact(2 * rest, rows)];
    }
    return scratch;
  }
}
