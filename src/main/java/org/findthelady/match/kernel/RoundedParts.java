package org.findthelady.match.kernel;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Locale;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;

/**
 * By which grids all numbers of a tensor were rounded: one for the whole tensor, for each index of
 * an axis, or for each block of numbers that follow each other along an axis; or to 8-bit floats
 * times such a scale.
 *
 * @param bits that hold the levels of every grid
 * @param where in words, which numbers have a grid of their own
 */
public record RoundedParts(int bits, String where) implements Serializable {
  /** Consecutive numbers that have a scale of their own in schemes that are in use. */
  private static final int[] BLOCKS = {32, 64, 128, 16, 256};

  /** The largest 8-bit float of four exponent and three mantissa bits. */
  private static final float MOST_BYTE = 448;

  /**
   * Numbers that are rounded at a time: the first ones mostly tell that they are no such floats.
   */
  private static final int AT_A_TIME = 1 << 12;

  /** Relative error of float32 arithmetic with scales. */
  private static final double BYTE_ROUNDING = 1e-5;

  /** Levels of a block from which on few values say nothing. */
  private static final int MOST_BLOCK_LEVELS = 16;

  /**
   * The grids that explain every number.
   *
   * @param from of the shape, row-major
   * @param to likewise
   * @param roundoff greatest relative error of storing a number of {@code to}
   * @return null if there are none
   */
  public static RoundedParts of(float[] from, float[] to, Shape shape, double roundoff) {
    int bits = EqualSteps.bits(from, to, 0, to.length, roundoff);
    if (bits > 0) {
      return new RoundedParts(bits, "equal steps");
    }
    for (int axis = 0; axis < shape.rank(); axis++) {
      bits = slices(from, to, shape, axis, roundoff);
      if (bits > 0) {
        return new RoundedParts(bits, "equal steps, " + slice(shape, axis) + " each");
      }
    }
    int width = Math.toIntExact(shape.elements(1, shape.rank()));
    if (isScaledBytes(from, to, to.length)) {
      return new RoundedParts(Byte.SIZE, "8-bit floats times a scale");
    }
    if (isScaledBytes(from, to, width)) {
      return new RoundedParts(Byte.SIZE, "8-bit floats times a scale, a row each");
    }
    RoundedParts blocks = blocks(from, to, shape, roundoff);
    if (blocks != null) {
      return blocks;
    }
    bits = few(from, to, to.length);
    return bits > 0 ? new RoundedParts(bits, "levels of any distance") : null;
  }

  private static String slice(Shape shape, int axis) {
    return axis == 0
        ? "a row"
        : axis == shape.rank() - 1 ? "a column" : "an index of axis " + (axis + 1);
  }

  /** Bits of one grid for every index of an axis; 0 if there is none. */
  private static int slices(float[] from, float[] to, Shape shape, int axis, double roundoff) {
    int length = shape.intLength(axis);
    if (axis > 0 && (length == 1 || !startsOnGrid(from, to, shape, axis, roundoff))) {
      return 0;
    }
    int width = to.length / Math.max(1, length);
    return axis == 0
        ? lines(from, to, width, roundoff)
        : lines(turned(from, shape, axis), turned(to, shape, axis), width, roundoff);
  }

  /**
   * Whether every line holds the nearest 8-bit floats times one scale, by which its largest number
   * becomes the largest one of the type.
   */
  private static boolean isScaledBytes(float[] from, float[] to, int width) {
    int differing = 0;
    for (int at = 0; at < to.length; at += width) {
      int end = Math.min(to.length, at + width);
      if (Arrays.equals(from, at, end, to, at, end)) {
        continue;
      }
      float most = 0;
      for (int i = at; i < end; i++) {
        most = Math.max(most, Math.abs(to[i]));
      }
      if (!(most > 0 && most < Float.POSITIVE_INFINITY)) {
        return false;
      }
      for (int part = at; part < end; part += AT_A_TIME) {
        int count = Math.min(AT_A_TIME, end - part);
        if (!areNearest(scaled(from, part, count, most), scaled(to, part, count, most))) {
          return false;
        }
      }
      for (int i = at; i < end; i++) {
        differing += from[i] == to[i] ? 0 : 1;
      }
    }
    return differing >= Thresholds.ENOUGH_TESTS;
  }

