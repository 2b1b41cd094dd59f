package org.findthelady.checkpoint.pytorch;

/**
 * The escapes of protocol 0's strings, decoded as Python does: a name spelled with escapes must not
 * be taken for another.
 */
final class Escapes {
  private Escapes() {}

  /**
   * A quoted string with Python's byte escapes.
   *
   * @throws IllegalArgumentException if it is not quoted or an escape is not one of Python's
   */
  static String quoted(String line) {
    String text = line.strip();
    boolean quoted =
        text.length() >= 2
            && text.charAt(0) == text.charAt(text.length() - 1)
            && (text.charAt(0) == '\'' || text.charAt(0) == '"');
    if (!quoted) {
      throw new IllegalArgumentException("a string without quotes");
    }
    StringBuilder decoded = new StringBuilder();
    int end = text.length() - 1;
    for (int at = 1; at < end; ) {
      char next = text.charAt(at++);
      if (next != '\\') {
        decoded.append(next);
        continue;
      }
      if (at == end) {
        throw new IllegalArgumentException("an escape without a character");
      }
      char kind = text.charAt(at++);
      int plain = "\\'\"abfnrtv".indexOf(kind);
      if (plain >= 0) {
        decoded.append("\\'\"\u0007\b\f\n\r\t\u000b".charAt(plain));
      } else if (kind == 'x') {
        decoded.append((char) number(text, at, Math.min(at + 2, end), 2, 16));
        at += 2;
      } else if (kind >= '0' && kind <= '7') {
        int stop = at;
        while (stop < Math.min(at + 2, end)
            && text.charAt(stop) >= '0'
            && text.charAt(stop) < '8') {
          stop++;
        }
        decoded.append((char) (Integer.parseInt(text.substring(at - 1, stop), 8) & 0xff));
        at = stop;
      } else {
        throw new IllegalArgumentException("an escape \\" + kind);
      }
    }
    return decoded.toString();
  }

  /**
   * A string of which only \\u and \\U are escapes.
   *
   * @throws IllegalArgumentException if one of them is cut off or no character
   */
  static String raw(String line) {
    StringBuilder decoded = new StringBuilder();
    for (int at = 0; at < line.length(); ) {
      char next = line.charAt(at++);
      char kind = next == '\\' && at < line.length() ? line.charAt(at) : ' ';
      if (kind == 'u' || kind == 'U') {
        int digits = kind == 'u' ? 4 : 8;
        int stop = Math.min(at + 1 + digits, line.length());
        decoded.appendCodePoint(number(line, at + 1, stop, digits, 16));
        at = stop;
      } else {
        decoded.append(next);
        if (kind == '\\') {
          decoded.append(kind);
          at++;
        }
      }
    }
    return decoded.toString();
  }

  private static int number(String text, int from, int to, int digits, int radix) {
    if (to - from != digits) {
      throw new IllegalArgumentException("an escape of %d digits".formatted(to - from));
    }
    for (int i = from; i < to; i++) {
      if (Character.digit(text.charAt(i), radix) < 0 || text.charAt(i) > 'f') {
        throw new IllegalArgumentException("an escape with '%c'".formatted(text.charAt(i)));
      }
    }
    return Integer.parseUnsignedInt(text.substring(from, to), radix);
  }
}
