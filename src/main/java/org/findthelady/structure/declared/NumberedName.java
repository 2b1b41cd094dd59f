package org.findthelady.structure.declared;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A name split at its runs of digits, so that names that differ in indices only look alike.
 *
 * @param skeleton the name with every run of digits replaced by {@code #}
 * @param numbers the runs, in order
 */
record NumberedName(String skeleton, List<String> numbers) {
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
        skeleton.append('#');
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
        order = compareNumbers(left.substring(i, leftEnd), right.substring(j, rightEnd));
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

  private static int compareNumbers(String left, String right) {
    String a = left.replaceFirst("^0+", "");
    String b = right.replaceFirst("^0+", "");
    return a.length() != b.length() ? Integer.compare(a.length(), b.length()) : a.compareTo(b);
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
