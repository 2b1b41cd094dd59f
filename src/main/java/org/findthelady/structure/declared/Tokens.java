package org.findthelady.structure.declared;

import java.util.ArrayList;
import java.util.List;

/** The words and signs of an expression in an architecture file, read from left to right. */
final class Tokens {
  private static final String SIGNS = "+-*/|()[]:";

  private final String text;
  private final List<String> tokens = new ArrayList<>();
  private int next;

  /**
   * Splits an expression. Names may hold letters, digits, {@code _ . $} and placeholders; any other
   * name is written in single quotes, a quote in it doubled.
   */
  Tokens(String text) {
    this.text = text;
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      int end = at + 1;
      if (c == ' ') {
        at++;
        continue;
      }
      if (c == '\'') {
        end = endOfQuote(at);
      } else if (SIGNS.indexOf(c) < 0) {
        end = endOfName(at);
      }
      tokens.add(text.substring(at, end));
      at = end;
    }
  }

  private int endOfQuote(int start) {
    int at = start + 1;
    while (at < text.length()) {
      if (text.charAt(at) != '\'') {
        at++;
      } else if (at + 1 < text.length() && text.charAt(at + 1) == '\'') {
        at += 2;
      } else {
        return at + 1;
      }
    }
    throw wrong("a quote that does not end");
  }

  private int endOfName(int start) {
    int at = start;
    boolean inBraces = false;
    while (at < text.length()) {
      char c = text.charAt(at);
      boolean plain = Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '$';
      boolean brace = c == '{' || c == '}';
      boolean shift = inBraces && (c == '+' || c == '-');
      if (!plain && !brace && !shift) {
        break;
      }
      inBraces = brace ? c == '{' : inBraces;
      at++;
    }
    if (at == start) {
      throw wrong("unexpected '" + text.charAt(start) + "'");
    }
    return at;
  }

  /** Whether the next token is {@code sign}; it is taken if so. */
  boolean take(String sign) {
    if (next < tokens.size() && tokens.get(next).equals(sign)) {
      next++;
      return true;
    }
    return false;
  }

  /** Takes the sign that must come next. */
  void expect(String sign) {
    if (!take(sign)) {
      throw wrong("expected '" + sign + "'" + here());
    }
  }

  /** Takes the name or number that must come next. */
  String word() {
    if (next == tokens.size() || SIGNS.contains(tokens.get(next))) {
      throw wrong("expected a name or a number" + here());
    }
    return tokens.get(next++);
  }

  /** Takes the number that must come next. */
  long number() {
    String word = word();
    if (!isNumber(word)) {
      throw wrong("expected a number, found '" + word + "'");
    }
    return Long.parseLong(word);
  }

  void expectEnd() {
    if (next < tokens.size()) {
      throw wrong("nothing may follow" + here());
    }
  }

  /** Whether a word is a whole number of at most 18 digits. */
  static boolean isNumber(String word) {
    return word.length() <= 18 && word.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** A name as it is written in an expression. */
  static String quoted(String name) {
    return name.matches("[A-Za-z_][A-Za-z0-9_.]*") ? name : "'" + name.replace("'", "''") + "'";
  }

  /** A word without its quotes. */
  static String unquoted(String word) {
    return word.startsWith("'") ? word.substring(1, word.length() - 1).replace("''", "'") : word;
  }

  private String here() {
    return next < tokens.size() ? " at '" + tokens.get(next) + "'" : " at the end";
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException("'" + text + "': " + what);
  }
}
