package org.findthelady.checkpoint;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.findthelady.core.TensorInfo;

/**
 * A weight whose numbers are kept as small codes with scales beside them, in several stored
 * tensors. A checkpoint shows it as one float32 tensor under the plain weight's name.
 */
public interface PackedWeight extends Serializable {
  /** What a reader of the checkpoint sees: floating point, in the plain weight's shape. */
  TensorInfo shown();

  /** How the numbers are kept, in words for a reason. */
  String scheme();

  /** How codes and scales are usually made. */
  ScaleKind scaleKind();

  /**
   * Whether the numbers are products of real numbers: no codes, but rounded where they are shown.
   */
  default boolean isProduct() {
    return false;
  }

  /** The stored tensors that the numbers are made of, codes first. */
  List<TensorInfo> parts();

  /** Bytes that reading it may hold. */
  long heldBytes();

  /**
   * Begins to read the numbers.
   *
   * @param stored reads the parts; stays open
   */
  PackedValues open(TensorReader stored) throws IOException;

  /**
   * Begins to read which numbers the codes could stand for; empty if that is not known.
   *
   * @param stored reads the parts; stays open
   */
  default Optional<Levels> levels(TensorReader stored) throws IOException {
    return Optional.empty();
  }

  /**
   * How the parts are rewritten when the weight is gathered.
   *
   * @param from the weight that elements are taken from: this one, or another that is packed alike
   * @param gathers for each axis of {@link #shown()} the index that every index takes from; null
   *     where nothing moves
   * @throws org.findthelady.core.CheckpointException with UNSUPPORTED if codes that share a scale
   *     would be parted
   */
  List<PartMove> moves(PackedWeight from, int[][] gathers);
}
