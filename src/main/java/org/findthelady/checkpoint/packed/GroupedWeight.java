package org.findthelady.checkpoint.packed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.findthelady.checkpoint.Levels;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.PackedValues;
import org.findthelady.checkpoint.PackedWeight;
import org.findthelady.checkpoint.PartMove;
import org.findthelady.checkpoint.ScaleKind;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;

/**
 * A weight of integers that is stored inputs first, as GPTQ and AWQ do: {@code (code - zero) *
 * scale}, terms for a group of inputs and one output. Shown outputs first. The codes of a weight
 * are held while it is read.
 *
 * @param shown [outputs, inputs]
 * @param scheme in words
 * @param codes [inputs, outputs]
 * @param zeros [groups, outputs]
 * @param zeroOffset what is added to a stored zero point
 * @param scales [groups, outputs]
 * @param groups an integer for each input; null where groups are runs of one length
 */
record GroupedWeight(
    TensorInfo shown,
    String scheme,
    BitPlane codes,
    BitPlane zeros,
    int zeroOffset,
    TensorInfo scales,
    TensorInfo groups)
    implements PackedWeight {

  @Override
  public ScaleKind scaleKind() {
    return ScaleKind.FED_BACK;
  }

  @Override
  public List<TensorInfo> parts() {
    List<TensorInfo> parts = new ArrayList<>(List.of(codes.stored(), zeros.stored(), scales));
    if (groups != null) {
      parts.add(groups);
    }
    return parts;
  }

  @Override
  public long heldBytes() {
    return parts().stream().mapToLong(TensorInfo::length).sum();
  }

  @Override
  public PackedValues open(TensorReader stored) throws IOException {
    byte[] bytes = stored.readAll(codes.stored());
    byte[] zeroBytes = stored.readAll(zeros.stored());
    float[] scale = stored.readFloats(scales);
    int[] group = groups(stored);
    int inputs = codes.rows();
    int outputs = codes.columns();
    return (first, target, offset, count) -> {
      int output = (int) (first / inputs);
      int input = (int) (first % inputs);
      for (int i = 0; i < count; i++) {
        int level =
            codes.code(bytes, input, output)
                - zeros.code(zeroBytes, group[input], output)
                - zeroOffset;
        target[offset + i] = level * scale[group[input] * outputs + output];
        if (++input == inputs) {
          input = 0;
          output++;
        }
      }
    };
  }

  @Override
  public Optional<Levels> levels(TensorReader stored) throws IOException {
    byte[] zeroBytes = stored.readAll(zeros.stored());
    float[] scale = stored.readFloats(scales);
    int[] group = groups(stored);
    return Optional.of(new GroupedLevels(this, zeroBytes, scale, group));
  }

  /** The group of every input. */
  private int[] groups(TensorReader stored) throws IOException {
    int[] group = new int[codes.rows()];
    if (groups == null) {
      int length = (group.length + zeros.rows() - 1) / zeros.rows();
      for (int i = 0; i < group.length; i++) {
        group[i] = i / length;
      }
      return group;
    }
    ByteBuffer.wrap(stored.readAll(groups)).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(group);
    for (int g : group) {
      if (g < 0 || g >= zeros.rows()) {
        throw new CheckpointException(
            Reason.MALFORMED,
            "Tensor '%s': group %d of %d".formatted(groups.name(), g, zeros.rows()));
      }
    }
    return group;
  }

  @Override
  public List<PartMove> moves(PackedWeight from, int[][] gathers) {
    if (!(from instanceof GroupedWeight other
        && other.scheme.equals(scheme)
        && other.shown.shape().equals(shown.shape())
        && other.zeros.rows() == zeros.rows()
        && (other.groups == null) == (groups == null))) {
      throw new CheckpointException(
          Reason.UNSUPPORTED,
          "Tensor '%s' (%s) would take its elements from one that is stored otherwise"
              .formatted(shown.name(), scheme));
    }
    int[] outputs = gathers[0];
    int[] inputs = gathers[1];
    List<PartMove> moves = new ArrayList<>();
    int[] groupMove = null;
    if (groups != null) {
      moves.add(PartMove.of(groups.name(), new Move(other.groups, new int[][] {inputs})));
    } else {
      long length = ((long) codes.rows() + zeros.rows() - 1) / zeros.rows();
      Blocks runs = new Blocks(new long[] {codes.rows()}, new long[] {length});
      groupMove = runs.gathers(new int[][] {inputs}, shown.name())[0];
    }
    moves.add(PartMove.of(scales.name(), new Move(other.scales, new int[][] {groupMove, outputs})));
    moves.add(repacked(zeros, other.zeros, groupMove, outputs));
    moves.add(repacked(codes, other.codes, inputs, outputs));
    return moves;
  }

  private static PartMove repacked(BitPlane plane, BitPlane from, int[] rows, int[] columns) {
    Move none = Move.none(plane.stored());
    return rows == null && columns == null && from.equals(plane)
        ? PartMove.of(plane.stored().name(), none)
        : new PartMove(
            plane.stored().name(),
            none,
            (stored, moved) -> from.gather(stored.readAll(from.stored()), rows, columns, moved));
  }
}
