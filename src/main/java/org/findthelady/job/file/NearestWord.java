package org.findthelady.job.file;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that a user may have meant. */
final class NearestWord {
  private NearestWord() {}

  /**
   * The known word that needs the fewest changed letters, if these are at most a third of them and
   * one: {@code refrences} is {@code references}, {@code colour} is nothing.
   */
  static Optional<String> of(String given, Collection<String> known) {
    return known.stream()
        .min(Comparator.<String>comparingInt(word -> distance(given, word)).thenComparing(w -> w))
        .filter(word -> distance(given, word) <= 1 + word.length() / 3);
  }

  /** Levenshtein's distance, capital letters being small ones. */
  private static int distance(String first, String second) {
    String a = first.toLowerCase(Locale.ROOT);
    String b = second.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  /** That there is no reference with an id. */
  static String noReference(String given, Collection<String> known) {
    return "there is no reference '%s', only %s%s".formatted(given, known, hint(given, known));
  }

  /** What follows a message on a word that is not known; empty if none is near. */
  static String hint(String given, Collection<String> known) {
    return of(given, known).map("; did you mean '%s'?"::formatted).orElse("");
  }
}
