package org.findthelady.match.basis;

import java.util.ArrayList;
import java.util.List;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/**
 * Factors of units that what reads them undoes (method 3.14): positive ones ahead of a ReLU, any of
 * a gated unit's linear half. Both sides are in one order.
 */
final class UnitFactors {
  /** Names of the half of a gated unit that goes through a function, which no factor passes. */
  private static final List<String> GATES = List.of("gate", "w1");

  private final Structure structure;
  private final MemoryWeights reference;
  private final MemoryWeights suspect;

  UnitFactors(Structure structure, MemoryWeights reference, MemoryWeights suspect) {
    this.structure = structure;
    this.reference = reference;
    this.suspect = suspect;
  }

  /** Undoes the factors of all groups; returns how many units had one. */
  int undo() {
    int undone = 0;
    for (Group group : structure.groups()) {
      if (group.parent().isEmpty()) {
        undone += undo(group);
      }
    }
    return undone;
  }

  private static boolean isGate(String tensor) {
    return GATES.stream().anyMatch(tensor::contains);
  }

  private int undo(Group group) {
    List<Slices> oursIn = new ArrayList<>();
    List<Slices> theirsIn = new ArrayList<>();
    List<Slices> oursOut = new ArrayList<>();
    List<Slices> theirsOut = new ArrayList<>();
    for (String tensor : reference.names()) {
      List<Axis> axes = structure.axes(tensor);
      for (int axis = 0; axis < axes.size() && axes.size() == 2; axis++) {
        boolean whole =
            axes.get(axis).groups().contains(group.name())
                && axes.get(axis).length() == group.size();
        if (whole && !isGate(tensor)) {
          (axis == 0 ? oursIn : oursOut).add(Slices.of(reference, tensor, axis));
          (axis == 0 ? theirsIn : theirsOut).add(Slices.of(suspect, tensor, axis));
        }
      }
    }
    int undone = 0;
    for (int unit = 0; unit < group.size() && !oursIn.isEmpty() && !oursOut.isEmpty(); unit++) {
      double behind = factor(oursOut, theirsOut, unit);
      double noise = noise(oursOut, theirsOut, unit);
      boolean any = false;
      for (int m = 0; m < oursIn.size(); m++) {
        double ahead = factor(List.of(oursIn.get(m)), List.of(theirsIn.get(m)), unit);
        double error =
            Math.max(noise, noise(oursIn.subList(m, m + 1), theirsIn.subList(m, m + 1), unit));
        boolean changes =
            Math.abs(ahead - 1)
                > Thresholds.SMALLEST_SCALING + Thresholds.SCALING_DEVIATIONS * error;
        if (changes && Math.abs(ahead * behind - 1) < mayBeLeft(ahead)) {
          theirsIn.get(m).scale(unit, 1 / ahead);
          any = true;
        }
      }
      if (any) {
        for (Slices out : theirsOut) {
          out.scale(unit, 1 / behind);
        }
        undone++;
      }
    }
    return undone;
  }

  /**
   * What may be left of a factor by its inverse behind. Of one that rounding can make, by a row
   * that one number dominates, next to nothing may.
   */
  private static double mayBeLeft(double factor) {
    double change = Math.abs(factor - 1);
    double part =
        change > Thresholds.ROUNDED_FACTOR ? Thresholds.LEFT_OF_FACTOR : Thresholds.LEFT_OF_SLIGHT;
    return Math.min(Thresholds.ABOUT_UNDONE, part * change);
  }

  /** Standard error of a unit's factor, from what the factor does not explain. */
  private static double noise(List<Slices> ours, List<Slices> theirs, int unit) {
    double factor = factor(ours, theirs, unit);
    double squares = 0;
    double others = 0;
    long width = 0;
    for (int m = 0; m < ours.size(); m++) {
      squares += ours.get(m).dot(unit, ours.get(m), unit);
      others += theirs.get(m).dot(unit, theirs.get(m), unit);
      width += ours.get(m).width();
    }
    return squares == 0 ? 0 : Math.sqrt(Math.max(0, others / squares - factor * factor) / width);
  }

  /** The factor that brings the reference's weights of a unit nearest to the suspect's. */
  private static double factor(List<Slices> ours, List<Slices> theirs, int unit) {
    double dot = 0;
    double squares = 0;
    for (int m = 0; m < ours.size(); m++) {
      dot += ours.get(m).dot(unit, theirs.get(m), unit);
      squares += ours.get(m).dot(unit, ours.get(m), unit);
    }
    return squares == 0 ? 1 : dot / squares;
  }
}
