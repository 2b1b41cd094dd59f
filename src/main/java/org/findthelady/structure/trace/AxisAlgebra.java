package org.findthelady.structure.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The algebra of tracks. Operators are written in four words: {@link #merge} ties values position
 * by position, {@link #drop} sums an axis away, {@link #regroup} splits and joins axes, {@link
 * #select} and {@link #concatenate} take and lay parts end to end.
 *
 * <p>Invariant: the tracks of a value hold every digit of every block that they name exactly once.
 */
public final class AxisAlgebra {
  /** Joint arrays above this many places are frozen rather than held. */
  private static final long MOST_PLACES = 1L << 24;

  private final Coordinates coordinates;

  public AxisAlgebra(Coordinates coordinates) {
    this.coordinates = coordinates;
  }

  public Coordinates coordinates() {
    return coordinates;
  }

  /** The blocks of these tracks with the axes that their digits stand on, in digit order. */
  private static Map<CoordinateBlock, int[]> blocks(AxisSymbol[] tracks) {
    Map<CoordinateBlock, int[]> blocks = new LinkedHashMap<>();
    for (int axis = 0; axis < tracks.length; axis++) {
      AxisSymbol track = tracks[axis];
      if (track.moves()) {
        blocks.computeIfAbsent(track.block(), b -> new int[b.digits()])[track.digit()] = axis;
      }
    }
    return blocks;
  }

  /** Coordinates of some axes of a block, in the order of the axes given. */
  private int[] marginal(CoordinateBlock block, int[] axesOfBlock, List<Integer> axes) {
    int[] digits = new int[axes.size()];
    for (int i = 0; i < digits.length; i++) {
      for (int d = 0; d < axesOfBlock.length; d++) {
        if (axesOfBlock[d] == axes.get(i)) {
          digits[i] = d;
        }
      }
    }
    return block.marginal(coordinates, digits);
  }

  private static List<Integer> common(int[] a, int[] b) {
    List<Integer> common = new ArrayList<>();
    for (int x : a) {
      for (int y : b) {
        if (x == y) {
          common.add(x);
        }
      }
    }
    common.sort(Comparator.naturalOrder());
    return common;
  }

  /** Freezes what lies on one axis. */
  void freeze(AxisSymbol[] tracks, int axis, String why) {
    if (tracks[axis].moves()) {
      CoordinateBlock block = tracks[axis].block();
      coordinates.freeze(block.marginal(coordinates, new int[] {tracks[axis].digit()}), why);
    }
  }

  /** Freezes everything. */
  void freezeAll(AxisSymbol[] tracks, String why) {
    for (CoordinateBlock block : blocks(tracks).keySet()) {
      coordinates.freeze(block.joint(), why);
    }
  }

  /**
   * Ties two values position by position.
   *
   * @param a tracks aligned to the result's axes; axes that it lacks are neutral
   * @param b likewise
   * @param goes axes that the caller will drop: blocks that outlive them are preferred
   * @param why what to say where a moving axis meets one that does not
   */
  AxisSymbol[] merge(AxisSymbol[] a, AxisSymbol[] b, Set<Integer> goes, String why) {
    Map<CoordinateBlock, int[]> blocksA = blocks(a);
    Map<CoordinateBlock, int[]> blocksB = blocks(b);
    for (Map.Entry<CoordinateBlock, int[]> left : blocksA.entrySet()) {
      for (Map.Entry<CoordinateBlock, int[]> right : blocksB.entrySet()) {
        List<Integer> common = common(left.getValue(), right.getValue());
        if (!common.isEmpty() && left.getKey() != right.getKey()) {
          coordinates.unite(
              marginal(left.getKey(), left.getValue(), common),
              marginal(right.getKey(), right.getValue(), common));
        } else if (!common.isEmpty() && !Arrays.equals(left.getValue(), right.getValue())) {
          coordinates.unite(
              marginal(left.getKey(), left.getValue(), common),
              marginal(right.getKey(), right.getValue(), common));
        }
      }
    }
    freezeAgainstStill(a, b, why);
    freezeAgainstStill(b, a, why);
    return choose(a, b, blocksA, blocksB, goes);
  }

  private void freezeAgainstStill(AxisSymbol[] moving, AxisSymbol[] still, String why) {
    for (int axis = 0; axis < moving.length; axis++) {
      if (still[axis].isStill()) {
        freeze(moving, axis, why);
      }
    }
  }

  private AxisSymbol[] choose(
      AxisSymbol[] a,
      AxisSymbol[] b,
      Map<CoordinateBlock, int[]> blocksA,
      Map<CoordinateBlock, int[]> blocksB,
      Set<Integer> goes) {
    AxisSymbol[] result = new AxisSymbol[a.length];
    for (int axis = 0; axis < result.length; axis++) {
      boolean neutral = a[axis].isNeutral() && b[axis].isNeutral();
      boolean still = a[axis].isStill() || b[axis].isStill();
      result[axis] = neutral ? AxisSymbol.NEUTRAL : still ? AxisSymbol.STILL : null;
    }
    List<Map.Entry<CoordinateBlock, int[]>> all = new ArrayList<>(blocksA.entrySet());
    all.addAll(blocksB.entrySet());
    all.sort(
        Comparator.comparingLong(
            e -> -Arrays.stream(e.getValue()).filter(x -> !goes.contains(x)).count()));
    Set<Integer> taken = new LinkedHashSet<>();
    Set<CoordinateBlock> used = new LinkedHashSet<>();
    for (Map.Entry<CoordinateBlock, int[]> entry : all) {
      CoordinateBlock block = used.add(entry.getKey()) ? entry.getKey() : entry.getKey().twin();
      int[] axes = entry.getValue();
      if (axes.length == 1 && AxisSymbol.STILL.equals(result[axes[0]])) {
        continue;
      }
      List<Integer> open = new ArrayList<>();
      for (int axis : axes) {
        if (taken.add(axis)) {
          open.add(axis);
        }
      }
      place(result, block, axes, open);
    }
    return result;
  }

  /** Puts the open axes of a block into the result, as a block of their own if some are taken. */
  private void place(AxisSymbol[] result, CoordinateBlock block, int[] axes, List<Integer> open) {
    if (open.isEmpty()) {
      return;
    }
    CoordinateBlock whole = block;
    int[] order = axes;
    if (open.size() < axes.length) {
      int[] joint = marginal(block, axes, open);
      int[] lengths = new int[open.size()];
      for (int i = 0; i < lengths.length; i++) {
        for (int d = 0; d < axes.length; d++) {
          lengths[i] = axes[d] == open.get(i) ? block.length(d) : lengths[i];
        }
      }
      whole = new CoordinateBlock(lengths, joint);
      order = open.stream().mapToInt(Integer::intValue).toArray();
    }
    for (int digit = 0; digit < order.length; digit++) {
      result[order[digit]] = new AxisSymbol(whole, digit);
    }
  }

  /** The tracks without the axes in {@code gone}, which are summed (or otherwise folded) away. */
  AxisSymbol[] drop(AxisSymbol[] tracks, Set<Integer> gone) {
    AxisSymbol[] kept = tracks.clone();
    blocks(tracks)
        .forEach(
            (block, axes) -> {
              List<Integer> open = new ArrayList<>();
              for (int axis : axes) {
                if (!gone.contains(axis)) {
                  open.add(axis);
                }
              }
              if (open.size() < axes.length) {
                place(kept, block, axes, open);
              }
            });
    List<AxisSymbol> result = new ArrayList<>();
    for (int axis = 0; axis < kept.length; axis++) {
      if (!gone.contains(axis)) {
        result.add(kept[axis]);
      }
    }
    return result.toArray(AxisSymbol[]::new);
  }

  /**
   * Says that an operator treats these axes together, symmetrically, for every place of the rest.
   */
  void demand(AxisSymbol[] tracks, Set<Integer> together) {
    drop(tracks, together);
  }

  /**
   * Splits and joins axes: the {@code in} axes of the tracks, in order, become axes of the {@code
   * out} lengths. Axes of length 1 must have been left out by the caller.
   *
   * @param lengths of all axes of {@code tracks}
   * @return tracks with the {@code in} axes (contiguous, from {@code first}) replaced
   */
  AxisSymbol[] regroup(
      AxisSymbol[] tracks, long[] lengths, int first, int in, long[] out, String why) {
    AxisSymbol[] result = new AxisSymbol[tracks.length - in + out.length];
    System.arraycopy(tracks, 0, result, 0, first);
    System.arraycopy(tracks, first + in, result, first + out.length, tracks.length - first - in);
    if (in == 1 && out.length == 1) {
      result[first] = tracks[first];
      return result;
    }
    Set<CoordinateBlock> inside = new LinkedHashSet<>();
    boolean still = false;
    for (int axis = first; axis < first + in; axis++) {
      still |= tracks[axis].isStill();
      if (tracks[axis].moves()) {
        inside.add(tracks[axis].block());
      }
    }
    if (inside.isEmpty()) {
      Arrays.fill(result, first, first + out.length, still ? AxisSymbol.STILL : AxisSymbol.NEUTRAL);
      return result;
    }
    List<Integer> order = new ArrayList<>();
    for (int axis = first; axis < first + in; axis++) {
      order.add(axis);
    }
    List<Integer> outside = new ArrayList<>();
    for (int axis = 0; axis < tracks.length; axis++) {
      boolean within = axis >= first && axis < first + in;
      if (!within && tracks[axis].moves() && inside.contains(tracks[axis].block())) {
        outside.add(axis);
      }
    }
    order.addAll(outside);
    int[] joint = join(tracks, lengths, order);
    if (joint == null) {
      inside.forEach(block -> coordinates.freeze(block.joint(), why));
      Arrays.fill(result, first, first + out.length, AxisSymbol.STILL);
      for (int axis : outside) {
        result[axis < first ? axis : axis - in + out.length] = AxisSymbol.STILL;
      }
      return result;
    }
    int[] digits = new int[out.length + outside.size()];
    for (int i = 0; i < out.length; i++) {
      digits[i] = Math.toIntExact(out[i]);
    }
    for (int i = 0; i < outside.size(); i++) {
      digits[out.length + i] = Math.toIntExact(lengths[outside.get(i)]);
    }
    CoordinateBlock block = new CoordinateBlock(digits, joint);
    for (int i = 0; i < out.length; i++) {
      result[first + i] = new AxisSymbol(block, i);
    }
    for (int i = 0; i < outside.size(); i++) {
      int axis = outside.get(i);
      result[axis < first ? axis : axis - in + out.length] = new AxisSymbol(block, out.length + i);
    }
    return result;
  }

  /**
   * One row-major array over the axes in {@code order}. One block keeps its coordinates (repeated
   * along still axes, where their rank tells them apart); several give new ones inside both.
   */
  private int[] join(AxisSymbol[] tracks, long[] lengths, List<Integer> order) {
    long places = 1;
    for (int axis : order) {
      places = lengths[axis] < 0 ? MOST_PLACES + 1 : Math.multiplyExact(places, lengths[axis]);
      if (places > MOST_PLACES) {
        return null;
      }
    }
    int[] sizes = order.stream().mapToInt(axis -> (int) lengths[axis]).toArray();
    Map<CoordinateBlock, int[]> blocks = new LinkedHashMap<>();
    for (int i = 0; i < order.size(); i++) {
      AxisSymbol track = tracks[order.get(i)];
      if (track.moves()) {
        blocks.computeIfAbsent(track.block(), b -> new int[b.digits()])[track.digit()] = i;
      }
    }
    List<int[]> placesInBlocks = new ArrayList<>();
    List<CoordinateBlock> list = new ArrayList<>(blocks.keySet());
    CoordinateBlock frame = new CoordinateBlock(sizes, new int[(int) places]);
    for (CoordinateBlock block : list) {
      placesInBlocks.add(frame.placesOf(blocks.get(block)));
    }
    int[] joint = new int[(int) places];
    if (list.size() == 1) {
      int[] from = placesInBlocks.get(0);
      int[] source = list.get(0).joint();
      boolean same = from.length == source.length;
      for (int q = 0; q < joint.length; q++) {
        joint[q] = source[from[q]];
        same &= from[q] == q;
      }
      if (!same) {
        coordinates.record(new Coordinates.Selection(source, from, joint));
      }
      return same ? source : joint;
    }
    Map<List<Integer>, Integer> made = new java.util.HashMap<>();
    for (int q = 0; q < joint.length; q++) {
      List<Integer> key = new ArrayList<>();
      for (int[] from : placesInBlocks) {
        key.add(from[q]);
      }
      Integer known = made.get(key);
      if (known == null) {
        known = coordinates.fresh(1)[0];
        made.put(key, known);
      }
      joint[q] = known;
    }
    for (int b = 0; b < list.size(); b++) {
      coordinates.record(
          new Coordinates.Nesting(joint, placesInBlocks.get(b), list.get(b).joint()));
    }
    return joint;
  }

  /**
   * Takes some indices of one axis, by position.
   *
   * @param keepAxis whether the axis stays (with {@code indices.length} indices) or goes (one
   *     index)
   */
  AxisSymbol[] select(AxisSymbol[] tracks, int axis, int[] indices, boolean keepAxis) {
    AxisSymbol track = tracks[axis];
    AxisSymbol[] result = tracks.clone();
    if (track.moves()) {
      CoordinateBlock block = track.block();
      int[] axes = blocks(tracks).get(block);
      int digit = track.digit();
      int inner = 1;
      for (int d = digit + 1; d < axes.length; d++) {
        inner *= block.length(d);
      }
      int length = block.length(digit);
      int outer = block.joint().length / Math.max(1, inner * length);
      int[] index = new int[outer * indices.length * inner];
      int[] part = new int[index.length];
      int at = 0;
      for (int o = 0; o < outer; o++) {
        for (int wanted : indices) {
          for (int i = 0; i < inner; i++) {
            index[at] = (o * length + wanted) * inner + i;
            part[at] = block.joint()[index[at]];
            at++;
          }
        }
      }
      coordinates.record(new Coordinates.Selection(block.joint(), index, part));
      boolean stays = keepAxis && indices.length != 1;
      int[] lengths = new int[axes.length - (stays ? 0 : 1)];
      int next = 0;
      List<Integer> left = new ArrayList<>();
      for (int d = 0; d < axes.length; d++) {
        if (d != digit || stays) {
          lengths[next++] = d == digit ? indices.length : block.length(d);
          left.add(axes[d]);
        }
      }
      CoordinateBlock selected = new CoordinateBlock(lengths, part);
      for (int d = 0; d < left.size(); d++) {
        result[left.get(d)] = new AxisSymbol(selected, d);
      }
      result[axis] = stays ? result[axis] : AxisSymbol.NEUTRAL;
    } else if (indices.length == 1) {
      result[axis] = AxisSymbol.NEUTRAL;
    }
    return keepAxis ? result : without(result, axis);
  }

  static AxisSymbol[] without(AxisSymbol[] tracks, int axis) {
    AxisSymbol[] fewer = new AxisSymbol[tracks.length - 1];
    System.arraycopy(tracks, 0, fewer, 0, axis);
    System.arraycopy(tracks, axis + 1, fewer, axis, fewer.length - axis);
    return fewer;
  }

  /**
   * Lays values end to end along one axis; on the others they are tied.
   *
   * @param lengths of that axis in every part
   */
  AxisSymbol[] concatenate(List<AxisSymbol[]> parts, long[] lengths, int axis, String why) {
    AxisSymbol moving = null;
    boolean sameCompanions = true;
    List<Integer> companions = null;
    for (AxisSymbol[] part : parts) {
      if (part[axis].moves()) {
        moving = part[axis];
        List<Integer> mine = new ArrayList<>();
        for (int a : blocks(part).get(part[axis].block())) {
          if (a != axis) {
            mine.add(a);
          }
        }
        mine.sort(Comparator.naturalOrder());
        sameCompanions &= companions == null || companions.equals(mine);
        companions = mine;
      } else {
        sameCompanions &= companions == null || companions.isEmpty();
      }
    }
    if (moving == null) {
      AxisSymbol[] merged = null;
      for (AxisSymbol[] part : parts) {
        AxisSymbol[] other = part.clone();
        other[axis] = AxisSymbol.NEUTRAL;
        merged = merged == null ? other : merge(merged, other, Set.of(), why);
      }
      merged[axis] = AxisSymbol.STILL;
      return merged;
    }
    List<Integer> beside = sameCompanions && parts.get(0)[axis].moves() ? companions : List.of();
    return concatenateMoving(parts, lengths, axis, beside, why);
  }

  private AxisSymbol[] concatenateMoving(
      List<AxisSymbol[]> parts, long[] lengths, int axis, List<Integer> beside, String why) {
    AxisSymbol[] merged = null;
    int besideLength = 1;
    List<Integer> order = new ArrayList<>(beside);
    order.add(axis);
    List<int[]> arrays = new ArrayList<>();
    int[] besideLengths = new int[beside.size()];
    for (int p = 0; p < parts.size(); p++) {
      AxisSymbol[] part = parts.get(p);
      AxisSymbol[] rest = part.clone();
      rest[axis] = AxisSymbol.NEUTRAL;
      if (part[axis].moves()) {
        CoordinateBlock block = part[axis].block();
        int[] axes = blocks(part).get(block);
        arrays.add(marginal(block, axes, order));
        for (int i = 0; i < besideLengths.length; i++) {
          besideLengths[i] = block.length(part[beside.get(i)].digit());
        }
        for (int a : beside) {
          rest[a] = AxisSymbol.NEUTRAL;
        }
        if (beside.isEmpty() && axes.length > 1) {
          List<Integer> others = new ArrayList<>();
          for (int a : axes) {
            if (a != axis) {
              others.add(a);
            }
          }
          place(rest, block, axes, others);
        }
      } else {
        int[] made = coordinates.fresh(Math.toIntExact(lengths[p]));
        if (part[axis].isStill() || lengths[p] == 1) {
          coordinates.freeze(made, why);
        }
        arrays.add(made);
      }
      merged = merged == null ? rest : merge(merged, rest, Set.of(), why);
    }
    for (int length : besideLengths) {
      besideLength *= length;
    }
    return laid(merged, arrays, besideLength, besideLengths, order, why);
  }

  private AxisSymbol[] laid(
      AxisSymbol[] merged,
      List<int[]> arrays,
      int besideLength,
      int[] besideLengths,
      List<Integer> order,
      String why) {
    int total = 0;
    for (int[] array : arrays) {
      total = Math.addExact(total, array.length / besideLength);
    }
    int[] joint = new int[Math.multiplyExact(total, besideLength)];
    int offset = 0;
    for (int[] array : arrays) {
      int length = array.length / besideLength;
      int[] index = new int[array.length];
      for (int b = 0; b < besideLength; b++) {
        for (int i = 0; i < length; i++) {
          index[b * length + i] = b * total + offset + i;
          joint[b * total + offset + i] = array[b * length + i];
        }
      }
      offset += length;
      coordinates.record(new Coordinates.Selection(joint, index, array));
    }
    int[] lengths = Arrays.copyOf(besideLengths, besideLengths.length + 1);
    lengths[besideLengths.length] = total;
    CoordinateBlock block = new CoordinateBlock(lengths, joint);
    for (int d = 0; d < order.size(); d++) {
      if (!merged[order.get(d)].isNeutral()) {
        freeze(merged, order.get(d), why);
      }
      merged[order.get(d)] = new AxisSymbol(block, d);
    }
    return merged;
  }
}
