package org.findthelady.conversion;

import java.io.IOException;
import org.findthelady.align.View;
import org.findthelady.checkpoint.Levels;
import org.findthelady.core.Shape;
import org.findthelady.match.kernel.Thresholds;

/**
 * Whether every stored code is the level nearest to the original's number that its own scale
 * allows. Ties, and scales that a compiler had before it rounded them, are allowed for.
 */
final class LevelCheck implements PieceCheck {
  /** What float32 arithmetic of a compiler may add, relative to the number. */
  private static final double FLOATS = 2e-6;

  private static final int FEWEST_IN_BLOCK = 16;
  private static final int SUPER_BLOCK = 256;

  private final Scheme scheme;
  private final Levels levels;
  private final Units units;
  private final Tally tally;
  private final boolean ruled;
  private final double roundoff;
  private final long elements;
  private float[] base = new float[0];
  private float[] factor = new float[0];

  /**
   * @param view of the tensor; scales are held against their rule where its blocks are seen whole
   * @param roundings that a number may have had, each as large as that of a stored scale
   */
  LevelCheck(Scheme scheme, Tally tally, View view, int roundings) {
    this.scheme = scheme;
    this.levels = scheme.levels();
    this.units = new Units(levels.units());
    this.roundoff = roundings * levels.roundoff();
    this.tally = tally;
    this.ruled = scheme.rule() != null && levels.run() > 0 && view.keepsRuns(levels.run());
    this.elements = view.shown().shape().elements();
    Shape shape = view.source().shape();
    tally.zeros = new ZeroBlocks(levels.scaleStep());
    tally.fedBack =
        scheme.feedsBack() && elements > 0
            ? new FeedbackBlocks(shape.intLength(shape.rank() - 1))
            : null;
  }

  @Override
  public void add(Piece piece) throws IOException {
    if (base.length < piece.count()) {
      base = new float[piece.count()];
      factor = new float[piece.count()];
    }
    levels.read(piece.first(), piece.count(), base, factor);
    for (int i = 0; tally.fedBack != null && i < piece.count(); i++) {
      long element = piece.first() + i;
      double number = piece.original()[i] / (double) factor[i];
      double code = piece.converted()[i] / (double) factor[i];
      tally.fedBack.add(levels.block(element), element, number, code, factor[i]);
    }
    for (int from = 0; from < piece.count(); ) {
      long block = levels.block(piece.first() + from);
      int to = from;
      do {
        to += (int) Math.min(piece.count() - to, levels.together(piece.first() + to));
      } while (to < piece.count() && levels.block(piece.first() + to) == block);
      block(piece, block, from, to);
      from = to;
    }
    tally.elements += piece.count();
  }

  private void block(Piece piece, long block, int from, int to) throws IOException {
    double scale = factor[from];
    boolean whole = to - from == levels.run() || piece.first() + to == elements;
    boolean zeros = zeros(piece, block, from, to, whole);
    double made = scale;
    if (ruled && whole && !zeros) {
      double usual = usual(piece, from, to);
      if (!ruled(piece.first() + from, block, scale, usual)) {
        tally.vanished++;
        return;
      }
      made = scheme.rule().roundedAfter() && usual > 0 ? usual : scale;
    }
    double least = base[from];
    double perStep = 1 / scale;
    double perMade = 1 / made;
    double squares = 0;
    double worst = 0;
    for (int i = from; i < to; i++) {
      double code = (piece.converted()[i] - least) * perStep;
      double distance = units.steps(code, (piece.original()[i] - least) * perMade);
      if (!(distance <= 0.5)) { // So are few numbers: only they are looked at closely.
        double steps = steps(piece, i, made == scale ? factor[i] : made);
        distance = Math.abs(steps);
        if (steps < 0) {
          tally.code(block, piece.first() + i, distance, factor[i]);
        }
      }
      squares += distance * distance;
      worst = Math.max(worst, distance);
    }
    tally.worst = Math.max(tally.worst, worst);
    boolean many = to - from >= FEWEST_IN_BLOCK;
    if (scheme.feedbackSteps() == 0) {
      return; // Then only the nearest level is right.
    }
    if (worst > scheme.feedbackSteps()
        || (many && Math.sqrt(squares / (to - from)) > Thresholds.FEEDBACK_BLOCK_STEPS)) {
      tally.beyondFeedback(block, piece.first() + from, worst, scale);
    }
  }

  /** Whether all of a block is zero; its scale is held against those of others. */
  private boolean zeros(Piece piece, long block, int from, int to, boolean whole)
      throws IOException {
    boolean zeros = true;
    for (int i = from; zeros && i < to; i++) {
      zeros = piece.original()[i] == 0;
    }
    boolean parted = levels.run() == 0;
    if (!(parted || (zeros && whole))) {
      return zeros;
    }
    long element = piece.first() + from;
    double scale = factor[from];
    double kept = Math.abs(scale) <= levels.scaleError(element) * (1 + 1e-3) ? 0 : scale;
    if (parted) {
      tally.zeros.part(Math.toIntExact(block), element, kept, zeros);
    } else {
      tally.zeros.add(block, element, kept);
    }
    return zeros;
  }

