package org.findthelady.checkpoint.numpy;

import java.io.Serializable;
import java.util.Map;
import org.findthelady.checkpoint.Layout;

/**
 * Where and how an array that is not packed lies in its file.
 *
 * @param deflated whether the array's file, header included, is deflated
 * @param position of the deflated bytes, or of the first element if they are not deflated
 * @param stored bytes from there on
 * @param header bytes of the npy header, which are deflated with the elements
 */
record ArrayPlace(
    boolean deflated, long position, long stored, int header, boolean bigEndian, boolean fortran)
    implements Serializable {

  /** The arrays of a file that are not packed, by name. */
  record Places(Map<String, ArrayPlace> byName) implements Layout {
    Places {
      byName = Map.copyOf(byName);
    }
  }
}
