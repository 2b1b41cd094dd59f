package org.findthelady.pair;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.Verdict;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.verdict.Difference;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.Judgement;
import org.findthelady.match.verdict.NeuronChanges;
import org.findthelady.perturb.PermutationFile;
import org.findthelady.perturb.Psi;

/**
 * What one pair came to: a judgement, or why there is none; small, it crosses the wire.
 *
 * @param pair what was asked
 * @param judgement verdict and reason; null if the suspect was not audited
 * @param notAudited why the suspect was not audited; null if it was
 * @param facts what headers say
 * @param measured what was matched and compared
 * @param effort what it took
 * @param written SHA-256 by path of the staged re-synchronised model; empty if none was written
 * @param notes what a reader should know
 */
public record PairOutcome(
    PairRequest pair,
    Judgement judgement,
    NotAudited notAudited,
    Facts facts,
    Measured measured,
    Effort effort,
    Map<String, String> written,
    List<String> notes)
    implements Serializable {

  /**
   * What is known from headers alone.
   *
   * @param format of the suspect; empty if it could not be read
   * @param parameters elements of all tensors of the suspect
   * @param structure name of the structure; empty if none was needed
   * @param groups permutation groups of the structure
   * @param neurons units over all groups and instances
   * @param declared models that the suspect says it was made from
   */
  public record Facts(
      String format,
      long parameters,
      String structure,
      int groups,
      long neurons,
      List<String> declared)
      implements Serializable {
    public Facts {
      declared = List.copyOf(declared);
    }

    /** A suspect of which no more than the format is known. */
    static Facts of(String format) {
      return new Facts(format, 0, "", 0, 0, List.of());
    }
  }

  /**
   * What was matched and compared.
   *
   * @param match how neurons were put back; null if it did not come to that
   * @param changes of every group of {@code match}
   * @param findings what was done to the suspect, with places
   * @param tensors every tensor compared, with its type and shape; empty if it did not come to that
   * @param found what puts the suspect in the reference's order, over the reference's names; null
   *     if nothing was found or the suspect has names of its own
   * @param psi share placed right; null without truth
   */
  public record Measured(
      MatchResult match,
      List<NeuronChanges> changes,
      List<Finding> findings,
      List<Compared> tensors,
      PermutationFile found,
      Psi psi)
      implements Serializable {
    /** It did not come to that. */
    static final Measured NOTHING = new Measured(null, List.of(), List.of(), List.of(), null, null);

    public Measured {
      changes = List.copyOf(changes);
      findings = List.copyOf(findings);
      tensors = List.copyOf(tensors);
    }
  }

  /**
   * What a pair took.
   *
   * @param bytesRead tensor bytes read of both
   * @param seconds wall time; differs from rerun to rerun
   * @param comparisons what came of each reference of the suspect; empty if that was not noted
   */
  public record Effort(long bytesRead, double seconds, List<Comparison> comparisons)
      implements Serializable {
    public Effort {
      comparisons = List.copyOf(comparisons);
    }

    Effort(long bytesRead, double seconds) {
      this(bytesRead, seconds, List.of());
    }
  }

  /** A compared tensor. */
  public record Compared(TensorComparison comparison, DType dtype, Shape shape)
      implements Serializable {}

  public PairOutcome {
    if ((judgement == null) == (notAudited == null)) {
      throw new IllegalArgumentException("a pair is judged or not audited");
    }
    written = Map.copyOf(written);
    notes = List.copyOf(notes);
  }

  /** A pair that ended before anything was matched. */
  public static PairOutcome ended(
      PairRequest pair, Verdict verdict, String reason, String format, double seconds) {
    return new PairOutcome(
        pair,
        new Judgement(verdict, reason),
        null,
        Facts.of(format),
        Measured.NOTHING,
        new Effort(0, seconds),
        Map.of(),
        List.of());
  }

  /** A pair of which nothing can be said. */
  public static PairOutcome notAudited(
      PairRequest pair, NotAudited why, String format, double seconds) {
    return new PairOutcome(
        pair,
        null,
        why,
        Facts.of(format),
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
        notAudited,
        facts,
        measured,
        new Effort(effort.bytesRead(), effort.seconds() + seconds, effort.comparisons()),
        digests,
        notes);
  }

  /** This outcome without the re-synchronised model: that was published elsewhere. */
  public PairOutcome withoutModel() {
    return new PairOutcome(pair, judgement, notAudited, facts, measured, effort, Map.of(), notes);
  }

  /** This outcome with one more note. */
  PairOutcome noted(String note) {
    List<String> more = Stream.concat(notes.stream(), Stream.of(note)).toList();
    return new PairOutcome(pair, judgement, notAudited, facts, measured, effort, written, more);
  }

  /** This outcome of a pair that was not matched as usual, with what was found of it. */
  PairOutcome found(List<Finding> findings) {
    Measured more = new Measured(null, List.of(), findings, List.of(), null, null);
    return new PairOutcome(pair, judgement, notAudited, facts, more, effort, written, notes);
  }

  /**
   * This outcome with what came of all references of its suspect. Another reference that the
   * suspect is a copy of too is told in the reason, and so is what it was merged from.
   */
  PairOutcome compared(List<Comparison> comparisons, Optional<Parents.Merge> merge) {
    String others =
        comparisons.stream()
            .filter(c -> c.verdict() != null && c.verdict().isCopy())
            .filter(c -> !c.reference().equals(pair.reference()))
            .map(c -> "'%s' (%s)".formatted(c.referenceId(), c.verdict()))
            .collect(Collectors.joining(", "));
    boolean several = audited() && verdict().isCopy() && !others.isEmpty();
    String also = several ? "; has a common origin with " + others + " too" : "";
    String merged = merge.map(found -> "; " + found.words()).orElse("");
    return new PairOutcome(
        pair,
        audited() ? judgement.told(also + merged) : judgement,
        notAudited,
        facts,
        measured,
        new Effort(
            effort.bytesRead(),
            effort.seconds(),
            comparisons.stream()
                .map(c -> c.sharing(merge.map(m -> m.shares().get(c.referenceId())).orElse(null)))
                .toList()),
        written,
        notes);
  }

  /** This outcome with findings and words on the parents that the suspect declares. */
  PairOutcome declaring(List<Finding> contradictions, String words) {
    List<Finding> all = Stream.concat(findings().stream(), contradictions.stream()).toList();
    Measured more =
        new Measured(
            measured.match(),
            measured.changes(),
            all,
            measured.tensors(),
            measured.found(),
            measured.psi());
    return new PairOutcome(
        pair, judgement.told(words), notAudited, facts, more, effort, written, notes);
  }

  /** This outcome with another judgement. */
  PairOutcome judged(Judgement other) {
    return new PairOutcome(pair, other, notAudited, facts, measured, effort, written, notes);
  }

  /** Whether looking at the suspect succeeded, so that there is a verdict. */
  public boolean audited() {
    return notAudited == null;
  }

  /**
   * The verdict.
   *
   * @throws IllegalStateException if the suspect was not audited
   */
  public Verdict verdict() {
    if (!audited()) {
      throw new IllegalStateException(pair.id() + " was not audited: " + notAudited.inWords());
    }
    return judgement.verdict();
  }

  /** Whether the suspect's bytes are such that it could not be judged. */
  public boolean failed() {
    return verdict() == Verdict.UNREADABLE;
  }

  public String format() {
    return facts.format();
  }

  public long parameters() {
    return facts.parameters();
  }

  public String structure() {
    return facts.structure();
  }

  public int groups() {
    return facts.groups();
  }

  public long neurons() {
    return facts.neurons();
  }

  public List<String> declared() {
    return facts.declared();
  }

  public MatchResult match() {
    return measured.match();
  }

  public List<NeuronChanges> changes() {
    return measured.changes();
  }

  public List<Finding> findings() {
    return measured.findings();
  }

  public List<Compared> tensors() {
    return measured.tensors();
  }

  /** Relative difference of all weights that changed; null if none were compared. */
  public Double relativeDifference() {
    if (tensors().isEmpty()) {
      return null;
    }
    double relative =
        Difference.of(tensors().stream().map(Compared::comparison).toList()).relative();
    return Double.isFinite(relative) ? relative : null;
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

  public List<Comparison> comparisons() {
    return effort.comparisons();
  }

  public double seconds() {
    return effort.seconds();
  }
}
