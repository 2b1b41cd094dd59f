package org.findthelady.checkpoint.packed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.PackedValues;
import org.findthelady.checkpoint.PackedWeight;
import org.findthelady.checkpoint.PartMove;
import org.findthelady.checkpoint.ScaleKind;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;

/**
 * A weight that is kept as directions and lengths.
 *
 * @param shown the product
 * @param directions of the product's shape
 * @param lengths one for each index of an axis, or one
 * @param axis that lengths run along; -1 for one length of all
 */
record NormedWeight(TensorInfo shown, TensorInfo directions, TensorInfo lengths, int axis)
    implements PackedWeight {
  private static final int PIECE_ELEMENTS = 1 << 16;

  @Override
  public String scheme() {
    return "weight norm";
  }

  @Override
  public ScaleKind scaleKind() {
    return ScaleKind.ANY;
  }

  @Override
  public boolean isProduct() {
    return true;
  }

  @Override
  public List<TensorInfo> parts() {
    return List.of(directions, lengths);
  }

  @Override
  public long heldBytes() {
    return Float.BYTES * lengths.shape().elements() + Float.BYTES * (long) PIECE_ELEMENTS;
  }

  @Override
  public PackedValues open(TensorReader stored) throws IOException {
    float[] given = stored.readFloats(lengths);
    double[] factors = new double[given.length];
    float[] piece = new float[PIECE_ELEMENTS];
    int rank = directions.shape().rank();
    long elements = directions.shape().elements();
    long inner = axis < 0 ? elements : directions.shape().elements(axis + 1, rank);
    for (long first = 0; first < elements; first += piece.length) {
      int count = (int) Math.min(piece.length, elements - first);
      read(stored, first, piece, 0, count);
      for (int i = 0; i < count; i++) {
        factors[(int) ((first + i) / inner % factors.length)] += (double) piece[i] * piece[i];
      }
    }
    for (int i = 0; i < factors.length; i++) {
      factors[i] = given[i] / Math.sqrt(factors[i]);
    }
    return (first, target, offset, count) -> {
      read(stored, first, target, offset, count);
      for (int i = 0; i < count; i++) {
        double factor = factors[(int) ((first + i) / inner % factors.length)];
        target[offset + i] = (float) (target[offset + i] * factor);
      }
    };
  }

  private void read(TensorReader stored, long first, float[] target, int offset, int count)
      throws IOException {
    int width = directions.dtype().blockBytes();
    byte[] bytes = new byte[Math.multiplyExact(count, width)];
    stored.read(directions, first * width, ByteBuffer.wrap(bytes));
    Floats.decode(directions.dtype(), bytes, 0, target, offset, count);
  }

  @Override
  public List<PartMove> moves(PackedWeight from, int[][] gathers) {
    if (!(from instanceof NormedWeight other
        && other.axis == axis
        && other.directions.dtype() == directions.dtype()
        && other.lengths.dtype() == lengths.dtype())) {
      throw new CheckpointException(
          Reason.UNSUPPORTED,
          "Tensor '%s' (weight norm) would take its elements from one that is stored otherwise"
              .formatted(shown.name()));
    }
    int[][] moved = new int[lengths.shape().rank()][];
    if (axis >= 0) {
      moved[moved.length == 1 ? 0 : axis] = gathers[axis];
    }
    return List.of(
        PartMove.of(directions.name(), new Move(other.directions, gathers)),
        PartMove.of(lengths.name(), new Move(other.lengths, moved)));
  }
}
