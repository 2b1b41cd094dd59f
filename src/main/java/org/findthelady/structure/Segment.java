package org.findthelady.structure;

import java.io.Serializable;
import java.util.List;

/**
 * A contiguous stretch of an axis whose index is a mixed-radix number, slowest digit first. For
 * example the query rows of grouped attention: {@code kv heads x queries per head x 64 fixed}.
 *
 * @param factors the digits; the segment's length is the product of their sizes
 */
public record Segment(List<AxisFactor> factors) implements Serializable {
  public Segment {
    factors = List.copyOf(factors);
    if (factors.isEmpty()) {
      throw new IllegalArgumentException("a segment needs at least one factor");
    }
  }

  /** A segment of these digits, slowest first. */
  public static Segment of(AxisFactor... factors) {
    return new Segment(List.of(factors));
  }

  /** Number of axis indices. */
  public int length() {
    int product = 1;
    for (AxisFactor factor : factors) {
      product = Math.multiplyExact(product, factor.size());
    }
    return product;
  }

  /** Whether no digit moves. */
  public boolean isFixed() {
    return factors.stream().allMatch(AxisFactor::isFixed);
  }

  /** Same groups and fixed sizes in the same order: segments among which units may travel. */
  String kind() {
    StringBuilder kind = new StringBuilder();
    for (AxisFactor factor : factors) {
      kind.append(factor.isFixed() ? "#" + factor.size() : factor.groupName()).append('*');
    }
    return kind.toString();
  }

  /** Index of the factor that carries a group; -1 if none does. */
  int indexOf(String groupName) {
    for (int f = 0; f < factors.size(); f++) {
      if (groupName.equals(factors.get(f).groupName())) {
        return f;
      }
    }
    return -1;
  }

  /** For every index of the segment its digit of one factor. */
  int[] digits(int f) {
    int stride = stride(f);
    int size = factors.get(f).size();
    int[] digits = new int[length()];
    for (int i = 0; i < digits.length; i++) {
      digits[i] = i / stride % size;
    }
    return digits;
  }

  /** Indices from one value of a factor's digit to the next. */
  int stride(int f) {
    int stride = 1;
    for (int after = f + 1; after < factors.size(); after++) {
      stride *= factors.get(after).size();
    }
    return stride;
  }
}
