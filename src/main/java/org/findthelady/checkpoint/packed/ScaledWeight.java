package org.findthelady.checkpoint.packed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.findthelady.checkpoint.Levels;
import org.findthelady.checkpoint.PackedValues;
import org.findthelady.checkpoint.PackedWeight;
import org.findthelady.checkpoint.PartMove;
import org.findthelady.checkpoint.ScaleKind;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;

/**
 * A weight of codes that lie row by row with terms for every block: {@code (level(code) - zero) *
 * scale + shift}.
 *
 * @param shown the weight as it is seen
 * @param scheme in words
 * @param scaleKind how codes and scales are usually made
 * @param blocks that share terms
 * @param scales one a block
 * @param zeros one a block; null for none
 * @param shifts one a block; null for none
 */
record ScaledWeight(
    TensorInfo shown,
    String scheme,
    ScaleKind scaleKind,
    Codes codes,
    Blocks blocks,
    Terms scales,
    Terms zeros,
    Terms shifts)
    implements PackedWeight {

  @Override
  public List<TensorInfo> parts() {
    List<TensorInfo> parts = new ArrayList<>(List.of(codes.plane().stored()));
    for (Terms terms : terms()) {
      parts.addAll(terms.parts());
    }
    return parts;
  }

  private List<Terms> terms() {
    List<Terms> terms = new ArrayList<>(List.of(scales));
    if (zeros != null) {
      terms.add(zeros);
    }
    if (shifts != null) {
      terms.add(shifts);
    }
    return terms;
  }

  /** Whether there is a stored number for every term of a block. */
  boolean fits() {
    return terms().stream()
        .allMatch(
            terms ->
                !(terms instanceof StoredTerms stored)
                    || (stored.stored().dtype().decodable()
                        && stored.stored().shape().elements() == blocks.count()));
  }

  @Override
  public long heldBytes() {
    return terms().size() * (long) StoredTerms.WINDOW * Float.BYTES;
  }

  @Override
  public PackedValues open(TensorReader stored) throws IOException {
    Terms.Lines scale = scales.open(stored, blocks);
    Terms.Lines zero = zeros == null ? null : zeros.open(stored, blocks);
    Terms.Lines shift = shifts == null ? null : shifts.open(stored, blocks);
    return (first, target, offset, count) -> {
      codes.read(stored, first, target, offset, count);
      long columns = blocks.columns();
      for (int done = 0; done < count; ) {
        long row = (first + done) / columns;
        int column = (int) ((first + done) % columns);
        int part = (int) Math.min(count - done, columns - column);
        long line = blocks.line(row);
        if (zero != null) {
          less(zero.line(line), column, target, offset + done, part);
        }
        times(scale.line(line), column, target, offset + done, part);
        if (shift != null) {
          plus(shift.line(line), column, target, offset + done, part);
        }
        done += part;
      }
    };
  }

  @Override
  public Optional<Levels> levels(TensorReader stored) throws IOException {
    return Optional.of(new ScaledLevels(this, stored));
  }

  private void less(float[] line, int column, float[] values, int offset, int count) {
    for (int done = 0; done < count; ) {
      int to = blockEnd(column, done, count);
      float term = line[(int) ((column + done) / blocks.columnBlock())];
      for (int i = done; i < to; i++) {
        values[offset + i] -= term;
      }
      done = to;
    }
  }

  private void plus(float[] line, int column, float[] values, int offset, int count) {
    for (int done = 0; done < count; ) {
      int to = blockEnd(column, done, count);
      float term = line[(int) ((column + done) / blocks.columnBlock())];
      for (int i = done; i < to; i++) {
        values[offset + i] += term;
      }
      done = to;
    }
  }

  private void times(float[] line, int column, float[] values, int offset, int count) {
    for (int done = 0; done < count; ) {
      int to = blockEnd(column, done, count);
      float term = line[(int) ((column + done) / blocks.columnBlock())];
      for (int i = done; i < to; i++) {
        values[offset + i] *= term;
      }
      done = to;
    }
  }

  /** Where the elements from {@code done} on that share a term end, {@code count} at most. */
  private int blockEnd(int column, int done, int count) {
    long block = blocks.columnBlock();
    return (int) Math.min(count, done + block - (column + done) % block);
  }

  @Override
  public List<PartMove> moves(PackedWeight from, int[][] gathers) {
    if (!(from instanceof ScaledWeight other
        && other.blocks.sameAs(blocks)
        && other.terms().size() == terms().size()
        && other.codes.plane().stored().dtype() == codes.plane().stored().dtype()
        && other.codes.plane().bits() == codes.plane().bits())) {
      throw new CheckpointException(
          Reason.UNSUPPORTED,
          "Tensor '%s' (%s) would take its elements from one that is stored otherwise"
              .formatted(shown.name(), scheme));
    }
    int[][] axes = axes(gathers);
    List<PartMove> moves = new ArrayList<>();
    for (int i = 0; i < terms().size(); i++) {
      moves.addAll(terms().get(i).moves(other.terms().get(i), blocks, axes, shown.name()));
    }
    moves.add(codes.move(other.codes, blocks.lengths(), axes));
    return moves;
  }

  /** Gathers of the axes that blocks are cut along. */
  private int[][] axes(int[][] gathers) {
    int rank = blocks.lengths().length;
    if (gathers.length == rank) {
      return gathers;
    }
    for (int[] gather : gathers) {
      for (int i = 0; gather != null && i < gather.length; i++) {
        if (gather[i] != i) {
          throw new CheckpointException(
              Reason.UNSUPPORTED,
              "Tensor '%s': blocks of %d elements that share a scale run across its rows"
                  .formatted(shown.name(), blocks.columnBlock()));
        }
      }
    }
    return new int[rank][];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ScaledWeight weight
        && shown.equals(weight.shown)
        && scheme.equals(weight.scheme);
  }

  @Override
  public int hashCode() {
    return shown.hashCode();
  }
}
