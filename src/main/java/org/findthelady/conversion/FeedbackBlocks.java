package org.findthelady.conversion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.ToDoubleFunction;
import org.findthelady.match.kernel.Thresholds;

/**
 * A tensor whose compiler fed errors back, as GPTQ does: codes need not be the nearest, but each
 * block's scale still fits the original's numbers, and no code is far from its number. How far is
 * seen from the tensor itself: a column that the layer hardly reads takes up what others leave. The
 * column that is converted first takes up nothing.
 *
 * @see <a href="https://arxiv.org/abs/2210.17323">GPTQ, Frantar and others</a>
 */
final class FeedbackBlocks {
  private static final int BINS_PER_STEP = 8;
  private static final int BINS = 64 * BINS_PER_STEP;
  private static final int KEPT = 1000;

  /** What scales that are stored as halves leave, relative, and about as much beside it. */
  private static final double NEAREST = 0x1p-10;

  /** Two bits have no levels that are farther from zero, in steps. */
  private static final double COARSE = 3;

  /** In a column of fewer, all codes may be the nearest by chance. */
  private static final int FEWEST_ROWS = 32;

  private final long[] distances = new long[BINS];
  private final PriorityQueue<BlockFinding> farthest =
      new PriorityQueue<>(Comparator.comparingDouble(BlockFinding::steps));
  private final Block[] columns;
  private final int[] columnsOff;
  private Block[] blocks = new Block[64];
  private double farthestCode;
  private long elements;

  /**
   * @param width numbers of a row
   */
  FeedbackBlocks(int width) {
    columns = new Block[width];
    columnsOff = new int[width];
    Arrays.setAll(columns, column -> new Block(column, 0));
  }

  /** Sums over codes and their distances from their numbers, in steps. */
  private static final class Block {
    final long element;
    final double scale;
    double errors;
    double held;
    double squares;
    double numbers;

    Block(long element, double scale) {
      this.element = element;
      this.scale = scale;
    }

    void add(double number, double code) {
      double away = number - code;
      numbers += number * number;
      errors += away * code;
      held += Math.max(-1, Math.min(1, away)) * code;
      squares += code * code;
    }

    /** By how much the scale is off the one that fits the codes best, relative. */
    double off() {
      return Math.abs(errors / squares);
    }

    /**
     * The same in steps, of distances up to a step each: numbers that grew beyond the last level
     * tell nothing of the scale.
     */
    double steps() {
      return Math.abs(held) / Math.sqrt(squares);
    }

    /** How much codes are like their numbers: a cosine, 1 if they are the same. */
    double like() {
      return (errors + squares) / Math.sqrt(numbers * squares);
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
    farthestCode = Math.max(farthestCode, Math.abs(code));
    double away = Math.abs(number - code);
    double steps = away <= Double.MAX_VALUE ? away : Double.MAX_VALUE;
    distances[(int) Math.min(BINS - 1, steps * BINS_PER_STEP)]++;
    if (steps > Thresholds.FEEDBACK_STEPS) {
      farthest.add(new BlockFinding(block, element, 1, steps, scale, 0));
      if (farthest.size() > KEPT) {
        farthest.remove();
      }
    }
    int column = (int) (element % columns.length);
    block(Math.toIntExact(block), element, scale).add(number, code);
    columns[column].add(number, code);
    if (!(steps <= 0.5 + NEAREST + NEAREST * Math.abs(number))) {
      columnsOff[column]++;
    }
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
    double mostSteps = mostSteps();
    for (BlockFinding code : farthest) {
      if (code.steps() > mostSteps) {
        found.add(code);
      }
    }
    double usual = Math.max(Thresholds.FEEDBACK_LEAST, median(Block::steps, blocks));
    double like = median(Block::like, blocks);
    boolean coarse = farthestCode <= COARSE;
    double mostOff = Thresholds.FEEDBACK_TIMES_MEDIAN * usual;
    for (int index = 0; index < blocks.length; index++) {
      Block block = blocks[index];
      if (block != null && block.tells() && isOff(block, mostOff, coarse)) {
        found.add(new BlockFinding(index, block.element, 0, 0, block.scale, block.off()));
      }
    }
    double apart = median(Block::off, columns);
    double most = coarse ? Thresholds.FEEDBACK_COARSE_COLUMNS_OFF : Thresholds.FEEDBACK_COLUMNS_OFF;
    if (found.isEmpty() && !(apart <= most && like > Thresholds.FEEDBACK_LEAST_LIKE)) {
      found.add(new BlockFinding(0, 0, 0, 0, blocks[0] == null ? 0 : blocks[0].scale, apart));
    }
    found.sort(Comparator.comparingLong(BlockFinding::block));
    return found;
  }

  /** Two bits make blocks of few codes that are like any numbers. */
  private static boolean isOff(Block block, double mostOff, boolean coarse) {
    return !(block.steps() <= mostOff)
        || (!coarse && !(block.like() > Thresholds.FEEDBACK_LEAST_LIKE));
  }

  /**
   * The column that is nearest to being rounded to nearest, if more of its codes are off than a few
   * that were changed or clipped; null where that which was converted first shows.
   */
  BlockFinding first() {
    int best = 0;
    for (int column = 1; column < columnsOff.length; column++) {
      best = columnsOff[column] < columnsOff[best] ? column : best;
    }
    double rows = elements / (double) columnsOff.length;
    return rows < FEWEST_ROWS || columnsOff[best] <= 1 + Thresholds.FEEDBACK_FIRST_SHARE * rows
        ? null
        : new BlockFinding(
            0, best, columnsOff[best], 0, blocks[0] == null ? 0 : blocks[0].scale, 0);
  }

  /** Steps that a code may be away, by what nearly all of the tensor's are. */
  double mostSteps() {
    long beyond = 0;
    int bin = BINS;
    while (bin > 0 && 1000 * (beyond + distances[bin - 1]) <= elements) {
      bin--;
      beyond += distances[bin];
    }
    double usual = bin / (double) BINS_PER_STEP;
    return Math.max(Thresholds.FEEDBACK_STEPS, Thresholds.FEEDBACK_TIMES_USUAL * usual);
  }

  private static double median(ToDoubleFunction<Block> of, Block... sums) {
    double[] all =
        Arrays.stream(sums)
            .filter(block -> block != null && block.tells())
            .mapToDouble(of)
            .sorted()
            .toArray();
    return all.length == 0 ? 0 : all[all.length / 2];
  }
}
