package org.findthelady.match.task;

import java.io.IOException;
import java.util.List;
import org.findthelady.match.kernel.ScoreMoments;
import org.findthelady.match.kernel.TopLists;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * Scores some reference units of a group and keeps the best of each row and column.
 *
 * @param evidence members to compare
 * @param resync what is solved on the members' tensors
 * @param units the reference units that are scored
 * @param within whether candidates are of the same instance (the parent is solved)
 * @param keep candidates kept per row and column
 * @param panelBytes working memory beside the block
 */
public record BlockTask(
    String group,
    List<Evidence> evidence,
    GroupPermutations resync,
    UnitRange units,
    boolean within,
    int keep,
    long panelBytes)
    implements MatchTask<BlockResult> {
  public BlockTask {
    evidence = List.copyOf(evidence);
  }

  @Override
  public List<String> reads() {
    return evidence.stream().map(Evidence::tensor).toList();
  }

  @Override
  public BlockResult run(Structure structure, Weights reference, Weights suspect)
      throws IOException {
    Group scored = structure.group(group);
    ScoreBlock block = new ScoreBlock(scored, units.only(), units.from(), units.to(), within);
    block.add(structure, scored, reference, suspect, evidence, resync, panelBytes);
    block.finish();
    return kept(block);
  }

  private BlockResult kept(ScoreBlock block) {
    int across = block.columnsOfRow();
    TopLists rows = new TopLists(block.rows(), Math.min(keep, across));
    TopLists columns =
        new TopLists(block.columns(), Math.min(keep, within ? across : block.rows()));
    TopLists lowest = new TopLists(block.rows(), 1);
    float[] scores = block.scores();
    ScoreMoments spread = ScoreMoments.NONE;
    int along = block.rows() / (block.columns() / across);
    boolean allOfRows = rows.length() == across;
    boolean allOfColumns = units.only() == null && columns.length() == along;
    for (int j = 0; allOfColumns && j < block.columns(); j++) {
      int first = j / across * along;
      columns.setAll(j, units.from() + first, scores, first * across + j % across, across);
    }
    for (int i = 0; i < block.rows(); i++) {
      int base = block.base(i);
      int unit = units.unit(i);
      if (allOfRows) {
        rows.setAll(i, block.firstColumn() + base, scores, i * across, 1);
      }
      for (int j = 0; j < across; j++) {
        float score = scores[i * across + j];
        if (!allOfRows) {
          rows.offer(i, block.firstColumn() + base + j, score);
        }
        if (!allOfColumns) {
          columns.offer(base + j, unit, score);
        }
        if (score > ScoreBlock.IMPOSSIBLE) {
          lowest.offer(i, block.firstColumn() + base + j, -score);
        }
      }
      spread = spread.plus(spread(scores, i * across, across, rows.score(i, 0)));
    }
    return new BlockResult(
        units,
        block.firstColumn(),
        rows,
        columns,
        lowest,
        new Squares(block.rowSquares(), block.columnSquares()),
        spread,
        block.width());
  }

  private static ScoreMoments spread(float[] scores, int from, int count, float best) {
    double sum = 0;
    double squares = 0;
    long counted = 0;
    for (int i = from; i < from + count; i++) {
      double score = scores[i];
      if (score < best && score > ScoreBlock.IMPOSSIBLE) {
        sum += score;
        squares += score * score;
        counted++;
      }
    }
    return new ScoreMoments(counted, sum, squares);
  }

  /** The same scores for other units, with other lists. */
  public BlockTask forRows(int[] rows, int length) {
    return new BlockTask(group, evidence, resync, UnitRange.of(rows), false, length, panelBytes);
  }
}
