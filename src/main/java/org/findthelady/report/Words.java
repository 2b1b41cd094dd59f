package org.findthelady.report;

import java.util.Locale;

/** Numbers and names as people read them; the same on every locale. */
public final class Words {
  private Words() {}

  /** With thousands separators. */
  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** "1 model", "1,200 models". */
  public static String models(long count) {
    return count(count) + (count == 1 ? " model" : " models");
  }

  /** Two decimals, never rounded up to a hundred that it is not; a dash for null. */
  static String percent(Double percent) {
    if (percent == null) {
      return "-";
    }
    double shown = percent < 100 ? Math.min(percent, 99.99) : percent;
    return String.format(Locale.ROOT, "%.2f", shown);
  }

  /** Four significant digits; a dash for null. */
  static String number(Double number) {
    if (number == null) {
      return "-";
    } else if (number == 0 || number == 1) {
      return Long.toString(number.longValue());
    } else if (!Double.isFinite(number)) {
      return number.toString();
    }
    double magnitude = Math.abs(number);
    if (magnitude < 1e-4 || magnitude >= 1e7) {
      return String.format(Locale.ROOT, "%.2e", number);
    }
    int digits = Math.max(0, 3 - (int) Math.floor(Math.log10(magnitude)));
    String shown = String.format(Locale.ROOT, "%." + digits + "f", number);
    // A cosine just below one must not read as one.
    return magnitude < 1 && shown.replace("-", "").startsWith("1.")
        ? (number < 0 ? "-" : "") + "0.9999"
        : shown;
  }

  /**
   * A probability, however small.
   *
   * @param log10 its logarithm to base 10
   */
  static String probability(double log10) {
    if (log10 > -4) {
      return number(Math.pow(10, log10));
    }
    double exponent = Math.floor(log10);
    return String.format(
        Locale.ROOT, "%.1fe%.0f", Math.min(9.9, Math.pow(10, log10 - exponent)), exponent);
  }

  /** Bytes in the largest binary unit that leaves at least one. */
  static String bytes(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    int unit = 0;
    double value = bytes;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  }

  /** Control characters spelt out, so that a name cannot steer a terminal. */
  public static String printable(String text) {
    StringBuilder printable = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              int type = Character.getType(c);
              if (Character.isISOControl(c)
                  || type == Character.FORMAT
                  || type == Character.SURROGATE
                  || type == Character.LINE_SEPARATOR
                  || type == Character.PARAGRAPH_SEPARATOR) {
                printable.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                printable.appendCodePoint(c);
              }
            });
    return printable.toString();
  }

  /** At most {@code length} characters, the middle left out. */
  static String shortened(String text, int length) {
    int[] points = text.codePoints().toArray();
    if (points.length <= length) {
      return text;
    }
    int tail = (length - 1) / 2;
    int head = length - 1 - tail;
    return new String(points, 0, head) + "…" + new String(points, points.length - tail, tail);
  }
}