  /**
   * Counts whether a block's scale keeps its scheme's rule.
   *
   * @return false if it rightly is zero: the numbers are below the smallest scale
   */
  private boolean ruled(long element, long block, double scale, double usual) throws IOException {
    double smallest = Math.max(levels.scaleStep(), 2 * levels.scaleRounding());
    double off = scheme.rule().off(scale, usual, smallest);
    double error = levels.scaleError(element);
    boolean kept =
        scheme.rule().isKept(off, levels.roundoff())
            || Math.abs(Math.abs(scale) - usual) <= error * (1 + 1e-3) + FLOATS * usual;
    tally.ruledBlocks++;
    if (!kept) {
      tally.scale(block, element, scale, off);
    }
    return !kept || scale != 0 || usual == 0;
  }

  /** The scale that a block usually has. */
  private double usual(Piece piece, int from, int to) {
    double smallest = piece.original()[from];
    double largest = smallest;
    for (int i = from; i < to; i++) {
      smallest = Math.min(smallest, piece.original()[i]);
      largest = Math.max(largest, piece.original()[i]);
    }
    return scheme.rule().scale().of(smallest, largest);
  }

  /**
   * Steps from a number to its code's level; negative if another level is nearer, or if it is too
   * far beyond the last one.
   *
   * @param step scale that the code was made with
   */
  private double steps(Piece piece, int i, double step) {
    double number = piece.original()[i];
    if (factor[i] == 0) {
      return Math.abs(number - base[i]) > allowance(i) ? -Double.MAX_VALUE : 0;
    }
    double wanted = (number - base[i]) / step;
    int code = units.nearest((piece.converted()[i] - base[i]) / factor[i]);
    double away = Math.abs(wanted - units.unit(code));
    double gap = units.gap(code, wanted > units.unit(code));
    double steps = away / gap;
    double slack = slack(i, wanted, Math.abs(step)) + FLOATS * (1 + Math.abs(number / step));
    if (!(steps <= Double.MAX_VALUE)) {
      return -Double.MAX_VALUE;
    }
    if (away <= gap / 2 + slack) {
      return Math.min(steps, 0.5);
    }
    boolean last = units.nearest(wanted) == code && units.isBeyond(wanted);
    if (!last) {
      return -steps;
    }
    double most = gap * Thresholds.CLIPPED_STEPS + allowance(i) / Math.abs(step);
    return scheme.clips() && away > most ? -steps : Math.min(steps, 0.5);
  }

  /** Steps by which a number may seem off because scales and minima were rounded after codes. */
  private double slack(int i, double wanted, double step) {
    double rounding = levels.scaleRounding();
    double ofScale = rounding / step;
    double ofBase = roundoff * Math.abs(base[i]);
    if (rounding > 0) {
      Largest largest = largest(i);
      if (scheme.scaleLevels() > 0 && largest.scale() > 0) {
        ofScale = rounding * scheme.scaleLevels() / largest.scale();
      }
      if (largest.base() > 0) {
        ofBase +=
            scheme.scaleLevels() > 0
                ? Math.abs(base[i]) * rounding * scheme.scaleLevels() / largest.base()
                : rounding;
      }
    }
    double off = Math.min(0.5, ofScale);
    return (roundoff + off / (1 - off)) * Math.abs(wanted) + ofBase / step;
  }

  /** The largest scale and minimum that share an element's rounded ones, or nearly. */
  private record Largest(double scale, double base) {}

  private Largest largest(int i) {
    int from = i / SUPER_BLOCK * SUPER_BLOCK;
    double scales = 0;
    double minima = 0;
    for (int at = from; at < Math.min(from + SUPER_BLOCK, factor.length); at++) {
      scales = Math.max(scales, Math.abs(factor[at]));
      minima = Math.max(minima, Math.abs(base[at]));
    }
    return new Largest(scales, minima);
  }

  /** What the rounding of scales and minima that are codes themselves may leave beyond a level. */
  private double allowance(int i) {
    double vanished = units.largest() * levels.scaleRounding();
    if (scheme.scaleLevels() == 0) {
      return Math.abs(base[i]) * 1e-6 + 1e-7 + vanished;
    }
    Largest largest = largest(i);
    return largest.scale() == 0
        ? (vanished + levels.scaleRounding()) * scheme.scaleLevels()
        : (largest.scale() * units.largest() + largest.base()) / scheme.scaleLevels();
  }
}
