package org.findthelady.checkpoint.numpy;

import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * Where and how an array that is not packed lies in its file; travels as an attribute.
 *
 * @param deflated whether the array's file, header included, is deflated
 * @param position of the deflated bytes, or of the first element if they are not deflated
 * @param stored bytes from there on
 * @param header bytes of the npy header, which are deflated with the elements
 */
record ArrayPlace(
    boolean deflated, long position, long stored, int header, boolean bigEndian, boolean fortran) {
  private static final String ATTRIBUTE = "numpy.place/";

  static String attribute(String tensor) {
    return ATTRIBUTE + tensor;
  }

  String text() {
    return "%b %d %d %d %b %b".formatted(deflated, position, stored, header, bigEndian, fortran);
  }

  static ArrayPlace parse(String text) {
    String[] parts = text.split(" ");
    if (parts.length != 6) {
      throw new CheckpointException(Reason.MALFORMED, "array place '" + text + "'");
    }
    return new ArrayPlace(
        Boolean.parseBoolean(parts[0]),
        Long.parseLong(parts[1]),
        Long.parseLong(parts[2]),
        Integer.parseInt(parts[3]),
        Boolean.parseBoolean(parts[4]),
        Boolean.parseBoolean(parts[5]));
  }
}
