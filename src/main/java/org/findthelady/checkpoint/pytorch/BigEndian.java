package org.findthelady.checkpoint.pytorch;

import org.findthelady.core.DType;

/** Elements that are stored most significant byte first. */
final class BigEndian {
  private BigEndian() {}

  /** Turns one element to little-endian or back; of a complex number, each part by itself. */
  static void turnInPlace(byte[] element, DType dtype) {
    boolean complex = dtype == DType.C64 || dtype == DType.C128;
    int width = complex ? element.length / 2 : element.length;
    for (int start = 0; start < element.length; start += width) {
      for (int i = start, j = start + width - 1; i < j; i++, j--) {
        byte kept = element[i];
        element[i] = element[j];
        element[j] = kept;
      }
    }
  }
}
