package org.findthelady.structure.declared;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Set;

/**
 * Arithmetic over names: {@code config.head_dim | hidden_size / heads}, {@code floor(0.25 * dim)}.
 * Of the alternatives that {@code |} divides the first whose names are all known counts. A division
 * must come out even.
 */
sealed interface SizeExpression {
  /** What the names stand for. */
  interface Scope {
    /** The value of a size or a key of config.json, null if it is not known. */
    BigDecimal of(String name);

    /** Whether a number may stand in for what is not known. */
    boolean defaults();
  }

  /**
   * The value.
   *
   * @param names what is known
   * @return null if a name that is needed is not known
   * @throws ArchitectureMismatch if a division leaves a remainder
   */
  BigDecimal value(Scope names);

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
      return closed(tokens);
    }
    String word = tokens.word();
    if (word.equals("floor") && tokens.take("(")) {
      return new Floor(closed(tokens));
    }
    return word.matches("\\d{1,9}(\\.\\d{1,9})?")
        ? new Literal(new BigDecimal(word))
        : new Name(word);
  }

  private static SizeExpression closed(Tokens tokens) {
    SizeExpression inner = alternatives(tokens);
    tokens.expect(")");
    return inner;
  }

  /** A number. */
  record Literal(BigDecimal value) implements SizeExpression {
    @Override
    public BigDecimal value(Scope names) {
      return value;
    }

    @Override
    public void collectNames(Set<String> names) {}
  }

  /** A size or a key of config.json. */
  record Name(String name) implements SizeExpression {
    @Override
    public BigDecimal value(Scope names) {
      return names.of(name);
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
    public BigDecimal value(Scope names) {
      BigDecimal value = left.value(names);
      boolean guess = right instanceof Literal && !names.defaults();
      return value != null || guess ? value : right.value(names);
    }

    @Override
    public void collectNames(Set<String> names) {
      left.collectNames(names);
      right.collectNames(names);
    }
  }

  /** The whole part. */
  record Floor(SizeExpression inner) implements SizeExpression {
    @Override
    public BigDecimal value(Scope names) {
      BigDecimal value = inner.value(names);
      return value == null ? null : value.setScale(0, RoundingMode.FLOOR);
    }

    @Override
    public void collectNames(Set<String> names) {
      inner.collectNames(names);
    }
  }

  /** Left sign right. */
  public record Operation(char sign, SizeExpression left, SizeExpression right)
      implements SizeExpression {
    @Override
    public BigDecimal value(Scope names) {
      BigDecimal a = left.value(names);
      BigDecimal b = right.value(names);
      if (a == null || b == null) {
        return null;
      }
      return switch (sign) {
        case '+' -> a.add(b);
        case '-' -> a.subtract(b);
        case '*' -> a.multiply(b);
        default -> divide(a, b);
      };
    }

    private static BigDecimal divide(BigDecimal a, BigDecimal b) {
      if (b.signum() == 0 || a.remainder(b).signum() != 0) {
        throw new ArchitectureMismatch(
            a.toPlainString() + " is no multiple of " + b.toPlainString());
      }
      return a.divideToIntegralValue(b);
    }

    @Override
    public void collectNames(Set<String> names) {
      left.collectNames(names);
      right.collectNames(names);
    }
  }
}
