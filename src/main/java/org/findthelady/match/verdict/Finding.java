package org.findthelady.match.verdict;

import java.io.Serializable;
import java.util.Locale;
import java.util.Objects;

/**
 * One thing that was done to a suspect, with its place.
 *
 * @param kind what
 * @param tensor name in the reference; of a layer what its tensors' names begin with
 * @param group of the unit; empty if it is not about a unit
 * @param unit index in the reference of a unit, or of a table's row; -1 if it is about neither
 * @param source index in the suspect; -1 likewise
 * @param size in the unit of the kind: a factor (scaled), bits (quantised), rank (low-rank drift),
 *     share of zeros (pruned), elements (not finite), steps of the worst code (converted), codes
 *     (beyond conversion), l2 norm of the difference (a unit's weights), the suspect's number of it
 *     (a layer added, repeated or moved), rows (rows that are not named one by one), relative
 *     difference (else)
 * @param explains whether it explains all that differs in the tensor
 * @param confidence probability that it is about this unit; 1 where a tensor is meant
 */
public record Finding(
    FindingKind kind,
    String tensor,
    String group,
    int unit,
    int source,
    double size,
    boolean explains,
    double confidence)
    implements Serializable {
  public Finding {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(tensor);
    Objects.requireNonNull(group);
    if (!(confidence >= 0 && confidence <= 1)) {
      throw new IllegalArgumentException(tensor + ": confidence " + confidence);
    }
  }

  /** What was found of a tensor as a whole. */
  public static Finding ofTensor(FindingKind kind, String tensor, double size, boolean explains) {
    return new Finding(kind, tensor, "", -1, -1, size, explains, 1);
  }

  /** What explains all that differs in a tensor. */
  public static Finding explained(FindingKind kind, String tensor, double size) {
    return ofTensor(kind, tensor, size, true);
  }

  /** What was done to a tensor and does not explain all that differs in it. */
  public static Finding tensor(FindingKind kind, String tensor, double size) {
    return ofTensor(kind, tensor, size, false);
  }

  /**
   * The same of a row of a table of which only some rows were looked at, in an order of their own.
   *
   * @param rows for every row that was looked at that of the reference
   * @param theirs for every row of the reference that of the suspect
   */
  public Finding ofRow(int[] rows, int[] theirs) {
    if (unit < 0 || !group.isEmpty()) {
      return this;
    }
    int row = rows[unit];
    return new Finding(kind, tensor, group, row, theirs[row], size, explains, confidence);
  }

  /** For people, with its place. */
  public String text() {
    boolean row = group.isEmpty();
    String own = row ? tensor + " row " + unit : group + " unit " + unit + " (" + tensor + ")";
    String place = unit < 0 ? tensor : own;
    String there = source < 0 ? "" : ", suspect " + (row ? "row " : "unit ") + source;
    String found = source == unit ? "" : there;
    String number = Double.isNaN(size) ? "" : String.format(Locale.ROOT, ", %.4g", size);
    return place + found + ": " + kind.plainWords() + number;
  }
}
