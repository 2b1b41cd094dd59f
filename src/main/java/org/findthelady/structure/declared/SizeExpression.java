package org.findthelady.structure.declared;

import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * Whole-number arithmetic over names: {@code config.head_dim | hidden_size / heads}. Of the
 * alternatives that {@code |} divides the first whose names are all known counts.
 */
sealed interface SizeExpression {
  /**
   * The value.
   *
   * @param names gives what is known
   * @return empty if a name that is needed is not known
   * @throws Misfit if a division leaves a remainder or a result does not fit a long
   */
  OptionalLong value(Function<String, OptionalLong> names);

  /** Adds all the names used. */
  void collectNames(Set<String> names);

  /** The only name that this consists of, or null. */
  default String soleName() {
    return null;
  }

  /**
   * Reads an expression.
   *
   * @throws IllegalArgumentException naming what was expected
   */
  static SizeExpression parse(String text) {
    Tokens tokens = new Tokens(text);
    SizeExpression expression = alternatives(tokens);
    tokens.expectEnd();
    return expression;
  }

  private static SizeExpression alternatives(Tokens tokens) {
    SizeExpression first = sum(tokens);
    while (tokens.take("|")) {
      first = new Alternative(first, sum(tokens));
    }
    return first;
  }

  private static SizeExpression sum(Tokens tokens) {
    SizeExpression left = product(tokens);
    while (true) {
      if (tokens.take("+")) {
        left = new Operation('+', left, product(tokens));
      } else if (tokens.take("-")) {
        left = new Operation('-', left, product(tokens));
      } else {
        return left;
      }
    }
  }

  private static SizeExpression product(Tokens tokens) {
    SizeExpression left = atom(tokens);
    while (true) {
      if (tokens.take("*")) {
        left = new Operation('*', left, atom(tokens));
      } else if (tokens.take("/")) {
        left = new Operation('/', left, atom(tokens));
      } else {
        return left;
      }
    }
  }

  private static SizeExpression atom(Tokens tokens) {
    if (tokens.take("(")) {
      SizeExpression inner = alternatives(tokens);
      tokens.expect(")");
      return inner;
    }
    String word = tokens.word();
    return Tokens.isNumber(word) ? new Literal(Long.parseLong(word)) : new Name(word);
  }

  /** A number. */
  record Literal(long value) implements SizeExpression {
    @Override
    public OptionalLong value(Function<String, OptionalLong> names) {
      return OptionalLong.of(value);
    }

    @Override
    public void collectNames(Set<String> names) {}
  }

  /** A size or a key of config.json. */
  record Name(String name) implements SizeExpression {
    @Override
    public OptionalLong value(Function<String, OptionalLong> names) {
      return names.apply(name);
    }

    @Override
    public void collectNames(Set<String> names) {
      names.add(name);
    }

    @Override
    public String soleName() {
      return name;
    }
  }

  /** The left one if it is known, else the right one. */
  record Alternative(SizeExpression left, SizeExpression right) implements SizeExpression {
    @Override
    public OptionalLong value(Function<String, OptionalLong> names) {
      OptionalLong value = left.value(names);
      return value.isPresent() ? value : right.value(names);
    }

    @Override
    public void collectNames(Set<String> names) {
      left.collectNames(names);
      right.collectNames(names);
    }
  }

  /** Left sign right. */
  record Operation(char sign, SizeExpression left, SizeExpression right) implements SizeExpression {
    @Override
    public OptionalLong value(Function<String, OptionalLong> names) {
      OptionalLong a = left.value(names);
      OptionalLong b = right.value(names);
      return a.isPresent() && b.isPresent()
          ? OptionalLong.of(apply(a.getAsLong(), b.getAsLong()))
          : OptionalLong.empty();
    }

    private long apply(long a, long b) {
      try {
        return switch (sign) {
          case '+' -> Math.addExact(a, b);
          case '-' -> Math.subtractExact(a, b);
          case '*' -> Math.multiplyExact(a, b);
          default -> divide(a, b);
        };
      } catch (ArithmeticException e) {
        throw new Misfit(a + " " + sign + " " + b + " is too large");
      }
    }

    private static long divide(long a, long b) {
      if (b == 0 || a % b != 0) {
        throw new Misfit(a + " is no multiple of " + b);
      }
      return a / b;
    }

    @Override
    public void collectNames(Set<String> names) {
      left.collectNames(names);
      right.collectNames(names);
    }
  }
}
