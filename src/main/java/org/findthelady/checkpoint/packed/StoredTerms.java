package org.findthelady.checkpoint.packed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.PartMove;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;

/**
 * One stored number a block, all multiplied with or divided by one more.
 *
 * @param stored floating-point or integer numbers, in the order of blocks
 * @param factor a tensor of one number; null for none
 * @param divided whether the factor is a divisor
 */
record StoredTerms(TensorInfo stored, TensorInfo factor, boolean divided) implements Terms {
  /** Numbers that are read at once. */
  static final int WINDOW = 1 << 16;

  @Override
  public List<TensorInfo> parts() {
    return factor == null ? List.of(stored) : List.of(stored, factor);
  }

  @Override
  public Lines open(TensorReader reader, Blocks blocks) throws IOException {
    float common = factor == null ? 1 : reader.readFloats(factor)[0];
    int length = Math.toIntExact(blocks.count(blocks.lengths().length - 1));
    return new Window(reader, length, common);
  }

  /** What every stored number is multiplied with. */
  double common(TensorReader reader) throws IOException {
    if (factor == null) {
      return 1;
    }
    double number = reader.readFloats(factor)[0];
    return divided ? 1 / number : number;
  }

  @Override
  public List<PartMove> moves(Terms from, Blocks blocks, int[][] gathers, String weight) {
    StoredTerms other = (StoredTerms) from;
    List<PartMove> moves = new ArrayList<>();
    moves.add(PartMove.of(stored.name(), blocks.move(other.stored, gathers, weight)));
    if (factor != null) {
      moves.add(PartMove.of(factor.name(), Move.none(other.factor)));
    }
    return moves;
  }

  /** Keeps the lines around the last one that was asked for. */
  private final class Window implements Lines {
    private final TensorReader reader;
    private final int length;
    private final float common;
    private long first;
    private float[][] lines = new float[0][];

    Window(TensorReader reader, int length, float common) {
      this.reader = reader;
      this.length = length;
      this.common = common;
    }

    @Override
    public float[] line(long index) throws IOException {
      if (index < first || index >= first + lines.length) {
        load(index);
      }
      return lines[(int) (index - first)];
    }

    private void load(long index) throws IOException {
      long all = stored.shape().elements() / length;
      int count = (int) Math.min(Math.max(1, WINDOW / length), all - index);
      int size = stored.dtype().blockBytes();
      byte[] bytes = new byte[Math.multiplyExact(Math.multiplyExact(count, length), size)];
      reader.read(stored, index * length * size, ByteBuffer.wrap(bytes));
      float[][] read = new float[count][length];
      for (int i = 0; i < count; i++) {
        Floats.decode(stored.dtype(), bytes, i * length * size, read[i], 0, length);
        for (int k = 0; k < length && factor != null; k++) {
          read[i][k] = divided ? read[i][k] / common : read[i][k] * common;
        }
      }
      lines = read;
      first = index;
    }
  }
}
