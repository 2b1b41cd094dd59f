package org.findthelady.conversion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.findthelady.match.kernel.Thresholds;

/**
 * A tensor whose compiler fed errors back, as GPTQ does: codes need not be the nearest, but each
 * block's scale still fits the original's numbers, and no code is far from its number. How far is
 * seen from the tensor itself: a column that the layer hardly reads takes up what others leave.
 *
 * @see <a href="https://arxiv.org/abs/2210.17323">GPTQ, Frantar and others</a>
 */
final class FeedbackBlocks {
  private static final int BINS_PER_STEP = 8;
  private static final int BINS = 64 * BINS_PER_STEP;
  private static final int KEPT = 1000;

  private final long[] distances = new long[BINS];
  private final PriorityQueue<BlockFinding> farthest =
      new PriorityQueue<>(Comparator.comparingDouble(BlockFinding::steps));
  private final Block[] columns;
  private Block[] blocks = new Block[64];
  private long elements;

  /**
   * @param width numbers of a row
   */
  FeedbackBlocks(int width) {
    columns = new Block[width];
    Arrays.setAll(columns, column -> new Block(column, 0));
  }

  /** Sums of products of numbers and codes, and of squares of codes, in steps from zero. */
  private static final class Block {
    final long element;
    final double scale;
    double products;
    double squares;

    Block(long element, double scale) {
      this.element = element;
      this.scale = scale;
    }

    void add(double number, double code) {
      products += number * code;
      squares += code * code;
    }

    /** By how much the scale is off the one that fits the codes best, relative. */
    double off() {
      return Math.abs(products / squares - 1);
    }

    /** Whether the codes say anything of the scale. */
    boolean tells() {
      return squares > 0;
    }
  }

  /**
   * Adds an element.
   *
   * @param number of the original, in steps from zero
   * @param code what it was converted to, in the same
   * @param scale a step
   */
  void add(long block, long element, double number, double code, double scale) {
    elements++;
    double away = Math.abs(number - code);
    double steps = away <= Double.MAX_VALUE ? away : Double.MAX_VALUE;
    distances[(int) Math.min(BINS - 1, steps * BINS_PER_STEP)]++;
    if (steps > Thresholds.FEEDBACK_STEPS) {
      farthest.add(new BlockFinding(block, element, 1, steps, scale, 0));
      if (farthest.size() > KEPT) {
        farthest.remove();
      }
    }
    block(Math.toIntExact(block), element, scale).add(number, code);
    columns[(int) (element % columns.length)].add(number, code);
  }

  private Block block(int index, long element, double scale) {
    if (index >= blocks.length) {
      blocks = Arrays.copyOf(blocks, Math.max(2 * blocks.length, index + 1));
    }
    if (blocks[index] == null) {
      blocks[index] = new Block(element, scale);
    }
    return blocks[index];
  }

  /** What no feedback explains, in the order of blocks. */
  List<BlockFinding> findings() {
    List<BlockFinding> found = new ArrayList<>();
    double most = mostSteps();
    for (BlockFinding code : farthest) {
      if (code.steps() > most) {
        found.add(code);
      }
    }
    double mostOff = mostOff();
    for (int index = 0; index < blocks.length; index++) {
      Block block = blocks[index];
      if (block != null && block.tells() && isOff(block, mostOff)) {
        found.add(new BlockFinding(index, block.element, 0, 0, block.scale, block.off()));
      }
    }
    double apart = median(columns);
    if (found.isEmpty() && !(apart <= Thresholds.FEEDBACK_COLUMNS_OFF)) {
      found.add(new BlockFinding(0, 0, 0, 0, blocks[0] == null ? 0 : blocks[0].scale, apart));
    }
    found.sort(Comparator.comparingLong(BlockFinding::block));
    return found;
  }

  /** Single codes of a block that is hardly used make no scale. */
  private static boolean isOff(Block block, double most) {
    double steps = Math.abs(block.products - block.squares) / Math.sqrt(block.squares);
    return !(block.off() <= most) && !(steps <= Thresholds.FEEDBACK_STEPS);
  }

  /** Steps that a code may be away, by what nearly all of the tensor's are. */
  private double mostSteps() {
    long beyond = 0;
    int bin = BINS;
    while (bin > 0 && 1000 * (beyond + distances[bin - 1]) <= elements) {
      bin--;
      beyond += distances[bin];
    }
    double usual = bin / (double) BINS_PER_STEP;
    return Math.max(Thresholds.FEEDBACK_STEPS, Thresholds.FEEDBACK_TIMES_USUAL * usual);
  }

  /** How far a scale may be off, by what half of the tensor's are. */
  private double mostOff() {
    double usual = Thresholds.FEEDBACK_TIMES_MEDIAN * median(blocks);
    double most = Math.max(Thresholds.FEEDBACK_LEAST_OFF, usual);
    return Math.min(Thresholds.FEEDBACK_MOST_OFF, most);
  }

  private static double median(Block... sums) {
    double[] all =
        Arrays.stream(sums)
            .filter(block -> block != null && block.tells())
            .mapToDouble(Block::off)
            .sorted()
            .toArray();
    return all.length == 0 ? 0 : all[all.length / 2];
  }
}
