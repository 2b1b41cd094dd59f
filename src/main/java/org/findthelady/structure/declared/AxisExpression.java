package org.findthelady.structure.declared;

import java.util.ArrayList;
import java.util.List;

/**
 * How a file describes an axis: segments joined by {@code +}, each of digits joined by {@code *},
 * slowest first. A digit is a number, a size, a space or a slice of a group: {@code new[0/2]} is
 * the first of two equal parts, {@code new[8:16]} the units 8 to 15.
 *
 * @param segments the digits of every segment
 */
record AxisExpression(List<List<Term>> segments) {
  /**
   * One digit as written.
   *
   * @param word a number, or a name whose placeholders are not filled yet
   * @param slice the part of it, or null for all
   */
  record Term(String word, Slice slice) {}

  /**
   * A part of a group.
   *
   * @param from first unit, or which part
   * @param to end of the units; unused if {@code parts} is given
   * @param parts number of equal parts, or 0 if units are counted
   */
  record Slice(long from, long to, long parts) {}

  /**
   * Reads an expression.
   *
   * @throws IllegalArgumentException naming what was expected
   */
  static AxisExpression parse(String text) {
    Tokens tokens = new Tokens(text);
    List<List<Term>> segments = new ArrayList<>();
    do {
      List<Term> terms = new ArrayList<>();
      do {
        terms.add(term(tokens, text));
      } while (tokens.take("*"));
      segments.add(List.copyOf(terms));
    } while (tokens.take("+"));
    tokens.expectEnd();
    return new AxisExpression(List.copyOf(segments));
  }

  private static Term term(Tokens tokens, String text) {
    String word = tokens.word();
    if (!tokens.take("[")) {
      return new Term(word, null);
    }
    long from = tokens.number();
    Slice slice;
    if (tokens.take("/")) {
      slice = new Slice(from, from + 1, tokens.number());
    } else {
      tokens.expect(":");
      slice = new Slice(from, tokens.number(), 0);
    }
    tokens.expect("]");
    if (slice.from >= slice.to || (slice.parts != 0 && slice.to > slice.parts)) {
      throw new IllegalArgumentException("'" + text + "': slice of " + word + " is empty");
    }
    return new Term(word, slice);
  }
}
