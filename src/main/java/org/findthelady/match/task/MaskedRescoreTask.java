package org.findthelady.match.task;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.match.rows.MaskedWeights;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Structure;

/**
 * Scores units by evidence that lies beside sure units only.
 *
 * @param here doubtful reference units by group
 * @param there the suspect units that they were given
 */
public record MaskedRescoreTask(
    BlockTask block, Map<String, boolean[]> here, Map<String, boolean[]> there)
    implements MatchTask<BlockResult> {
  public MaskedRescoreTask {
    here = new HashMap<>(here);
    there = new HashMap<>(there);
  }

  @Override
  public List<String> reads() {
    return block.reads();
  }

  @Override
  public BlockResult run(Structure structure, Weights reference, Weights suspect)
      throws IOException {
    return block.run(
        structure,
        new MaskedWeights(structure, reference, here, block.group()),
        new MaskedWeights(structure, suspect, there, block.group()));
  }
}
