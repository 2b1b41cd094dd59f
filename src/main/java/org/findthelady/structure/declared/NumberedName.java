package org.findthelady.structure.declared;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A name split at its runs of digits, so that names that differ in indices only look alike.
 *
 * @param skeleton the name with every run of digits replaced by {@link #NUMBER}
 * @param numbers the runs, in order
 */
record NumberedName(String skeleton, List<String> numbers) {
  /** Stands for a run of digits; no name that people give holds it. */
  static final char NUMBER = '\u0001';

  /** Names in the order in which people count: {@code layers.2} before {@code layers.10}. */
  static final Comparator<String> ORDER = NumberedName::compare;

  static NumberedName of(String name) {
    StringBuilder skeleton = new StringBuilder(name.length());
    List<String> numbers = new ArrayList<>(2);
    for (int at = 0; at < name.length(); ) {
      int end = at;
      while (end < name.length() && isDigit(name.charAt(end))) {
        end++;
      }
      if (end > at) {
        numbers.add(name.substring(at, end));
        skeleton.append(NUMBER);
        at = end;
      } else {
        skeleton.append(name.charAt(at++));
      }
    }
    return new NumberedName(skeleton.toString(), numbers);
  }

  private static int compare(String left, String right) {
    int i = 0;
    int j = 0;
    while (i < left.length() && j < right.length()) {
      int leftEnd = endOfDigits(left, i);
      int rightEnd = endOfDigits(right, j);
      int order;
      if (leftEnd > i && rightEnd > j) {
        order = compareNumbers(left, i, leftEnd, right, j, rightEnd);
        i = leftEnd;
        j = rightEnd;
      } else {
        order = Character.compare(left.charAt(i++), right.charAt(j++));
      }
      if (order != 0) {
        return order;
      }
    }
    int order = Integer.compare(left.length() - i, right.length() - j);
    return order != 0 ? order : left.compareTo(right);
  }

  private static int compareNumbers(
      String left, int i, int leftEnd, String right, int j, int rightEnd) {
    int from = i;
    int to = j;
    while (from < leftEnd - 1 && left.charAt(from) == '0') {
      from++;
    }
    while (to < rightEnd - 1 && right.charAt(to) == '0') {
      to++;
    }
    int order = Integer.compare(leftEnd - from, rightEnd - to);
    while (order == 0 && from < leftEnd) {
      order = Character.compare(left.charAt(from++), right.charAt(to++));
    }
    return order;
  }

  private static int endOfDigits(String name, int start) {
    int end = start;
    while (end < name.length() && isDigit(name.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
