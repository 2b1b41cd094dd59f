package org.findthelady.pair;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.findthelady.align.Alignment;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.findthelady.match.ProposedOrder;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.verdict.Judge;
import org.findthelady.match.verdict.Judgement;
import org.findthelady.perturb.PermutationFile;
import org.findthelady.perturb.Psi;
import org.findthelady.storage.Locations;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * One pair from two paths to a judgement, step by step: open, align, structure, match, stage,
 * compare, judge. {@link PairAudit} turns what goes wrong into an outcome and publishes the model.
 *
 * <p>Where further steps belong: what settles a pair by its bytes alone (equal files, equal tensors
 * under other names) comes after {@link #open}, before tensors are aligned; a pair of which only
 * some tensors answer to each other is told by {@link #align}.
 */
final class PairRecipe {
  private final PairRequest pair;
  private final Execution execution;
  private final long started = System.nanoTime();
  private String format = "";

  PairRecipe(PairRequest pair, Execution execution) {
    this.pair = pair;
    this.execution = execution;
  }

  /** The whole of it. */
  JudgedPair judged() throws IOException {
    AlignedPair opened = open();
    Alignment alignment = align(opened);
    if (!alignment.holds()) {
      return JudgedPair.ended(ended(Verdict.INCOMPARABLE, alignment.summary()));
    }
    PairContext context = structure(opened, alignment);
    FirstLook look = FirstLook.at(context, pair.options());
    context = look.converted(context);
    StagedModel staged = new StagedModel(pair.stage(), context);
    MatchedPair matched = look.same() ? MatchedPair.same(context) : match(context, staged);
    Judgement judgement = judge(matched, look);
    PairOutcome.Measured measured = measured(matched, look, judgement, psi(opened, matched));
    long beside = look.bytesRead() + staged.bytesCompared();
    return new JudgedPair(outcome(matched, judgement, measured, beside), context, staged);
  }

  /** An outcome of a pair that ends here. */
  PairOutcome ended(Verdict verdict, String reason) {
    return PairOutcome.ended(pair, verdict, reason, format, seconds());
  }

  /** Reads the headers of both sides. */
  private AlignedPair open() {
    OpenedReference reference = execution.reference(pair);
    Store store = execution.store(pair, reference);
    Checkpoint suspect = Checkpoints.open(store, pair.suspect());
    format = suspect.format();
    return new AlignedPair(store, reference, suspect, pair.structure());
  }

  /** Which tensor answers to which, and how both are seen. */
  private static Alignment align(AlignedPair opened) throws IOException {
    return opened.alignment();
  }

  /** Which neurons may have moved, and where they are found; at last from the pair itself. */
  private PairContext structure(AlignedPair opened, Alignment alignment) throws IOException {
    try {
      return opened.context(alignment, opened.structure(alignment));
    } catch (UserException e) {
      if (!pair.structure().equals(StructureChoice.AUTOMATIC)) {
        throw e;
      }
      PairContext none = opened.context(alignment, FoundStructure.NONE);
      Structure found = FoundStructure.of(none, pair.options()).structure();
      if (found.groups().isEmpty()) {
        throw new UserException(
            e.getMessage() + "; no permutation groups were found from the pair either", e);
      }
      return opened.context(alignment, found);
    }
  }

  /**
   * Puts the neurons back and compares every tensor. An order that rests on sketches is staged at
   * once where a model is wanted, and compared while it is written: if all is equal, no tensor is
   * read a second time.
   */
  private MatchedPair match(PairContext context, StagedModel staged) throws IOException {
    long seed = MatchSettings.seed(pair.options().seed(), context.reference(), context.suspect());
    try (MatchSession session = execution.match(context, pair.options().withSeed(seed))) {
      ProposedOrder order = session.propose();
      boolean equal = order.restsOnSketches() && staged.writesTheReference(order.resync());
      MatchResult match = equal ? order.acceptAsEqual() : order.compare();
      return MatchedPair.of(context, match, compare(context, match, staged));
    }
  }

  /** What the matcher compared, and the tensors that it does not know or has not seen stored. */
  private List<TensorComparison> compare(PairContext context, MatchResult match, StagedModel staged)
      throws IOException {
    Map<String, TensorComparison> known = new HashMap<>();
    match.tensors().forEach(comparison -> known.put(comparison.tensor(), comparison));
    List<TensorInfo> tensors = context.compared();
    context.alignment().counterparts().stream()
        .filter(c -> c.storedAlike() && !c.suspect().isStored())
        .forEach(c -> known.remove(c.name()));
    List<TensorInfo> left = tensors.stream().filter(t -> !known.containsKey(t.name())).toList();
    List<TensorComparison> compared =
        staged.isSame(match.resync())
            ? left.stream().map(t -> TensorComparison.same(t.name(), t.shape())).toList()
            : execution.compare(context, pair.options(), left, match.resync());
    compared.forEach(comparison -> known.put(comparison.tensor(), comparison));
    return tensors.stream().map(tensor -> known.get(tensor.name())).toList();
  }

  /** The verdict and its reason. */
  private Judgement judge(MatchedPair matched, FirstLook look) throws IOException {
    PairContext context = matched.context();
    Judgement judgement =
        matched.match() == null
            ? new Judgement(
                Verdict.IDENTICAL,
                "all " + context.compared().size() + " tensors are the same bytes")
            : Judge.judge(
                    matched.match(),
                    matched.changes(),
                    matched.tensors(),
                    context.structure()::isCompanion)
                .after(look.inWords());
    boolean changed =
        judgement.verdict() == Verdict.DERIVED || judgement.verdict() == Verdict.RESCALED;
    return judgement
        .told(context.alignment().conversions())
        .told(FoundStructure.words(context.structure()))
        .told(
            changed
                ? Explanation.of(context, pair.options(), matched.tensors(), matched.resync())
                : "");
  }

  private PairOutcome.Measured measured(
      MatchedPair matched, FirstLook look, Judgement judgement, Psi psi) {
    PairContext context = matched.context();
    boolean found =
        PairAudit.isWritten(judgement.verdict()) && !context.alignment().keepsOwnLayout();
    return new PairOutcome.Measured(
        matched.match(),
        matched.changes(),
        matched.compared(),
        found
            ? new PermutationFile(
                context.structure().name(),
                pair.options().seed(),
                List.of(),
                look.conversion(),
                matched.resync())
            : null,
        psi);
  }

  /** Scores against what was done to the suspect, told in its own groups if it has some. */
  private Psi psi(AlignedPair aligned, MatchedPair matched) throws IOException {
    if (pair.truth() == null) {
      return null;
    }
    Alignment alignment = matched.context().alignment();
    Structure structure = matched.context().structure();
    Structure own = structure;
    if (alignment.keepsOwnLayout()) {
      own = aligned.ofSuspect().orElse(structure);
    }
    byte[] json = Locations.text(pair.store(), pair.truth()).getBytes(StandardCharsets.UTF_8);
    GroupPermutations truth =
        PermutationFile.read(new ByteArrayInputStream(json), own).assignment();
    return Psi.of(
        structure,
        own == structure ? truth : alignment.regrouped(truth, structure, own),
        matched.resync());
  }

  private PairOutcome outcome(
      MatchedPair matched, Judgement judgement, PairOutcome.Measured measured, long beside) {
    PairContext context = matched.context();
    Checkpoint suspect = context.suspect();
    Structure structure = context.structure();
    return new PairOutcome(
        pair,
        judgement,
        new PairOutcome.SuspectFacts(
            suspect.format(),
            suspect.tensors().stream().mapToLong(t -> t.shape().elements()).sum()),
        new PairOutcome.StructureFacts(
            structure.name(),
            structure.groups().size(),
            structure.groups().stream().mapToLong(g -> g.leaves()).sum()),
        measured,
        new PairOutcome.Effort(execution.bytesRead(context, beside), seconds()),
        Map.of(),
        Stream.of(
                context.alignment().notes(),
                unwritten(matched, judgement),
                suspect.notes(),
                matched.match() == null ? List.<String>of() : matched.match().notes())
            .flatMap(List::stream)
            .toList());
  }

  private List<String> unwritten(MatchedPair matched, Judgement judgement) {
    boolean wanted = pair.stage() != null && PairAudit.isWritten(judgement.verdict());
    return wanted
        ? FoundStructure.whyNotWritten(matched.context().structure(), matched.resync()).stream()
            .map(why -> "re-synchronised model not written: " + why)
            .toList()
        : List.of();
  }

  /** Of the suspect; empty if it was not opened. */
  String format() {
    return format;
  }

  /** Since the beginning. */
  double seconds() {
    return (System.nanoTime() - started) / 1e9;
  }
}
