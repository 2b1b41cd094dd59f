package org.findthelady.job.file;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.findthelady.core.UserException;

/** What is wrong with a file that a user wrote, told all together. */
public final class Mistakes {
  private record Mistake(int line, String text) {}

  private final String file;
  private final List<Mistake> found = new ArrayList<>();

  /**
   * @param file named in the message
   */
  public Mistakes(String file) {
    this.file = file;
  }

  /** Notes one. */
  public void add(int line, String text) {
    found.add(new Mistake(line, text));
  }

  /**
   * Tells all that were noted, in the order of their lines.
   *
   * @throws UserException if there is one
   */
  public void throwIfAny() {
    if (found.isEmpty()) {
      return;
    }
    found.sort(Comparator.comparingInt(Mistake::line));
    if (found.size() == 1) {
      throw new UserException(file + " " + words(found.get(0)));
    }
    StringBuilder all = new StringBuilder("%s: %d mistakes".formatted(file, found.size()));
    found.forEach(mistake -> all.append("\n  ").append(words(mistake)));
    throw new UserException(all.toString());
  }

  private static String words(Mistake mistake) {
    return "line %d: %s".formatted(mistake.line(), mistake.text());
  }
}
