package org.findthelady.job.file;

import java.util.ArrayList;
import java.util.List;

/** A line of comma-separated values (RFC 4180): values with commas stand in double quotes. */
final class CsvLine {
  private CsvLine() {}

  /**
   * The values of a line, without blanks around them; a line break inside of quotes is not read.
   *
   * @return null if a quote is left open
   */
  static List<String> values(String line) {
    List<String> values = new ArrayList<>();
    StringBuilder value = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        value.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        values.add(value.toString().strip());
        value.setLength(0);
      } else {
        value.append(c);
      }
    }
    values.add(value.toString().strip());
    return quoted ? null : values;
  }
}
