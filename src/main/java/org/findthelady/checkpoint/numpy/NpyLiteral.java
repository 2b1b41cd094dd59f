package org.findthelady.checkpoint.numpy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * The dictionary in an npy header, by its own small grammar: the three keys once each, a plain text
 * or a bracketed list, a truth, a tuple of lengths. Nothing is evaluated.
 */
final class NpyLiteral {
  private final String where;
  private final String text;
  private int at;
  private String descr;
  private Boolean fortran;
  private long[] shape;

  private NpyLiteral(String where, String text) {
    this.where = where;
    this.text = text;
  }

  static NpyLiteral parse(String where, String text) {
    NpyLiteral literal = new NpyLiteral(where, text);
    literal.dictionary();
    return literal;
  }

  /** The element type as written, or null if it is a list of fields. */
  String descr() {
    return descr;
  }

  boolean fortran() {
    return fortran;
  }

  long[] shape() {
    return shape;
  }

  private void dictionary() {
    Set<String> keys = new HashSet<>();
    expect('{');
    while (!accept('}')) {
      String key = text();
      if (!keys.add(key)) {
        throw malformed("the key '" + key + "' is there twice");
      }
      expect(':');
      switch (key) {
        case "descr" -> readDescr();
        case "fortran_order" -> fortran = truth();
        case "shape" -> shape = tuple();
        default -> throw malformed("unknown key '" + key + "'");
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    spaces();
    if (at != text.length() || !keys.contains("descr") || fortran == null || shape == null) {
      throw malformed("not exactly descr, fortran_order and shape");
    }
  }

  private void readDescr() {
    spaces();
    if (peek() == '[') {
      skipBrackets();
    } else {
      descr = text();
    }
  }

  private void skipBrackets() {
    int depth = 0;
    do {
      char c = next();
      if (c == '\'' || c == '"') {
        at--;
        String field = text();
        if (field.contains("O")) {
          // Object fields hide in lists, too.
          descr = field.matches("[<>|=]?O[0-9]*") ? field : descr;
        }
      }
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
    } while (depth > 0);
  }

  private boolean truth() {
    spaces();
    for (String word : new String[] {"True", "False"}) {
      if (text.startsWith(word, at)) {
        at += word.length();
        return word.equals("True");
      }
    }
    throw malformed("fortran_order is neither True nor False");
  }

  private long[] tuple() {
    List<Long> lengths = new ArrayList<>();
    expect('(');
    while (!accept(')')) {
      lengths.add(length());
      if (!accept(',')) {
        expect(')');
        if (lengths.size() == 1) {
          throw malformed("shape is a number in brackets, not a tuple");
        }
        break;
      }
    }
    return lengths.stream().mapToLong(l -> l).toArray();
  }

  /** A number; Python 2 wrote an L behind long ones. */
  private long length() {
    spaces();
    int start = at;
    while (at < text.length()
        && text.charAt(at) >= '0'
        && text.charAt(at) <= '9'
        && at - start < 19) {
      at++;
    }
    if (at == start) {
      throw malformed("a length in shape is no number");
    }
    String digits = text.substring(start, at);
    accept('L');
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw malformed("length " + digits + " is out of range");
    }
  }

  private String text() {
    spaces();
    char quote = next();
    int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at) : -1;
    if (end < 0 || text.substring(at, end).indexOf('\\') >= 0) {
      throw malformed("a plain quoted text was expected at " + (at - 1));
    }
    String value = text.substring(at, end);
    at = end + 1;
    return value;
  }

  private void spaces() {
    while (at < text.length() && " \n\t".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private boolean accept(char c) {
    spaces();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) {
    if (!accept(c)) {
      throw malformed("'%c' was expected at %d".formatted(c, at));
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw malformed("the header ends at " + at);
    }
    return text.charAt(at);
  }

  private char next() {
    char c = peek();
    at++;
    return c;
  }

  private CheckpointException malformed(String what) {
    return new CheckpointException(Reason.MALFORMED, where + ": npy header: " + what);
  }
}
