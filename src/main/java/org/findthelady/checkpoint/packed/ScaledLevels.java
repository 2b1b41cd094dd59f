package org.findthelady.checkpoint.packed;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.findthelady.checkpoint.Levels;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;

/** Levels of codes that lie row by row with terms for every block. */
final class ScaledLevels implements Levels {
  /** The smallest E4M3 number. */
  private static final double LEAST_E4M3 = 0x1p-9;

  private final ScaledWeight weight;
  private final Terms.Lines scale;
  private final Terms.Lines zero;
  private final Terms.Lines shift;
  private final Terms.Lines error;
  private final double scaleStep;
  private final double roundoff;

  ScaledLevels(ScaledWeight weight, TensorReader stored) throws IOException {
    this.weight = weight;
    this.scale = weight.scales().open(stored, weight.blocks());
    this.zero = weight.zeros() == null ? null : weight.zeros().open(stored, weight.blocks());
    this.shift = weight.shifts() == null ? null : weight.shifts().open(stored, weight.blocks());
    this.error =
        weight.scales() instanceof NestedTerms nested
            ? nested.errors(stored, weight.blocks())
            : null;
    this.scaleStep =
        weight.scales() instanceof StoredTerms terms && terms.stored().dtype() == DType.F8_E4M3
            ? LEAST_E4M3 * Math.abs(terms.common(stored))
            : 0;
    this.roundoff =
        Stream.of(weight.scales().parts().get(0), first(weight.shifts()))
            .mapToDouble(part -> part == null ? 0 : roundoff(part.dtype()))
            .max()
            .orElse(0);
  }

  @Override
  public float[] units() {
    return weight.codes().levels();
  }

  @Override
  public int run() {
    Blocks blocks = weight.blocks();
    long[] block = blocks.blocks();
    for (int axis = 0; axis < block.length - 1; axis++) {
      if (block[axis] != 1) {
        return 0;
      }
    }
    boolean even = block.length == 1 || blocks.columns() % blocks.columnBlock() == 0;
    return even ? Math.toIntExact(Math.min(blocks.columnBlock(), blocks.columns())) : 0;
  }

  @Override
  public long block(long element) {
    Blocks blocks = weight.blocks();
    long line = blocks.line(element / blocks.columns());
    long inLine = blocks.count(blocks.lengths().length - 1);
    return line * inLine + element % blocks.columns() / blocks.columnBlock();
  }

  @Override
  public long together(long element) {
    Blocks blocks = weight.blocks();
    long column = element % blocks.columns();
    long block = blocks.columnBlock();
    return Math.min(block - column % block, blocks.columns() - column);
  }

  @Override
  public double roundoff() {
    return roundoff;
  }

  private static TensorInfo first(Terms terms) {
    return terms == null ? null : terms.parts().get(0);
  }

  /** Half a unit in the last place of a stored scale, relative. */
  static double roundoff(DType type) {
    return switch (type) {
      case BF16 -> 0x1p-8;
      case F16 -> 0x1p-11;
      default -> 0x1p-22;
    };
  }

  @Override
  public double scaleStep() {
    return scaleStep;
  }

  @Override
  public double scaleError(long element) throws IOException {
    Blocks blocks = weight.blocks();
    long row = element / blocks.columns();
    int block = (int) (element % blocks.columns() / blocks.columnBlock());
    return error == null ? 0 : Math.abs(error.line(blocks.line(row))[block]);
  }

  @Override
  public void read(long first, int count, float[] base, float[] factor) throws IOException {
    Blocks blocks = weight.blocks();
    for (int from = 0; from < count; ) {
      long line = blocks.line((first + from) / blocks.columns());
      int block = (int) ((first + from) % blocks.columns() / blocks.columnBlock());
      int to = (int) Math.min(count, from + together(first + from));
      float step = scale.line(line)[block];
      float least = zero == null ? 0 : -zero.line(line)[block] * step;
      Arrays.fill(factor, from, to, step);
      Arrays.fill(base, from, to, shift == null ? least : least + shift.line(line)[block]);
      from = to;
    }
  }
}
