package org.findthelady.structure.declared;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * How a file describes an axis: segments joined by {@code +}, each of digits joined by {@code *},
 * slowest first. A digit is a number, a size, a space, a slice of a group or segments in
 * parentheses: {@code new[0/2]} is the first of two equal parts, {@code new[8:16]} the units 8 to
 * 15.
 *
 * @param segments the digits of every segment
 */
record AxisExpression(List<List<Term>> segments) {
  /** One digit as written. */
  sealed interface Term {}

  /**
   * A number or a name.
   *
   * @param word placeholders are not filled yet; quotes are kept
   * @param slice the part of it, or null for all
   */
  record Word(String word, Slice slice) implements Term {}

  /** Segments in parentheses. */
  record Sum(AxisExpression expression) implements Term {}

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
    AxisExpression expression = sum(tokens, text);
    tokens.expectEnd();
    return expression;
  }

  private static AxisExpression sum(Tokens tokens, String text) {
    List<List<Term>> segments = new ArrayList<>();
    do {
      List<Term> terms = new ArrayList<>();
      do {
        terms.add(term(tokens, text));
      } while (tokens.take("*"));
      segments.add(List.copyOf(terms));
    } while (tokens.take("+"));
    return new AxisExpression(List.copyOf(segments));
  }

  private static Term term(Tokens tokens, String text) {
    if (tokens.take("(")) {
      AxisExpression inner = sum(tokens, text);
      tokens.expect(")");
      return new Sum(inner);
    }
    String word = tokens.word();
    if (!tokens.take("[")) {
      return new Word(word, null);
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
    return new Word(word, slice);
  }

  /** All the words, in order, each once. */
  Set<Word> words() {
    Set<Word> words = new LinkedHashSet<>();
    for (List<Term> terms : segments) {
      for (Term term : terms) {
        if (term instanceof Word word) {
          words.add(word);
        } else {
          words.addAll(((Sum) term).expression().words());
        }
      }
    }
    return words;
  }
}
