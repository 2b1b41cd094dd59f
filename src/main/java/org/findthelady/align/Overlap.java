package org.findthelady.align;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.findthelady.core.TensorInfo;

/**
 * How much of two checkpoints answers to each other.
 *
 * @param tensors of the reference
 * @param paired of them
 * @param parameters of the reference
 * @param pairedParameters of them
 * @param ours weights of the reference without counterpart, nor explained by a tensor that has one
 * @param theirs likewise of the suspect
 * @param remarks what explains tensors without counterpart, and how layers answer to each other
 */
public record Overlap(
    int tensors,
    int paired,
    long parameters,
    long pairedParameters,
    List<TensorInfo> ours,
    List<TensorInfo> theirs,
    List<String> remarks)
    implements Serializable {
  private static final int NAMED = 3;

  public Overlap {
    ours = List.copyOf(ours);
    theirs = List.copyOf(theirs);
    remarks = List.copyOf(remarks);
  }

  /** Two checkpoints of which every weight has a counterpart. */
  static Overlap whole() {
    return new Overlap(0, 0, 0, 0, List.of(), List.of(), List.of());
  }

  /**
   * This overlap once weights that only the suspect has are explained.
   *
   * @param names of these
   * @param remark says by what
   */
  public Overlap explained(Set<String> names, String remark) {
    if (names.isEmpty()) {
      return this;
    }
    List<TensorInfo> left = theirs.stream().filter(t -> !names.contains(t.name())).toList();
    List<String> more = new ArrayList<>(remarks);
    more.add(remark);
    return new Overlap(tensors, paired, parameters, pairedParameters, ours, left, more);
  }

  /** Whether no weight of either side is left without counterpart or explanation. */
  public boolean isWhole() {
    return ours.isEmpty() && theirs.isEmpty();
  }

  /** For a verdict's reason; empty if there is nothing to tell. */
  public String words() {
    List<String> all = new ArrayList<>(remarks);
    if (!isWhole()) {
      all.add(
          String.format(
              Locale.ROOT,
              "%d of %d tensors of the reference, %.1f %% of its parameters, have a counterpart",
              paired,
              tensors,
              percent()));
    }
    if (!ours.isEmpty()) {
      all.add("missing from the suspect: " + named(ours));
    }
    if (!theirs.isEmpty()) {
      all.add("only in the suspect: " + named(theirs));
    }
    return all.stream().map(words -> "; " + words).collect(Collectors.joining());
  }

  /** Rounded down: what is not all of them is never told as 100. */
  private double percent() {
    return parameters == 0 ? 0 : Math.floor(1000.0 * pairedParameters / parameters) / 10;
  }

  private static String named(List<TensorInfo> tensors) {
    String some =
        tensors.stream()
            .limit(NAMED)
            .map(t -> "'%s' %s %s".formatted(t.name(), t.dtype(), t.shape()))
            .collect(Collectors.joining(", "));
    long bytes = tensors.stream().mapToLong(TensorInfo::length).sum();
    String more = tensors.size() > NAMED ? " and %d more".formatted(tensors.size() - NAMED) : "";
    return String.format(Locale.ROOT, "%s%s (%,d bytes)", some, more, bytes);
  }
}
