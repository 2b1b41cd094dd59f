package org.findthelady.structure.derive;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Group;
import org.findthelady.structure.Segment;

/** Writes the elements along one axis as segments of digits. */
final class AxisLayout {
  private final List<Group> groups;
  private final List<Grouping.Draft> drafts;
  private final int[][] units;
  private final int[] labels;
  private final boolean single;

  /**
   * @param groups the named groups, by draft index
   * @param single whether root units are listed one by one, the plainest form
   */
  AxisLayout(Grouping grouping, List<Group> groups, int[] elements, boolean single) {
    this.groups = groups;
    this.drafts = grouping.drafts();
    this.single = single;
    this.units = new int[elements.length][];
    this.labels = new int[elements.length];
    Map<Integer, Integer> rank = new HashMap<>();
    Map<IntKey, Integer> labelIds = new HashMap<>();
    for (int i = 0; i < elements.length; i++) {
      int x = elements[i];
      units[i] = grouping.chain(x);
      IntKey label = IntKey.of(grouping.label(x), rank.merge(x, 1, Integer::sum));
      labels[i] = labelIds.computeIfAbsent(label, k -> labelIds.size());
    }
  }

  Axis axis() {
    List<Segment> segments = new ArrayList<>();
    int at = 0;
    while (at < units.length) {
      Segment segment = units[at].length == 0 ? still(at) : moving(at);
      segments.add(segment);
      at += segment.length();
    }
    return new Axis(segments, "");
  }

  private Segment still(int start) {
    int end = start;
    while (end < units.length && units[end].length == 0) {
      end++;
    }
    return Segment.of(AxisFactor.fixed(end - start));
  }

  private Segment moving(int start) {
    List<AxisFactor> digits = new ArrayList<>();
    Set<Integer> used = new LinkedHashSet<>();
    int block = 1;
    boolean sliced = false;
    while (start + block < units.length) {
      int group = changing(start, start + block);
      if (group == NONE || used.contains(group)) {
        break;
      }
      int count = group == FIXED ? fixedRun(start, block) : run(start, block, group);
      if (group == FIXED) {
        digits.add(0, AxisFactor.fixed(count));
      } else {
        boolean partial = count < drafts.get(group).size();
        if (count == 1 || (partial && (sliced || drafts.get(group).parent() >= 0))) {
          break;
        }
        sliced |= partial;
        used.add(group);
        digits.add(0, AxisFactor.slice(groups.get(group), unit(start, group), count));
      }
      block *= count;
      if (sliced) {
        break;
      }
    }
    for (int i = units[start].length - 2; i >= 0; i -= 2) {
      if (!used.contains(units[start][i])) {
        digits.add(0, AxisFactor.slice(groups.get(units[start][i]), units[start][i + 1], 1));
      }
    }
    return new Segment(digits);
  }

  private static final int NONE = -1;
  private static final int FIXED = -2;

  /** The one group whose unit grows by one from a to b, FIXED if no unit changes, or NONE. */
  private int changing(int a, int b) {
    int[] x = units[a];
    int[] y = units[b];
    if (x.length != y.length) {
      return NONE;
    }
    int changing = FIXED;
    for (int i = 0; i < x.length; i += 2) {
      if (x[i] != y[i]) {
        return NONE;
      }
      if (x[i + 1] != y[i + 1]) {
        boolean listed = single && drafts.get(x[i]).parent() < 0;
        if (changing != FIXED || y[i + 1] != x[i + 1] + 1 || listed) {
          return NONE;
        }
        changing = x[i];
      }
    }
    return changing;
  }

  private int unit(int at, int group) {
    for (int i = 0; i < units[at].length; i += 2) {
      if (units[at][i] == group) {
        return units[at][i + 1];
      }
    }
    return -1;
  }

  private int fixedRun(int start, int block) {
    int count = 1;
    while (start + (count + 1) * block <= units.length) {
      boolean same = true;
      for (int r = 0; same && r < block; r++) {
        same = Arrays.equals(units[start + count * block + r], units[start + r]);
      }
      if (!same) {
        break;
      }
      count++;
    }
    return count;
  }

  private int run(int start, int block, int group) {
    int most = drafts.get(group).size() - unit(start, group);
    int count = 1;
    while (count < most && start + (count + 1) * block <= units.length) {
      boolean follows = true;
      for (int r = 0; follows && r < block; r++) {
        int at = start + count * block + r;
        follows =
            labels[at] == labels[start + r] && shifted(units[start + r], units[at], group, count);
      }
      if (!follows) {
        break;
      }
      count++;
    }
    return count;
  }

  private static boolean shifted(int[] from, int[] to, int group, int by) {
    if (from.length != to.length) {
      return false;
    }
    for (int i = 0; i < from.length; i += 2) {
      int wanted = from[i + 1] + (from[i] == group ? by : 0);
      if (from[i] != to[i] || to[i + 1] != wanted) {
        return false;
      }
    }
    return true;
  }
}