  private static float[] scaled(float[] values, int from, int count, float most) {
    float[] scaled = new float[count];
    for (int i = 0; i < count; i++) {
      scaled[i] = values[from + i] / most * MOST_BYTE;
    }
    return scaled;
  }

  private static boolean areNearest(float[] ours, float[] theirs) {
    float[] levels = nearest(theirs);
    float[] nearest = nearest(ours);
    for (int i = 0; i < levels.length; i++) {
      double between = (levels[i] + nearest[i]) / 2.0;
      double off = Math.abs(theirs[i] - levels[i]);
      boolean onLevel = off <= BYTE_ROUNDING * Math.abs(levels[i]);
      boolean near = Math.abs(ours[i] - between) <= BYTE_ROUNDING * Math.abs(between);
      if (!onLevel || !(levels[i] == nearest[i] || near)) {
        return false;
      }
    }
    return true;
  }

  private static float[] nearest(float[] values) {
    float[] nearest = values.clone();
    Floats.roundInPlace(DType.F8_E4M3, nearest, nearest.length);
    return nearest;
  }

  /**
   * The grids of blocks of numbers that follow each other along the last axis, or along all others:
   * the only ones that depend on their order.
   */
  public static RoundedParts blocks(float[] from, float[] to, Shape shape, double roundoff) {
    RoundedParts blocks = blocks(from, to, roundoff);
    int last = shape.rank() - 1;
    if (blocks != null
        || shape.intLength(last) == 1
        || !mayBeBlocks(slice(from, shape, last, 0), slice(to, shape, last, 0), roundoff)) {
      return blocks;
    }
    blocks = blocks(turned(from, shape, last), turned(to, shape, last), roundoff);
    return blocks == null ? null : new RoundedParts(blocks.bits(), blocks.where() + " of a column");
  }

  private static RoundedParts blocks(float[] from, float[] to, double roundoff) {
    for (int block : BLOCKS) {
      if (to.length < 2 * block) {
        continue;
      }
      int bits = lines(from, to, block, roundoff);
      if (bits > 0) {
        return new RoundedParts(
            bits, String.format(Locale.ROOT, "equal steps, blocks of %d", block));
      }
    }
    for (int block : BLOCKS) {
      int bits = to.length < 2 * block ? 0 : few(from, to, block);
      if (bits > 0) {
        return new RoundedParts(
            bits, String.format(Locale.ROOT, "levels of any distance, blocks of %d", block));
      }
    }
    return null;
  }

  /**
   * Whether the first numbers of a tensor do not rule out grids of blocks.
   *
   * @param from the first row, or the first column
   * @param to likewise
   */
  public static boolean mayBeBlocks(float[] from, float[] to, double roundoff) {
    return Arrays.stream(BLOCKS).anyMatch(block -> mayBeBlocks(from, to, block, roundoff));
  }

  private static boolean mayBeBlocks(float[] from, float[] to, int block, double roundoff) {
    for (int at = 0; at + block <= to.length; at += block) {
      if (!Arrays.equals(from, at, at + block, to, at, at + block)
          && EqualSteps.grid(from, to, at, block, roundoff) == null
          && FewLevels.count(from, to, at, block, mostLevels(block)) == 0) {
        return false;
      }
    }
    return true;
  }

  private static int mostLevels(int block) {
    return Math.min(MOST_BLOCK_LEVELS, block / 2);
  }

