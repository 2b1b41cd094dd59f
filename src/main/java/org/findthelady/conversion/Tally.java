package org.findthelady.conversion;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What was counted of one tensor. */
final class Tally {
  private static final int NAMED = 100;

  private final Blocks strict = new Blocks();
  private final Blocks loose = new Blocks();
  private final Blocks scales = new Blocks();
  long elements;
  long codesOff;
  long looseOff;
  long scalesOff;
  long ruledBlocks;

  /** What error feedback left, where a scheme's compiler may have fed errors back; else null. */
  FeedbackBlocks fedBack;

  private List<BlockFinding> beyond;

  /** Scales of blocks of zeros; null where there are no scales. */
  ZeroBlocks zeros;

  /** Blocks whose scale is zero, as their numbers are below the smallest one. */
  long vanished;

  double worst;

  /** A code that is not the nearest level, or a number far beyond the last one. */
  void code(long block, long element, double steps, double scale) {
    codesOff++;
    strict.add(new BlockFinding(block, element, 1, steps, scale, 0));
  }

  /** A block that is further away than error feedback explains. */
  void beyondFeedback(long block, long element, double steps, double scale) {
    looseOff++;
    loose.add(new BlockFinding(block, element, 1, steps, scale, 0));
  }

  void scale(long block, long element, double scale, double off) {
    scalesOff++;
    scales.add(new BlockFinding(block, element, 0, 0, scale, off));
  }

  /** How many codes, or blocks where only these are told, are off. */
  long off(boolean feedback) {
    if (feedback && fedBack != null) {
      return beyondFeedback().stream().mapToLong(BlockFinding::codes).sum();
    }
    return feedback ? looseOff : codesOff;
  }

  private List<BlockFinding> beyondFeedback() {
    if (beyond == null) {
      beyond = fedBack.findings();
    }
    return beyond;
  }

  /**
   * The first blocks with findings, in their order.
   *
   * @param odd blocks of zeros with a scale that others do not have
   */
  List<BlockFinding> findings(boolean feedback, boolean ruled, List<BlockFinding> odd) {
    Blocks all = new Blocks();
    if (feedback) {
      (fedBack != null ? beyondFeedback() : loose.inOrder()).forEach(all::add);
    } else {
      strict.inOrder().forEach(all::add);
      (ruled ? scales.inOrder() : List.<BlockFinding>of()).forEach(all::add);
    }
    odd.forEach(all::add);
    return all.inOrder();
  }

  /** The first blocks that were told of. */
  private static final class Blocks {
    private final TreeMap<Long, BlockFinding> named = new TreeMap<>();
    private long highest = -1;

    void add(BlockFinding finding) {
      if (named.size() == NAMED && finding.block() > highest) {
        return; // Of a tensor in another order every number comes here.
      }
      BlockFinding known = named.get(finding.block());
      if (known != null) {
        named.put(
            finding.block(),
            new BlockFinding(
                finding.block(),
                known.element(),
                known.codes() + finding.codes(),
                Math.max(known.steps(), finding.steps()),
                finding.scale(),
                Math.max(known.scaleOff(), finding.scaleOff()),
                known.zeros() || finding.zeros()));
      } else if (named.size() < NAMED) {
        named.put(finding.block(), finding);
        highest = Math.max(highest, finding.block());
      }
    }

    List<BlockFinding> inOrder() {
      return new ArrayList<>(named.values());
    }
  }
}
