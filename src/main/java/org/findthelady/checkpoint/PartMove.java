package org.findthelady.checkpoint;

import java.io.IOException;

/**
 * How one stored tensor is rewritten: by moving elements, or, where codes share a byte, by packing
 * them anew. Codes are copied, never computed.
 *
 * @param part name of the tensor that is rewritten
 * @param move of whole elements; its source has the stored bytes, perhaps in another shape
 * @param repacking makes new bytes; null where the move does
 */
public record PartMove(String part, Move move, Repacking repacking) {
  /** Makes bytes of a part, all or those of one weight. */
  @FunctionalInterface
  public interface Repacking {
    /**
     * Overwrites bytes of a part.
     *
     * @param stored reads the stored checkpoint
     * @param bytes the part's, as they are stored or as another repacking left them
     */
    void fill(TensorReader stored, byte[] bytes) throws IOException;
  }

  /** Whole elements move. */
  public static PartMove of(String part, Move move) {
    return new PartMove(part, move, null);
  }

  /** Another weight's share of the same part after this one's. */
  PartMove and(PartMove other) {
    if (repacking == null || other.repacking == null) {
      throw new IllegalArgumentException("two moves of '" + part + "'");
    }
    Repacking first = repacking;
    return new PartMove(
        part,
        move,
        (stored, bytes) -> {
          first.fill(stored, bytes);
          other.repacking.fill(stored, bytes);
        });
  }
}
