package org.findthelady.checkpoint;

import java.io.IOException;

/**
 * How one stored tensor is rewritten: by moving elements, or, where codes share a byte, by packing
 * them anew. Codes are copied, never computed.
 *
 * @param part name of the tensor that is rewritten
 * @param move of whole elements; its source has the stored bytes, perhaps in another shape
 * @param repacking makes the new bytes; null where the move does
 */
public record PartMove(String part, Move move, Repacking repacking) {
  /** Makes all bytes of a part. */
  @FunctionalInterface
  public interface Repacking {
    /** The part's new bytes, read from the stored checkpoint. */
    byte[] bytes(TensorReader stored) throws IOException;
  }

  /** Whole elements move. */
  public static PartMove of(String part, Move move) {
    return new PartMove(part, move, null);
  }
}