  /**
   * Bits of one grid a line. Few numbers fit some grid by chance: all lines together must not. A
   * few lines that were rounded are no rounding of the tensor.
   *
   * @return 0 if a line has none
   */
  private static int lines(float[] from, float[] to, int width, double roundoff) {
    int most = 0;
    double logChance = 0;
    int rounded = 0;
    int kept = 0;
    for (int at = 0; at < to.length; at += width) {
      int count = Math.min(width, to.length - at);
      if (Arrays.equals(from, at, at + count, to, at, at + count)) {
        kept += isConstant(to, at, count) ? 0 : 1;
        continue;
      }
      rounded++;
      if (isOneLevel(from, to, at, count)) {
        most = Math.max(most, 1);
        continue;
      }
      EqualSteps.Grid grid = EqualSteps.grid(from, to, at, count, roundoff);
      if (grid == null) {
        return 0;
      }
      most = Math.max(most, grid.bits());
      logChance += grid.logChance();
    }
    boolean few = rounded <= Thresholds.ODD_SHARE * (rounded + kept);
    return logChance < Thresholds.EQUAL_LOG_P && !few ? most : 0;
  }

  /** Whether all numbers of a line became one, of which none is further away than half of it. */
  private static boolean isOneLevel(float[] from, float[] to, int first, int count) {
    if (to[first] == 0 || !isConstant(to, first, count)) {
      return false;
    }
    for (int i = first; i < first + count; i++) {
      if (!(Math.abs((double) from[i] - to[i]) <= Math.abs(to[i]) / 2)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isConstant(float[] values, int first, int count) {
    for (int i = first + 1; i < first + count; i++) {
      if (values[i] != values[first]) {
        return false;
      }
    }
    return true;
  }

  /** Bits of the few levels of any distance that every block has; 0 if one has more. */
  private static int few(float[] from, float[] to, int block) {
    boolean whole = block == to.length;
    int limit =
        whole
            ? Math.min(1 << Thresholds.MOST_BITS, block / Thresholds.NUMBERS_PER_VALUE)
            : mostLevels(block);
    int first = Math.min(block, AT_A_TIME);
    if (FewLevels.count(from, to, 0, first, limit) == 0) {
      return 0; // more numbers add levels, and a nearer one takes none away
    }
    int most = 0;
    for (int at = 0; at < to.length; at += block) {
      int count = Math.min(block, to.length - at);
      int levels = FewLevels.count(from, to, at, count, limit);
      if (levels == 0) {
        return 0;
      }
      most = Math.max(most, levels);
    }
    boolean kept = kept(from, to);
    return kept || most < 2 ? 0 : 32 - Integer.numberOfLeadingZeros(most - 1);
  }

  /** Whether most numbers that are not zero are as they were: then few are left by pruning. */
  private static boolean kept(float[] from, float[] to) {
    int equal = 0;
    int numbers = 0;
    for (int i = 0; i < to.length; i++) {
      numbers += to[i] == 0 ? 0 : 1;
      equal += to[i] != 0 && to[i] == from[i] ? 1 : 0;
    }
    return equal > Thresholds.KEPT_VALUES * numbers;
  }

  private static boolean startsOnGrid(
      float[] from, float[] to, Shape shape, int axis, double roundoff) {
    float[] ours = slice(from, shape, axis, 0);
    float[] theirs = slice(to, shape, axis, 0);
    return Arrays.equals(ours, theirs)
        || EqualSteps.grid(ours, theirs, 0, ours.length, roundoff) != null;
  }

  /** The numbers at one index of an axis. */
  public static float[] slice(float[] values, Shape shape, int axis, int index) {
    int length = shape.intLength(axis);
    int inner = Math.toIntExact(shape.elements(axis + 1, shape.rank()));
    float[] slice = new float[values.length / length];
    for (int at = 0; at < slice.length; at += inner) {
      System.arraycopy(values, at * length + index * inner, slice, at, inner);
    }
    return slice;
  }

  /** With an axis first. */
  private static float[] turned(float[] values, Shape shape, int axis) {
    int width = values.length / shape.intLength(axis);
    float[] turned = new float[values.length];
    for (int index = 0; index < shape.intLength(axis); index++) {
      System.arraycopy(slice(values, shape, axis, index), 0, turned, index * width, width);
    }
    return turned;
  }
}
