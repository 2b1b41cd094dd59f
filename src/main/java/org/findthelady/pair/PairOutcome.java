package org.findthelady.pair;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.Verdict;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.verdict.Judgement;
import org.findthelady.match.verdict.NeuronChanges;
import org.findthelady.perturb.PermutationFile;
import org.findthelady.perturb.Psi;

/**
 * What one pair came to; small, it crosses the wire.
 *
 * @param pair what was asked
 * @param judgement verdict and reason
 * @param format of the suspect; empty if it could not be read
 * @param structure name of the structure; empty if none was needed
 * @param groups permutation groups of the structure
 * @param neurons units over all groups and instances
 * @param match how neurons were put back; null if it did not come to that
 * @param found what puts the suspect in the reference's order, over the reference's names; null if
 *     nothing was found or the suspect has names of its own
 * @param changes of every group of {@code match}
 * @param tensors every tensor compared, with its type and shape; empty if it did not come to that
 * @param psi share placed right; null without truth
 * @param parameters elements of the suspect
 * @param bytesRead tensor bytes read of both
 * @param seconds wall time; differs from rerun to rerun
 * @param written SHA-256 by path of the staged re-synchronised model
 * @param failed whether the suspect could not be judged at all
 * @param notes what a reader should know
 */
public record PairOutcome(
    PairRequest pair,
    Judgement judgement,
    String format,
    String structure,
    int groups,
    long neurons,
    MatchResult match,
    PermutationFile found,
    List<NeuronChanges> changes,
    List<Compared> tensors,
    Psi psi,
    long parameters,
    long bytesRead,
    double seconds,
    Map<String, String> written,
    boolean failed,
    List<String> notes)
    implements Serializable {

  /** A compared tensor. */
  public record Compared(TensorComparison comparison, DType dtype, Shape shape)
      implements Serializable {}

  /** A pair that ended before anything was matched. */
  public static PairOutcome ended(
      PairRequest pair, Verdict verdict, String reason, String format, double seconds) {
    boolean failed = verdict == Verdict.UNREADABLE || verdict == Verdict.UNDECIDED;
    return new PairOutcome(
        pair,
        new Judgement(verdict, reason),
        format,
        "",
        0,
        0,
        null,
        null,
        List.of(),
        List.of(),
        null,
        0,
        0,
        seconds,
        Map.of(),
        failed,
        List.of());
  }

  public Verdict verdict() {
    return judgement.verdict();
  }
}
