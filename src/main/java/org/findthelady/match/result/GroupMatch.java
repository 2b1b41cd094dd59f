package org.findthelady.match.result;

import java.io.Serializable;
import java.util.List;
import org.findthelady.match.rows.GroupAxis;

/**
 * How the leaves of one group were matched. A leaf is {@code instance * size + unit}; all arrays
 * but {@code matched} are in the order of reference leaves. The arrays are not copied: do not
 * change them.
 *
 * @param group name of the group
 * @param size units in an instance
 * @param sources for every reference leaf the suspect leaf that belongs there; a bijection
 * @param matched for every suspect leaf the reference leaf that is most like it, one-to-one or not
 *     (the paper's matched(j))
 * @param cosines similarity with the source over all members that were compared, -1..1
 * @param margins best minus runner-up similarity, the worse of row and column; negative where the
 *     one-to-one assignment gave it less than its best. Where sketches settled the row, the
 *     runner-up's similarity is an estimate
 * @param logOdds natural logarithm of how much likelier the source is than the next best, under
 *     normal noise; at least this where sketches settled the row; negative where the one-to-one
 *     assignment went against it
 * @param standOut how far the best candidate stands out among all of them, in natural logarithms of
 *     probability: about standard exponential for unrelated rows; 0 where nothing was compared
 * @param states codes of {@link MatchState}
 * @param certified whether the match is proved: by the triangle inequality (method 3.6, needs a
 *     fingerprint), or because its cosine is above the bound that sketches set to every other
 * @param members the tensors that carry the group and were measured after matching
 * @param scales for every member and leaf the factor that brings the reference's weights closest to
 *     the suspect's norm: suspect norm / reference norm, negative where the cosine is; NaN where
 *     the reference's norm is 0
 * @param memberCosines for every member and leaf the cosine; NaN where a norm is 0
 */
public record GroupMatch(
    String group,
    int size,
    int[] sources,
    int[] matched,
    float[] cosines,
    float[] margins,
    float[] logOdds,
    float[] standOut,
    byte[] states,
    boolean[] certified,
    List<GroupAxis> members,
    float[][] scales,
    float[][] memberCosines)
    implements Serializable {
  public GroupMatch {
    members = List.copyOf(members);
  }

  /** Units over all instances. */
  public int leaves() {
    return sources.length;
  }

  /** What is known of one reference leaf's place. */
  public MatchState state(int leaf) {
    return MatchState.of(states[leaf]);
  }

  /** Number of leaves in that state. */
  public int count(MatchState state) {
    int count = 0;
    for (byte code : states) {
      count += code == state.code() ? 1 : 0;
    }
    return count;
  }
}
