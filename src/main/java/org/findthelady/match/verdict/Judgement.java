package org.findthelady.match.verdict;

import java.io.Serializable;
import org.findthelady.core.Verdict;

/**
 * What was found of one suspect.
 *
 * @param verdict the verdict
 * @param reason why, in one line, with numbers
 */
public record Judgement(Verdict verdict, String reason) implements Serializable {
  /**
   * This judgement of a suspect of which only a part has a counterpart: what is left over is a
   * change, whatever the rest is.
   *
   * @param whole whether nothing is left over
   * @param overlap in words; empty if there is nothing to tell
   */
  public Judgement overlapping(boolean whole, String overlap) {
    boolean unchanged = verdict.isSameWeights();
    return new Judgement(whole || !unchanged ? verdict : Verdict.DERIVED, reason + overlap);
  }

  /**
   * This judgement of a suspect of which tensors stand under each other's names.
   *
   * @param words which; empty if none do
   */
  public Judgement exchanged(String words) {
    boolean moved = verdict == Verdict.IDENTICAL && !words.isEmpty();
    return new Judgement(moved ? Verdict.PERMUTED : verdict, reason + words);
  }

  /**
   * This judgement of a suspect that is stored in another way, which alone changes no verdict.
   *
   * @param storage in words; empty if there is nothing to tell
   */
  public Judgement told(String storage) {
    return new Judgement(verdict, reason + storage);
  }

  /** This judgement where rounding tells of how many bits some tensors are. */
  public Judgement withoutBits() {
    return new Judgement(verdict, Changes.withoutBits(reason));
  }

  /** This judgement where no norm stands out once casts were told. */
  public Judgement withoutNorms() {
    return new Judgement(verdict, Changes.withoutNorms(reason));
  }

  /** This judgement where something explains all: nothing else is guessed at then. */
  public Judgement withoutGuesses() {
    return new Judgement(verdict, Changes.withoutGuesses(reason));
  }
}
