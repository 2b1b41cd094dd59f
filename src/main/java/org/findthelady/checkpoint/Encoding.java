package org.findthelady.checkpoint;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a format itself found out about how tensors are stored. Nothing in here is text that a file
 * may choose: that is {@link Checkpoint#metadata}.
 *
 * @param layout the format's own notes for its reader and writer; {@link #PLAIN}'s if all tensors
 *     are packed
 * @param quantisations by tensor, for integers that stand for real numbers
 * @param scaleTensors by tensor, the tensors that hold its scales and zero points along its axis;
 *     they must move with it
 */
public record Encoding(
    Layout layout, Map<String, Quantisation> quantisations, Map<String, List<String>> scaleTensors)
    implements Serializable {
  /** All tensors are packed ranges, and their numbers are what they are. */
  public static final Encoding PLAIN = of(new Packed());

  /** All tensors are packed. */
  private record Packed() implements Layout {}

  public Encoding {
    quantisations = Map.copyOf(quantisations);
    scaleTensors = Map.copyOf(scaleTensors);
  }

  /** An encoding without quantised tensors. */
  public static Encoding of(Layout layout) {
    return new Encoding(layout, Map.of(), Map.of());
  }

  /** The same layout with quantised tensors. */
  public Encoding with(
      Map<String, Quantisation> quantised, Map<String, List<String>> heldInTensors) {
    return new Encoding(layout, quantised, heldInTensors);
  }

  /** The same numbers in another layout. */
  public Encoding in(Layout other) {
    return new Encoding(other, quantisations, scaleTensors);
  }

  /** The layout, if it is of the type that a format makes. */
  public <L extends Layout> Optional<L> layout(Class<L> type) {
    return type.isInstance(layout) ? Optional.of(type.cast(layout)) : Optional.empty();
  }
}
