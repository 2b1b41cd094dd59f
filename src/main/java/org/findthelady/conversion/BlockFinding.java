package org.findthelady.conversion;

/**
 * A block of a converted tensor that is not what the scheme makes of the original.
 *
 * @param block of those that share a scale, counted from 0
 * @param element first element of it that is wrong, row-major in the converted tensor
 * @param codes that are not the nearest level
 * @param steps that the worst of them is from the original's number; rounding explains 0.5
 * @param scale that is stored
 * @param scaleOff by how much the scale is off the scheme's rule, relative; 0 if it keeps it
 * @param zeros whether it is a block of zeros with a scale that others do not have: no value
 *     changes with it
 */
public record BlockFinding(
    long block,
    long element,
    long codes,
    double steps,
    double scale,
    double scaleOff,
    boolean zeros) {
  BlockFinding(long block, long element, long codes, double steps, double scale, double scaleOff) {
    this(block, element, codes, steps, scale, scaleOff, false);
  }

  /** This block with a scale that is off by so much. */
  BlockFinding off(double by) {
    return new BlockFinding(block, element, codes, steps, scale, by, zeros);
  }
}
