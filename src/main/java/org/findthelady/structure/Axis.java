package org.findthelady.structure;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * How one axis of a tensor is made of groups: segments laid end to end. A group may stand on an
 * axis in slices (a residual stream padded by new channels on both sides) and in copies (query, key
 * and value rows fused in one tensor).
 *
 * @param segments in axis order
 * @param reason why nothing on this axis moves; {@link FreezeReason#NONE} when something does
 * @param why the reason in words ("token ids"); code compares {@code reason}, never these
 */
public record Axis(List<Segment> segments, FreezeReason reason, String why)
    implements Serializable {
  public Axis {
    segments = List.copyOf(segments);
  }

  /** An axis with a reason in words, as files state it; empty words if something moves. */
  public Axis(List<Segment> segments, String why) {
    this(segments, FreezeReason.stated(why), why);
  }

  /** An axis of these segments. */
  public static Axis of(Segment... segments) {
    return new Axis(List.of(segments), FreezeReason.NONE, "");
  }

  /** An axis that nothing moves on, with the reason in words. */
  public static Axis frozen(int length, String why) {
    return new Axis(fixed(length), why);
  }

  /** An axis that nothing moves on. */
  public static Axis frozen(int length, FreezeReason reason) {
    return new Axis(fixed(length), reason, reason.text());
  }

  /** An axis that nothing moves on, with more words than the reason has. */
  public static Axis frozen(int length, FreezeReason reason, String why) {
    return new Axis(fixed(length), reason, why);
  }

  private static List<Segment> fixed(int length) {
    return length == 0 ? List.of() : List.of(Segment.of(AxisFactor.fixed(length)));
  }

  /** Number of indices. */
  public int length() {
    int sum = 0;
    for (Segment segment : segments) {
      sum = Math.addExact(sum, segment.length());
    }
    return sum;
  }

  /** Whether nothing on this axis moves. */
  public boolean isFrozen() {
    return segments.stream().allMatch(Segment::isFixed);
  }

  /** The groups that move something on this axis, in axis order. */
  public Set<String> groups() {
    Set<String> names = new LinkedHashSet<>();
    for (Segment segment : segments) {
      for (AxisFactor factor : segment.factors()) {
        factor.group().ifPresent(names::add);
      }
    }
    return names;
  }

  /** This axis with the digits of some groups fixed, for a reason in words. */
  Axis without(Set<String> held, String words) {
    List<Segment> changed = new ArrayList<>();
    for (Segment segment : segments) {
      changed.add(
          new Segment(
              segment.factors().stream()
                  .map(f -> held.contains(f.groupName()) ? AxisFactor.fixed(f.size()) : f)
                  .toList()));
    }
    Axis axis = new Axis(changed, reason, why);
    return axis.isFrozen() && !isFrozen() ? new Axis(changed, words) : axis;
  }

  /** The axes' groups in the notation of architecture files, e.g. {@code kv*rep*64 + 3}. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    for (Segment segment : segments) {
      List<String> digits = new ArrayList<>();
      for (AxisFactor factor : segment.factors()) {
        digits.add(factor.isFixed() ? Integer.toString(factor.size()) : factor.groupName());
      }
      parts.add(String.join("*", digits));
    }
    return String.join(" + ", parts);
  }
}
