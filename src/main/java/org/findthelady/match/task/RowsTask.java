package org.findthelady.match.task;

import java.io.IOException;
import java.util.List;
import org.findthelady.match.kernel.TopLists;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/**
 * Longer candidate lists of some reference units: the same scores as those of the block task.
 *
 * @param rows units, ascending
 */
public record RowsTask(BlockTask block, int[] rows, int keep) implements MatchTask<TopLists> {
  @Override
  public List<String> reads() {
    return block.reads();
  }

  @Override
  public TopLists run(Structure structure, Weights reference, Weights suspect) throws IOException {
    Group group = structure.group(block.group());
    TopLists lists = new TopLists(rows.length, keep);
    int size = group.size();
    for (int at = 0; at < rows.length; ) {
      int first = rows[at] / size * size;
      int end = at;
      if (block.within()) {
        while (end < rows.length && rows[end] < first + size) {
          end++;
        }
      } else {
        end = Math.min(rows.length, at + Math.max(1, block.units().to() - block.units().from()));
      }
      ScoreBlock scores =
          block.within()
              ? new ScoreBlock(group, first, first + size, true)
              : new ScoreBlock(group, rows, at, end, false);
      scores.add(
          structure,
          group,
          reference,
          suspect,
          block.evidence(),
          block.resync(),
          block.panelBytes());
      scores.finish();
      for (int k = at; k < end; k++) {
        take(scores, block.within() ? rows[k] - first : k - at, lists, k);
      }
      at = end;
    }
    return lists;
  }

  private static void take(ScoreBlock scores, int row, TopLists lists, int item) {
    int across = scores.columnsOfRow();
    for (int j = 0; j < across; j++) {
      lists.offer(
          item, scores.firstColumn() + scores.base(row) + j, scores.scores()[row * across + j]);
    }
  }
}
