package org.findthelady.align;

import java.io.Serializable;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * A tensor of the reference and what answers to it in the suspect, both seen in the reference's
 * layout.
 *
 * @param reference the reference's tensor; its source gives the pair its name
 * @param suspect the suspect's, of the same shown shape
 * @param attached tensors of the suspect that have no counterpart but move along one shown axis of
 *     this one, with that axis: scales, zero points, terms of a folded normalisation
 * @param rule how the two were found
 */
public record Counterpart(
    View reference, View suspect, Map<TensorInfo, Integer> attached, PairingRule rule)
    implements Serializable {
  /** Experts that one tensor packs, at most; more slices are an axis of units. */
  private static final int MOST_SLICES = 512;

  public Counterpart {
    attached = Map.copyOf(attached);
    if (!reference.shown().shape().equals(suspect.shown().shape())) {
      throw new IllegalArgumentException(
          "'%s' is %s, '%s' is seen as %s"
              .formatted(
                  reference.source().name(),
                  reference.shown().shape(),
                  suspect.source().name(),
                  suspect.shown().shape()));
    }
  }

  /** The reference's name. */
  public String name() {
    return reference.shown().name();
  }

  /** The suspect's name for what is written: its own, or that of the place where it belongs. */
  String written() {
    return rule == PairingRule.WEIGHTS ? reference.source().name() : suspect.source().name();
  }

  /**
   * Whether both are stored in the same way, so that equal bytes are equal values. Scales along an
   * axis are tensors of their own and are compared as such.
   */
  public boolean storedAlike() {
    return reference.source().dtype() == suspect.source().dtype()
        && ((alongAxis(reference) && alongAxis(suspect))
            || Objects.equals(reference.quantisation(), suspect.quantisation()))
        && reference.fold() == null
        && suspect.fold() == null
        && reference.order() == null
        && suspect.order() == null
        && reference.excerpt() == null
        && suspect.excerpt() == null;
  }

  /** A kernel with its first two axes in one, and the others in one. */
  Counterpart flattened() {
    return new Counterpart(reference.flattened(), suspect.flattened(), attached, rule);
  }

  /** The matrices of a tensor that packs several of them on both sides alike; else this alone. */
  Stream<Counterpart> slices() {
    Shape shape = reference.shown().shape();
    DType type = reference.shown().dtype();
    boolean plain = reference.isStored() && suspect.isStored() && attached.isEmpty();
    if (!plain
        || shape.rank() != 3
        || shape.length(0) > MOST_SLICES
        || type.blockElements() != 1
        || !type.floating()) {
      return Stream.of(this);
    }
    return IntStream.range(0, shape.intLength(0))
        .mapToObj(k -> new Counterpart(reference.slice(k), suspect.slice(k), Map.of(), rule));
  }

  /** Whether a batch normalisation is folded into one side. */
  public boolean folded() {
    return reference.fold() != null || suspect.fold() != null;
  }

  /** Whether one side holds integers for the other's real numbers. */
  public boolean isRounded() {
    return (reference.quantisation() == null) != (suspect.quantisation() == null)
        && reference.source().dtype().floating() != suspect.source().dtype().floating();
  }

  private static boolean alongAxis(View view) {
    return view.quantisation() != null && view.quantisation().axis() >= 0;
  }
}
