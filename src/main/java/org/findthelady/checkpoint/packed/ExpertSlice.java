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
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;

/**
 * One expert's matrix of a plain tensor that packs all experts.
 *
 * @param shown of the stored type
 * @param stored [experts, lines, elements] or [experts, lines]
 */
record ExpertSlice(TensorInfo shown, TensorInfo stored, ExpertCut cut) implements PackedWeight {
  @Override
  public String scheme() {
    return "one tensor for all experts";
  }

  @Override
  public ScaleKind scaleKind() {
    return ScaleKind.ANY;
  }

  @Override
  public List<TensorInfo> parts() {
    return List.of(stored);
  }

  @Override
  public long heldBytes() {
    return (long) cut.size() * Float.BYTES;
  }

  @Override
  public PackedValues open(TensorReader reader) throws IOException {
    byte[] bytes = slab(reader, stored, cut);
    float[] values = new float[cut.size()];
    Floats.decode(stored.dtype(), bytes, 0, values, 0, values.length);
    int columns = cut.columns();
    return (first, target, offset, count) -> {
      int row = (int) (first / columns);
      int column = (int) (first % columns);
      for (int i = 0; i < count; i++) {
        target[offset + i] = values[cut.place(row, column)];
        if (++column == columns) {
          column = 0;
          row++;
        }
      }
    };
  }

  /** All bytes of an expert. */
  private static byte[] slab(TensorReader reader, TensorInfo stored, ExpertCut cut)
      throws IOException {
    byte[] bytes = new byte[Math.multiplyExact(cut.size(), stored.dtype().blockBytes())];
    reader.read(stored, (long) cut.expert() * bytes.length, ByteBuffer.wrap(bytes));
    return bytes;
  }

  @Override
  public List<PartMove> moves(PackedWeight from, int[][] gathers) {
    if (!(from instanceof ExpertSlice other && other.cut.sameAs(cut))
        || other.stored.dtype() != stored.dtype()) {
      throw new CheckpointException(
          Reason.UNSUPPORTED,
          "Tensor '%s' would take its elements from one that is stored otherwise"
              .formatted(shown.name()));
    }
    int[] columns = gathers.length < 2 ? null : gathers[1];
    return List.of(
        new PartMove(
            stored.name(),
            Move.none(stored),
            (reader, bytes) -> fill(reader, other, gathers[0], columns, bytes)));
  }

  private void fill(TensorReader reader, ExpertSlice from, int[] rows, int[] columns, byte[] bytes)
      throws IOException {
    byte[] source = slab(reader, from.stored, from.cut);
    DType type = stored.dtype();
    int width = type.blockBytes();
    int base = Math.multiplyExact(cut.expert(), source.length);
    for (int row = 0; row < cut.rows(); row++) {
      int fromRow = rows == null ? row : rows[row];
      for (int column = 0; column < cut.columns(); column++) {
        int fromColumn = columns == null ? column : columns[column];
        System.arraycopy(
            source,
            width * cut.place(fromRow, fromColumn),
            bytes,
            base + width * cut.place(row, column),
            width);
      }
    }
  }
}
