package org.findthelady.structure.declared;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.findthelady.structure.declared.AxisExpression.Slice;

/**
 * The digits of one axis of one tensor must make its length.
 *
 * @param tensor its name in the checkpoint
 * @param axis which axis
 * @param text the axis as written in the file
 * @param runs the digits, as they lie
 * @param segments the digits of every segment; the sum of their products is the length
 * @param length the axis length of the tensor
 */
record Equation(
    String tensor,
    int axis,
    String text,
    List<RepeatedSegments> runs,
    List<List<Digit>> segments,
    long length) {
  Equation(String tensor, int axis, String text, List<RepeatedSegments> runs, long length) {
    this(
        tensor,
        axis,
        text,
        runs,
        runs.stream().flatMap(run -> run.segments().stream()).toList(),
        length);
  }

  /** Whether nothing on this axis could move. */
  boolean isFrozen() {
    return open().stream().allMatch(digit -> digit.group() == null);
  }

  /** The digits that are not numbers, in order. */
  List<Digit.Open> open() {
    List<Digit.Open> digits = new ArrayList<>();
    for (List<Digit> segment : segments) {
      for (Digit digit : segment) {
        if (digit instanceof Digit.Open variable) {
          digits.add(variable);
        }
      }
    }
    return digits;
  }

  /** The variables that are not known. */
  Set<String> unknowns(Function<String, OptionalLong> known) {
    Set<String> unknowns = new LinkedHashSet<>();
    for (Digit.Open digit : open()) {
      boolean counted = digit.slice() != null && digit.slice().parts() == 0;
      if (!counted && known.apply(digit.variable()).isEmpty()) {
        unknowns.add(digit.variable());
      }
    }
    return unknowns;
  }

  /**
   * Number of units of a digit whose variable is known.
   *
   * @throws ArchitectureMismatch if a slice does not fit the group
   */
  static long size(Digit digit, Function<String, OptionalLong> known) {
    if (digit instanceof Digit.Fixed fixed) {
      return fixed.size();
    }
    Digit.Open open = (Digit.Open) digit;
    Slice slice = open.slice();
    if (slice != null && slice.parts() == 0) {
      return slice.to() - slice.from();
    }
    long all = known.apply(open.variable()).orElseThrow();
    if (slice == null) {
      return all;
    }
    if (all % slice.parts() != 0) {
      throw new ArchitectureMismatch(
          "%d units of %s make no %d equal parts".formatted(all, open.group(), slice.parts()));
    }
    return all / slice.parts();
  }

  /** Checks the length; all variables are known. */
  void check(Function<String, OptionalLong> known) {
    long sum = 0;
    List<String> numbers = new ArrayList<>();
    for (List<Digit> segment : segments) {
      long product = 1;
      List<String> factors = new ArrayList<>();
      for (Digit digit : segment) {
        long size = size(digit, known);
        factors.add(Long.toString(size));
        product = multiply(product, size);
      }
      numbers.add(String.join(" * ", factors));
      sum = add(sum, product);
    }
    if (sum != length) {
      throw new ArchitectureMismatch(
          "%s makes %s, the tensor has %d"
              .formatted(
                  text,
                  numbers.size() == 1 && segments.get(0).size() == 1
                      ? Long.toString(sum)
                      : String.join(" + ", numbers) + " = " + sum,
                  length));
    }
  }

  /**
   * The value of the one unknown that makes the length right.
   *
   * @return empty if the unknown does not stand alone in its segments
   * @throws ArchitectureMismatch if no whole number does
   */
  OptionalLong solve(String unknown, Function<String, OptionalLong> known) {
    long scale = 1;
    for (Digit.Open digit : open()) {
      if (digit.variable().equals(unknown) && digit.slice() != null && digit.slice().parts() > 0) {
        scale = multiply(scale, digit.slice().parts());
      }
    }
    long slope = 0;
    long constant = 0;
    for (List<Digit> segment : segments) {
      long product = 1;
      long parts = 0;
      for (Digit digit : segment) {
        boolean counted =
            digit instanceof Digit.Open open && open.slice() != null && open.slice().parts() == 0;
        if (!counted && digit instanceof Digit.Open open && open.variable().equals(unknown)) {
          if (parts != 0) {
            return OptionalLong.empty();
          }
          parts = open.slice() == null ? 1 : open.slice().parts();
        } else {
          product = multiply(product, size(digit, known));
        }
      }
      if (parts == 0) {
        constant = add(constant, product);
      } else {
        slope = add(slope, multiply(product, scale / parts));
      }
    }
    long rest = multiply(length - constant, scale);
    if (slope == 0 || rest <= 0 || rest % slope != 0) {
      throw new ArchitectureMismatch(
          "%s: no whole number of units makes the tensor's %d".formatted(text, length));
    }
    return OptionalLong.of(rest / slope);
  }

  /** The place, for messages. */
  String where() {
    return "tensor '" + tensor + "' axis " + axis;
  }

  private static long multiply(long a, long b) {
    try {
      return Math.multiplyExact(a, b);
    } catch (ArithmeticException e) {
      throw new ArchitectureMismatch(a + " * " + b + " is too large");
    }
  }

  private static long add(long a, long b) {
    try {
      return Math.addExact(a, b);
    } catch (ArithmeticException e) {
      throw new ArchitectureMismatch(a + " + " + b + " is too large");
    }
  }
}
