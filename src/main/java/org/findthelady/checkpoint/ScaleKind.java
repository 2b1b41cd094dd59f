package org.findthelady.checkpoint;

/** How the compilers of a packing scheme make codes and scales. */
public enum ScaleKind {
  /** Codes are rounded to nearest, under whatever scale was chosen. */
  ANY,
  /** The scale is the block's largest magnitude, which is the largest level. */
  LARGEST,
  /** The same, rounded to an E4M3 number before codes are made; the largest level is 6. */
  LARGEST_AS_E4M3,
  /** The same as {@link #LARGEST}, quantised again after codes were made. */
  LARGEST_CODED,
  /** The power of two at or below the largest magnitude, less the largest level's exponent of 2. */
  POWER_OF_TWO,
  /** Searched, with the errors of some codes fed back to others: codes need not be the nearest. */
  FED_BACK
}
