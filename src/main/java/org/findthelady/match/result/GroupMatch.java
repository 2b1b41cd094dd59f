package org.findthelady.match.result;

import java.io.Serializable;
import java.util.List;
import org.findthelady.match.rows.GroupAxis;

/**
 * How the units of one group were matched. A unit is {@code instance * size + place}; all arrays
 * but {@code matched} are in the order of reference units. The arrays are not copied: do not change
 * them.
 *
 * @param group name of the group
 * @param size units in an instance
 * @param places where each unit goes
 * @param likeness how sure that is
 * @param measures how each tensor of the group differs, unit by unit
 */
public record GroupMatch(
    String group, int size, Places places, Likeness likeness, AxisMeasures measures)
    implements Serializable {
  /**
   * Where units go.
   *
   * @param sources for every reference unit the suspect unit that belongs there; a bijection
   * @param matched for every suspect unit the reference unit that is most like it, one-to-one or
   *     not (the paper's matched(j)); -1 where there is none
   */
  public record Places(int[] sources, int[] matched) implements Serializable {}

  /**
   * How sure each match is.
   *
   * @param cosines similarity with the source over all members that were compared, -1..1
   * @param margins best minus runner-up similarity, the worse of row and column; negative where the
   *     one-to-one assignment gave it less than its best. Where sketches settled the row, the
   *     runner-up's similarity is an estimate
   * @param logOdds natural logarithm of how much likelier the source is than the next best, under
   *     normal noise; at least this where sketches settled the row; negative where the one-to-one
   *     assignment went against it
   * @param states codes of {@link MatchState}
   * @param certified whether the match is proved: by the triangle inequality (method 3.6, needs a
   *     fingerprint), or because its cosine is above the bound that sketches set to every other
   */
  public record Likeness(
      float[] cosines, float[] margins, float[] logOdds, byte[] states, boolean[] certified)
      implements Serializable {}

  /**
   * Each tensor axis of a group, measured after matching. The outer index of the arrays is that of
   * the member, the inner one the unit.
   *
   * @param members the tensors that carry the group
   * @param scales the factor that brings the reference's weights closest to the suspect's norm:
   *     suspect norm / reference norm, negative where the cosine is; NaN where the reference's norm
   *     is 0
   * @param cosines NaN where a norm is 0
   * @param gaps the squared norm of the difference; NaN where it is not known
   * @param squares the squared norm of the reference's weights; 0 where both are equal
   */
  public record AxisMeasures(
      List<GroupAxis> members,
      float[][] scales,
      float[][] cosines,
      float[][] gaps,
      float[][] squares)
      implements Serializable {
    public AxisMeasures {
      members = List.copyOf(members);
    }

    /** Nothing is measured yet. */
    public static AxisMeasures empty(List<GroupAxis> members, int units) {
      int count = members.size();
      return new AxisMeasures(
          members,
          new float[count][units],
          new float[count][units],
          new float[count][units],
          new float[count][units]);
    }
  }

  public int[] sources() {
    return places.sources;
  }

  public int[] matched() {
    return places.matched;
  }

  public float[] cosines() {
    return likeness.cosines;
  }

  public float[] margins() {
    return likeness.margins;
  }

  public float[] logOdds() {
    return likeness.logOdds;
  }

  public boolean[] certified() {
    return likeness.certified;
  }

  public List<GroupAxis> members() {
    return measures.members;
  }

  public float[][] scales() {
    return measures.scales;
  }

  public float[][] memberCosines() {
    return measures.cosines;
  }

  public float[][] gaps() {
    return measures.gaps;
  }

  public float[][] squares() {
    return measures.squares;
  }

  /** Units over all instances. */
  public int units() {
    return places.sources.length;
  }

  /** What is known of one reference unit's place. */
  public MatchState state(int unit) {
    return MatchState.of(likeness.states[unit]);
  }

  /** Number of units in that state. */
  public int count(MatchState state) {
    int count = 0;
    for (byte code : likeness.states) {
      count += code == state.code() ? 1 : 0;
    }
    return count;
  }
}
