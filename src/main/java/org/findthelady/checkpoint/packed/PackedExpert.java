package org.findthelady.checkpoint.packed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
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
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * One expert's matrix of a packed weight [experts, rows, columns] that packs all experts; rows have
 * blocks with scales of their own.
 *
 * @param shown float32
 * @param all every expert
 * @param cut not turned
 */
record PackedExpert(TensorInfo shown, ScaledWeight all, ExpertCut cut) implements PackedWeight {
  @Override
  public String scheme() {
    return all.scheme() + " in one tensor for all experts";
  }

  @Override
  public ScaleKind scaleKind() {
    return all.scaleKind();
  }

  @Override
  public List<TensorInfo> parts() {
    return all.parts();
  }

  @Override
  public long heldBytes() {
    return all.heldBytes();
  }

  @Override
  public PackedValues open(TensorReader reader) throws IOException {
    PackedValues values = all.open(reader);
    int columns = cut.columns();
    return (first, target, offset, count) -> {
      for (int done = 0; done < count; ) {
        int row = (int) ((first + done) / columns);
        int column = (int) ((first + done) % columns);
        int part = Math.min(count - done, columns - column);
        long at = (long) cut.expert() * cut.size() + cut.place(row, column);
        values.read(at, target, offset + done, part);
        done += part;
      }
    };
  }

  @Override
  public Optional<Levels> levels(TensorReader reader) throws IOException {
    return all.levels(reader).map(levels -> new ExpertLevels(levels, cut));
  }

  @Override
  public List<PartMove> moves(PackedWeight from, int[][] gathers) {
    if (!(from instanceof PackedExpert other
        && other.cut.sameAs(cut)
        && other.all.scheme().equals(all.scheme()))) {
      throw new CheckpointException(
          Reason.UNSUPPORTED,
          "Tensor '%s' would take its elements from one that is stored otherwise"
              .formatted(shown.name()));
    }
    int[] blocks = all.blocks().gathers(new int[][] {null, null, gathers[1]}, shown.name())[2];
    TensorInfo codes = all.codes().plane().stored();
    TensorInfo scales = scales();
    return List.of(
        new PartMove(
            codes.name(),
            Move.none(codes),
            (reader, bytes) -> fillCodes(reader, other, gathers, bytes)),
        new PartMove(
            scales.name(),
            Move.none(scales),
            (reader, bytes) -> fillScales(reader, other, gathers[0], blocks, bytes)));
  }

  private TensorInfo scales() {
    return ((StoredTerms) all.scales()).stored();
  }

  private void fillCodes(TensorReader reader, PackedExpert from, int[][] gathers, byte[] bytes)
      throws IOException {
    BitPlane plane = all.codes().plane();
    int length = Math.toIntExact(plane.stride() * cut.lines());
    byte[] source = slab(reader, from.all.codes().plane().stored(), from.cut.expert(), length);
    BitPlane one =
        new BitPlane(
            new TensorInfo(shown.name(), DType.U8, Shape.of(length), 0, 0, length),
            cut.lines(),
            cut.elements(),
            plane.bits(),
            plane.packing());
    // Rows that other cuts of this expert hold stay as they are.
    int[] rows = new int[cut.lines()];
    Arrays.setAll(rows, i -> i);
    for (int row = 0; row < cut.rows(); row++) {
      int taken = gathers[0] == null ? row : gathers[0][row];
      rows[cut.first() + row * cut.step()] = cut.first() + taken * cut.step();
    }
    byte[] moved = one.gathered(source, rows, gathers[1]);
    int stride = (int) plane.stride();
    for (int row = 0; row < cut.rows(); row++) {
      int line = cut.first() + row * cut.step();
      System.arraycopy(moved, line * stride, bytes, cut.expert() * length + line * stride, stride);
    }
  }

  private void fillScales(
      TensorReader reader, PackedExpert from, int[] rows, int[] blocks, byte[] bytes)
      throws IOException {
    int each = Math.toIntExact(all.blocks().count(2));
    int width = scales().dtype().blockBytes();
    byte[] source = slab(reader, from.scales(), from.cut.expert(), cut.lines() * each * width);
    for (int row = 0; row < cut.rows(); row++) {
      int line = cut.first() + row * cut.step();
      int fromLine = cut.first() + (rows == null ? row : rows[row]) * cut.step();
      for (int block = 0; block < each; block++) {
        int fromBlock = blocks == null ? block : blocks[block];
        System.arraycopy(
            source,
            (fromLine * each + fromBlock) * width,
            bytes,
            cut.expert() * source.length + (line * each + block) * width,
            width);
      }
    }
  }

  private static byte[] slab(TensorReader reader, TensorInfo stored, int expert, int length)
      throws IOException {
    byte[] bytes = new byte[length];
    reader.read(stored, (long) expert * length, ByteBuffer.wrap(bytes));
    return bytes;
  }
}
