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
 * @param suspectFacts what the suspect's headers say
 * @param structureFacts the structure that was used
 * @param measured what was matched and compared
 * @param effort what it took
 * @param written SHA-256 by path of the staged re-synchronised model; empty if none was written
 * @param notes what a reader should know
 */
public record PairOutcome(
    PairRequest pair,
    Judgement judgement,
    SuspectFacts suspectFacts,
    StructureFacts structureFacts,
    Measured measured,
    Effort effort,
    Map<String, String> written,
    List<String> notes)
    implements Serializable {

  /**
   * A suspect's headers.
   *
   * @param format empty if it could not be read
   * @param parameters elements of all its tensors
   */
  public record SuspectFacts(String format, long parameters) implements Serializable {}

  /**
   * A structure.
   *
   * @param name empty if none was needed
   * @param groups permutation groups
   * @param neurons units over all groups and instances
   */
  public record StructureFacts(String name, int groups, long neurons) implements Serializable {
    /** None was needed. */
    static final StructureFacts NONE = new StructureFacts("", 0, 0);
  }

  /**
   * What was matched and compared.
   *
   * @param match how neurons were put back; null if it did not come to that
   * @param changes of every group of {@code match}
   * @param tensors every tensor compared, with its type and shape; empty if it did not come to that
   * @param found what puts the suspect in the reference's order, over the reference's names; null
   *     if nothing was found or the suspect has names of its own
   * @param psi share placed right; null without truth
   */
  public record Measured(
      MatchResult match,
      List<NeuronChanges> changes,
      List<Compared> tensors,
      PermutationFile found,
      Psi psi)
      implements Serializable {
    /** It did not come to that. */
    static final Measured NOTHING = new Measured(null, List.of(), List.of(), null, null);

    public Measured {
      changes = List.copyOf(changes);
      tensors = List.copyOf(tensors);
    }
  }

  /**
   * What a pair took.
   *
   * @param bytesRead tensor bytes read of both
   * @param seconds wall time; differs from rerun to rerun
   */
  public record Effort(long bytesRead, double seconds) implements Serializable {}

  /** A compared tensor. */
  public record Compared(TensorComparison comparison, DType dtype, Shape shape)
      implements Serializable {}

  public PairOutcome {
    written = Map.copyOf(written);
    notes = List.copyOf(notes);
  }

  /** A pair that ended before anything was matched. */
  public static PairOutcome ended(
      PairRequest pair, Verdict verdict, String reason, String format, double seconds) {
    return new PairOutcome(
        pair,
        new Judgement(verdict, reason),
        new SuspectFacts(format, 0),
        StructureFacts.NONE,
        Measured.NOTHING,
        new Effort(0, seconds),
        Map.of(),
        List.of());
  }

  /**
   * This outcome once the re-synchronised suspect is on a stage.
   *
   * @param digests SHA-256 by path
   * @param seconds that writing took
   */
  PairOutcome written(String stage, Map<String, String> digests, double seconds) {
    return new PairOutcome(
        pair.staged(stage),
        judgement,
        suspectFacts,
        structureFacts,
        measured,
        new Effort(effort.bytesRead(), effort.seconds() + seconds),
        digests,
        notes);
  }

  public Verdict verdict() {
    return judgement.verdict();
  }

  /** Whether the suspect could not be judged at all. */
  public boolean failed() {
    return match() == null && (verdict() == Verdict.UNREADABLE || verdict() == Verdict.UNDECIDED);
  }

  public String format() {
    return suspectFacts.format();
  }

  public long parameters() {
    return suspectFacts.parameters();
  }

  public String structure() {
    return structureFacts.name();
  }

  public int groups() {
    return structureFacts.groups();
  }

  public long neurons() {
    return structureFacts.neurons();
  }

  public MatchResult match() {
    return measured.match();
  }

  public List<NeuronChanges> changes() {
    return measured.changes();
  }

  public List<Compared> tensors() {
    return measured.tensors();
  }

  public PermutationFile found() {
    return measured.found();
  }

  public Psi psi() {
    return measured.psi();
  }

  public long bytesRead() {
    return effort.bytesRead();
  }

  public double seconds() {
    return effort.seconds();
  }
}
