package org.findthelady.match;

import java.io.Serializable;
import org.findthelady.match.rows.EvidenceMode;

/**
 * Settings of a match. The result is a function of the inputs and these alone.
 *
 * @param evidence which weights are compared
 * @param assign how similarities become a permutation
 * @param refine whether weak groups are matched again with all members once everything is solved
 * @param sketch whether large groups may be matched through sketches; never changes the result
 * @param seed of the sketches' signs; unknown to whoever makes suspects
 * @param blockBytes working memory of one task, in bytes (at least 1 MiB)
 */
public record MatchOptions(
    EvidenceMode evidence,
    AssignMode assign,
    boolean refine,
    boolean sketch,
    long seed,
    long blockBytes)
    implements Serializable {
  public MatchOptions {
    if (blockBytes < 1 << 20) {
      throw new IllegalArgumentException("block memory of " + blockBytes + " bytes is under 1 MiB");
    }
  }

  /** All the evidence, one-to-one, refined, 256 MiB a task. */
  public static MatchOptions defaults() {
    return new MatchOptions(
        EvidenceMode.ALL, AssignMode.ONE_TO_ONE, true, true, 20240301, 256L << 20);
  }

  /** The paper's own method: incoming weights, argmax. */
  public static MatchOptions paper() {
    return defaults().withEvidence(EvidenceMode.INCOMING).withAssign(AssignMode.ARGMAX);
  }

  /** With that evidence; incoming weights alone are never refined. */
  public MatchOptions withEvidence(EvidenceMode mode) {
    boolean refines = refine && mode == EvidenceMode.ALL;
    return new MatchOptions(mode, assign, refines, sketch, seed, blockBytes);
  }

  /** With that assignment; argmax is never refined, and is taken of exact similarities. */
  public MatchOptions withAssign(AssignMode mode) {
    boolean exact = mode == AssignMode.ONE_TO_ONE;
    return new MatchOptions(evidence, mode, refine && exact, sketch && exact, seed, blockBytes);
  }

  public MatchOptions withRefine(boolean on) {
    return new MatchOptions(evidence, assign, on, sketch, seed, blockBytes);
  }

  public MatchOptions withSketch(boolean on) {
    return new MatchOptions(evidence, assign, refine, on, seed, blockBytes);
  }

  public MatchOptions withSeed(long value) {
    return new MatchOptions(evidence, assign, refine, sketch, value, blockBytes);
  }
}
