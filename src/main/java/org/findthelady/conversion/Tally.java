package org.findthelady.conversion;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What was counted of one tensor. */
final class Tally {
  private static final int NAMED = 100;

  private final TreeMap<Long, BlockFinding> strict = new TreeMap<>();
  private final TreeMap<Long, BlockFinding> loose = new TreeMap<>();
  private final TreeMap<Long, BlockFinding> scales = new TreeMap<>();
  long elements;
  long codesOff;
  long looseOff;
  long scalesOff;
  long ruledBlocks;
  double worst;

  /** A code that is not the nearest level, or a number far beyond the last one. */
  void code(long block, long element, double steps, double scale) {
    codesOff++;
    add(strict, new BlockFinding(block, element, 1, steps, scale, 0));
  }

  /** A block that is further away than error feedback explains. */
  void beyondFeedback(long block, long element, double steps, double scale) {
    looseOff++;
    add(loose, new BlockFinding(block, element, 1, steps, scale, 0));
  }

  void scale(long block, long element, double scale, double off) {
    scalesOff++;
    add(scales, new BlockFinding(block, element, 0, 0, scale, off));
  }

  private static void add(TreeMap<Long, BlockFinding> findings, BlockFinding finding) {
    BlockFinding known = findings.get(finding.block());
    if (known != null) {
      findings.put(
          finding.block(),
          new BlockFinding(
              finding.block(),
              known.element(),
              known.codes() + finding.codes(),
              Math.max(known.steps(), finding.steps()),
              finding.scale(),
              Math.max(known.scaleOff(), finding.scaleOff())));
    } else if (findings.size() < NAMED) {
      findings.put(finding.block(), finding);
    }
  }

  /** The first blocks with findings, in their order. */
  List<BlockFinding> findings(boolean feedback, boolean ruled) {
    TreeMap<Long, BlockFinding> all = new TreeMap<>(feedback ? loose : strict);
    if (ruled && !feedback) {
      scales.values().forEach(finding -> add(all, finding));
    }
    return new ArrayList<>(all.values());
  }
}
