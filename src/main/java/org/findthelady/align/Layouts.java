package org.findthelady.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.findthelady.core.Shape;

/** The orders in which formats keep the axes of a kernel: outputs, inputs and places. */
final class Layouts {
  private static final List<String> LINEAR = List.of("OI", "IO");
  private static final List<String> LINE = List.of("OIL", "OLI", "LIO", "LOI");
  private static final List<String> PLANE = List.of("OIHW", "OHWI", "HWIO", "HWOI", "IHWO", "IOHW");

  private Layouts() {}

  /**
   * All orders in which a kernel of one format can be seen by another, the unchanged one first: for
   * every axis of the one the other's. Places keep their order.
   */
  static List<int[]> orders(int rank) {
    List<String> known =
        switch (rank) {
          case 2 -> LINEAR;
          case 3 -> LINE;
          case 4 -> PLANE;
          default -> List.of();
        };
    Set<List<Integer>> orders = new LinkedHashSet<>();
    orders.add(IntStream.range(0, rank).boxed().toList());
    for (String one : known) {
      for (String other : known) {
        orders.add(one.chars().mapToObj(other::indexOf).toList());
      }
    }
    List<int[]> all = new ArrayList<>();
    orders.forEach(o -> all.add(o.stream().mapToInt(Integer::intValue).toArray()));
    return all;
  }

  /** Whether the axes of one shape, in that order, are as long as the other's. */
  static boolean fits(Shape shape, Shape other, int[] order) {
    return order.length == shape.rank()
        && shape.rank() == other.rank()
        && Arrays.equals(shape.toArray(), Arrays.stream(order).mapToLong(other::length).toArray());
  }
}
