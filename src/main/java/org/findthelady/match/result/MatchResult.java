package org.findthelady.match.result;

import java.io.Serializable;
import java.util.List;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.structure.GroupPermutations;

/**
 * How a suspect goes back into the reference's order.
 *
 * @param resync the suspect gathered by this is in reference order
 * @param groups one for every group of the structure, in its order
 * @param tensors each tensor that groups move, a stack as one, beside the reference's once in order
 * @param origin whether the match is better than chance
 * @param notes what a reader should know: rows with NaN, groups without evidence
 */
public record MatchResult(
    GroupPermutations resync,
    List<GroupMatch> groups,
    List<TensorComparison> tensors,
    Origin origin,
    List<String> notes)
    implements Serializable {
  public MatchResult {
    groups = List.copyOf(groups);
    tensors = List.copyOf(tensors);
    notes = List.copyOf(notes);
  }

  /** The match of one group. */
  public GroupMatch group(String name) {
    return groups.stream()
        .filter(g -> g.group().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no group " + name));
  }

  /** Units over all groups in that state. */
  public long count(MatchState state) {
    return groups.stream().mapToLong(g -> g.count(state)).sum();
  }
}
