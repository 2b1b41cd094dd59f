package org.findthelady.match.task;

import java.io.IOException;
import java.util.List;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * Scores the units of a parent group by their children, whose order is unknown: for every child of
 * a reference unit the best cosine with any child of the suspect unit, averaged over the children.
 *
 * @param child the nested group
 * @param from first reference unit, the first of its instance
 * @param to end of the reference units, the last of its instance
 */
public record ParentTask(
    String child,
    List<Evidence> evidence,
    GroupPermutations resync,
    int from,
    int to,
    long width,
    long panelBytes)
    implements MatchTask<float[]> {
  public ParentTask {
    evidence = List.copyOf(evidence);
  }

  /** Row-major [units of the range x all units]. */
  @Override
  public List<String> reads() {
    return evidence.stream().map(Evidence::tensor).toList();
  }

  @Override
  public float[] run(Structure structure, Weights reference, Weights suspect) throws IOException {
    Group group = structure.group(child);
    ScoreBlock block = new ScoreBlock(group, from, to, false);
    block.add(structure, group, reference, suspect, evidence, resync, panelBytes);
    block.finish();
    int size = group.size();
    int instances = group.instances();
    float[] sums = new float[(to - from) / size * instances];
    for (int row = 0; row < to - from; row++) {
      for (int instance = 0; instance < instances; instance++) {
        float best = -1;
        for (int k = 0; k < size; k++) {
          best = Math.max(best, block.scores()[row * group.units() + instance * size + k]);
        }
        sums[row / size * instances + instance] += best / size;
      }
    }
    return sums;
  }
}
