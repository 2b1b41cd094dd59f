package org.findthelady.conversion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The scales of blocks whose original numbers are all zero. No value changes with such a scale, but
 * a compiler gives all of them the same one: that of most, or, of a few blocks, one of the numbers
 * that are usual.
 */
final class ZeroBlocks {
  /** Fewer blocks agree by chance. */
  private static final int FEW = 3;

  /** One in so many may be odd. */
  private static final int RARE = 20;

  private static final int NAMED = 100;

  private final double step;
  private final Map<Double, List<BlockFinding>> named = new TreeMap<>();
  private final Map<Double, Long> counts = new TreeMap<>();
  private BlockFinding[] parted = new BlockFinding[0];
  private boolean[] other = new boolean[0];

  /**
   * @param step from the smallest scale to the next, in which scales are told; 0 for none
   */
  ZeroBlocks(double step) {
    this.step = step == 0 ? 1 : step;
  }

  /** Adds a block of zeros. */
  void add(long block, long element, double scale) {
    add(new BlockFinding(block, element, 0, 0, scale, 0, true));
  }

  /** Adds a stretch of a block that does not lie together. */
  void part(int block, long element, double scale, boolean zeros) {
    if (block >= parted.length) {
      int length = Math.max(2 * parted.length, block + 1);
      parted = Arrays.copyOf(parted, length);
      other = Arrays.copyOf(other, length);
    }
    other[block] |= !zeros;
    if (parted[block] == null && !other[block]) {
      parted[block] = new BlockFinding(block, element, 0, 0, scale, 0, true);
    }
  }

  private void add(BlockFinding block) {
    double scale = Math.abs(block.scale()) / step;
    counts.merge(scale, 1L, Long::sum);
    List<BlockFinding> first = named.computeIfAbsent(scale, same -> new ArrayList<>());
    if (first.size() < NAMED) {
      first.add(block);
    }
  }

  /** How many blocks have each scale. */
  Map<Double, Long> counts() {
    for (int block = 0; block < parted.length; block++) {
      if (parted[block] != null && !other[block]) {
        add(parted[block]);
      }
    }
    parted = new BlockFinding[0];
    return counts;
  }

  /**
   * The blocks with a scale that others do not have.
   *
   * @param all how many blocks of all tensors of the scheme have each scale
   * @param rule what a scale usually is; null if it follows from other things
   */
  List<BlockFinding> odd(Map<Double, Long> all, ZeroScale rule) {
    if (rule == null) {
      return List.of();
    }
    Map<Double, Long> near = near(all);
    long total = total(near);
    Map.Entry<Double, Long> most =
        near.entrySet().stream().max(Map.Entry.comparingByValue()).orElse(null);
    boolean agree = total >= FEW && 2 * most.getValue() > total;
    List<BlockFinding> odd = new ArrayList<>();
    named.forEach(
        (scale, blocks) -> {
          long same = near.get(scale);
          boolean rare = same == 1 || RARE * same <= total;
          if (agree ? rare && !scale.equals(most.getKey()) : !rule.isUsual(scale)) {
            double usual = agree ? most.getKey() : 0;
            double off = usual == 0 ? 1 : Math.abs(scale / usual - 1);
            blocks.forEach(block -> odd.add(block.off(off)));
          }
        });
    odd.sort(Comparator.comparingLong(BlockFinding::block));
    return odd;
  }

  /** Of which others a scale may be odd: those of its tensor, or of its scheme if these are few. */
  private Map<Double, Long> near(Map<Double, Long> all) {
    return total(counts()) >= FEW ? counts : all;
  }

  /** How many may have another scale that is not told, for too few show what is usual. */
  long open(Map<Double, Long> all, ZeroScale rule) {
    boolean few = rule != ZeroScale.NONE && total(near(all)) < FEW;
    return few || rule == null ? total(counts()) : 0;
  }

  /** How many have a scale of zero, under which all codes are the same. */
  long withoutScale() {
    return counts().getOrDefault(0.0, 0L);
  }

  private static long total(Map<Double, Long> counts) {
    return counts.values().stream().mapToLong(count -> count).sum();
  }
}
