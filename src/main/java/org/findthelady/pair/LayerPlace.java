package org.findthelady.pair;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a tensor stands in a stack of layers: its name is {@code front + number + rest}.
 *
 * @param number of the layer
 */
record LayerPlace(String front, int number, String rest) {
  /** More digits are no number of a layer. */
  private static final int MOST_DIGITS = 4;

  /**
   * Every number in a name, the outermost first. A name that is a number alone stands for a tensor
   * and no layer.
   */
  static List<LayerPlace> of(String name) {
    List<LayerPlace> places = new ArrayList<>();
    int at = 0;
    while (at < name.length()) {
      int end = at;
      while (end < name.length() && Character.isDigit(name.charAt(end))) {
        end++;
      }
      if (end > at && end - at <= MOST_DIGITS && end - at < name.length()) {
        int number = Integer.parseInt(name.substring(at, end));
        places.add(new LayerPlace(name.substring(0, at), number, name.substring(end)));
      }
      at = Math.max(end, at + 1);
    }
    return places;
  }

  /** The layer's name. */
  String layer() {
    return front + number;
  }
}
