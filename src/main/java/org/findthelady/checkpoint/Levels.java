package org.findthelady.checkpoint;

import java.io.IOException;

/**
 * What numbers the elements of a quantised tensor could stand for, each on its own: {@code base +
 * factor * unit}. Elements are counted row-major in the tensor's own shape. Not thread-safe.
 */
public interface Levels {
  /** All levels of a code before base and factor; in any order, perhaps with NaN. */
  float[] units();

  /** Elements that lie together and share base and factor; 0 if blocks are not such runs. */
  int run();

  /** The block that an element shares its scale with; counted from 0. */
  long block(long element);

  /**
   * How many elements from one on share its block, base and factor; fewer may be told, at least
   * one.
   */
  default long together(long element) {
    return 1;
  }

  /** By how much a scale may be rounded where it is stored, relative to itself. */
  double roundoff();

  /** The same, absolute: half the distance of the smallest scales, where codes were made before. */
  default double scaleRounding() {
    return 0;
  }

  /** Distance of the smallest scales from each other; 0 where rounding is relative to the end. */
  default double scaleStep() {
    return 0;
  }

  /**
   * By how much the stored scale of an element's block may be off the one that its codes were made
   * with; 0 where codes are made with the stored one.
   */
  default double scaleError(long element) throws IOException {
    return 0;
  }

  /** Reads base and factor of elements. */
  void read(long first, int count, float[] base, float[] factor) throws IOException;
}
