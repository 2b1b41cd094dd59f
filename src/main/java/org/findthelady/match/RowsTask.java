package org.findthelady.match;

import java.io.IOException;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/**
 * Longer candidate lists of some reference leaves: same scores as {@link BlockTask}, computed over
 * the smallest range that holds the rows.
 */
record RowsTask(BlockTask block, int[] rows) implements MatchTask<TopLists> {
  @Override
  public TopLists run(Structure structure, Weights reference, Weights suspect) throws IOException {
    Group group = structure.group(block.group());
    TopLists lists = new TopLists(rows.length, block.keep());
    int step = block.within() ? group.size() : Math.max(1, block.to() - block.from());
    for (int at = 0; at < rows.length; ) {
      int first = block.within() ? rows[at] / group.size() * group.size() : rows[at];
      int end = at;
      while (end < rows.length && rows[end] < first + step) {
        end++;
      }
      int to = block.within() ? first + step : rows[end - 1] + 1;
      at = fill(structure, group, reference, suspect, lists, at, end, first, to);
    }
    return lists;
  }

  private int fill(
      Structure structure,
      Group group,
      Weights reference,
      Weights suspect,
      TopLists lists,
      int at,
      int end,
      int first,
      int to)
      throws IOException {
    ScoreBlock scores = new ScoreBlock(group, first, to, block.within());
    scores.add(
        structure, group, reference, suspect, block.evidence(), block.resync(), block.panelBytes());
    scores.finish(block.criterion());
    int across = scores.columnsOfRow();
    for (int k = at; k < end; k++) {
      int row = rows[k] - first;
      for (int j = 0; j < across; j++) {
        lists.offer(
            k, scores.firstColumn() + scores.base(row) + j, scores.scores()[row * across + j]);
      }
    }
    return end;
  }

  @Override
  public String description() {
    return "Scoring %d rows of %s: %d wide".formatted(rows.length, block.group(), block.width());
  }

  @Override
  public long bytes() {
    return block.bytes();
  }

  @Override
  public double flops() {
    return block.flops();
  }
}
