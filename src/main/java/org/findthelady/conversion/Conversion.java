package org.findthelady.conversion;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether a checkpoint is a faithful conversion of another.
 *
 * @param fidelity the worst of all tensors'
 * @param schemes tensors by the scheme that they are stored in
 * @param unseenSteps how far a single code of a scheme may be from its number before it is told:
 *     0.5 where each must be the nearest level
 * @param checkedElements of the converted checkpoint
 * @param notCheckedElements of the same
 * @param tensors in the converted checkpoint's order
 * @param notes what was allowed for
 */
public record Conversion(
    Fidelity fidelity,
    Map<String, Integer> schemes,
    Map<String, Double> unseenSteps,
    long checkedElements,
    long notCheckedElements,
    List<TensorFidelity> tensors,
    List<String> notes) {
  public Conversion {
    schemes = Map.copyOf(schemes);
    unseenSteps = Map.copyOf(unseenSteps);
    tensors = List.copyOf(tensors);
    notes = List.copyOf(notes);
  }

  /** Tensors with values that no rounding explains. */
  public long wrong() {
    return tensors.stream().filter(tensor -> tensor.fidelity() == Fidelity.NOT_FAITHFUL).count();
  }

  /** Codes that no rounding explains. */
  public long codes() {
    return tensors.stream()
        .filter(tensor -> tensor.fidelity() == Fidelity.NOT_FAITHFUL)
        .mapToLong(TensorFidelity::codes)
        .sum();
  }

  /** This answer where some of the converted checkpoint's tensors are wrong as a whole. */
  public Conversion without(Set<String> converted, String why) {
    List<TensorFidelity> told =
        tensors.stream()
            .map(tensor -> converted.contains(tensor.converted()) ? tensor.wrong() : tensor)
            .toList();
    return new Conversion(
            Fidelity.NOT_FAITHFUL,
            schemes,
            unseenSteps,
            checkedElements,
            notCheckedElements,
            told,
            notes)
        .noted(why);
  }

  /** This answer with one more note. */
  public Conversion noted(String note) {
    List<String> more = new ArrayList<>(notes);
    more.add(note);
    return new Conversion(
        fidelity, schemes, unseenSteps, checkedElements, notCheckedElements, tensors, more);
  }
}
