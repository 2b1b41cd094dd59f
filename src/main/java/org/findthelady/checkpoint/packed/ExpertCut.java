package org.findthelady.checkpoint.packed;

import java.io.Serializable;

/**
 * One expert's matrix in a tensor [experts, lines, elements] that packs all experts: some of its
 * lines, or, where matrices are stored turned, some of the elements of each line.
 *
 * @param expert first index
 * @param lines of an expert
 * @param elements of a line
 * @param first row of the matrix that is the cut's first
 * @param step rows from one of the cut's to its next
 * @param turned whether rows of the matrix are elements of lines
 */
record ExpertCut(int expert, int lines, int elements, int first, int step, boolean turned)
    implements Serializable {
  /** Rows of the cut. */
  int rows() {
    return ((turned ? elements : lines) - first + step - 1) / step;
  }

  int columns() {
    return turned ? lines : elements;
  }

  /** Elements of an expert. */
  int size() {
    return Math.multiplyExact(lines, elements);
  }

  /** Place of an element among its expert's. */
  int place(int row, int column) {
    int whole = first + row * step;
    return turned ? column * elements + whole : whole * elements + column;
  }

  /** Whether both cut experts in the same way. */
  boolean sameAs(ExpertCut other) {
    return lines == other.lines
        && elements == other.elements
        && first == other.first
        && step == other.step
        && turned == other.turned;
  }
}
