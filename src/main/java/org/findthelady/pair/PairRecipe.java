package org.findthelady.pair;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.findthelady.align.Alignment;
import org.findthelady.align.Overlap;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.ProposedOrder;
import org.findthelady.match.basis.BasisChange;
import org.findthelady.match.compare.SameOrder;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.verdict.Difference;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.match.verdict.Findings;
import org.findthelady.match.verdict.Judge;
import org.findthelady.match.verdict.Judgement;
import org.findthelady.match.verdict.PairFacts;
import org.findthelady.perturb.PermutationFile;
import org.findthelady.perturb.Psi;
import org.findthelady.storage.TextFile;
import org.findthelady.structure.FreezeReason;
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
  private final boolean correct;
  private final long started = System.nanoTime();
  private String format = "";
  private List<String> claims = List.of();
  private List<String> declared = List.of();
  private OnePlus onePlus = new OnePlus(List.of(), List.of(), "");

  /**
   * @param correct whether what is undone besides the order is kept, to be written
   */
  PairRecipe(PairRequest pair, Execution execution, boolean correct) {
    this.pair = pair;
    this.execution = execution;
    this.correct = correct;
  }

  /** The whole of it. */
  JudgedPair judged() throws IOException {
    OpenedReference reference;
    try {
      reference = execution.reference(pair);
      reference.requireStructure();
    } catch (CheckpointException e) {
      return JudgedPair.ended(failure().ofReference(e));
    } catch (UserException e) {
      return JudgedPair.ended(failure().ofStructure(e));
    }
    AlignedPair opened = open(reference);
    claims = opened.contradictions();
    declared = opened.declared();
    JudgedPair judged = judged(opened, pair.stage());
    for (OtherNetwork copy : opened.averagedCopies()) {
      judged = copy.beside(judged, judged(opened.with(copy.checkpoint()), null));
    }
    if (judged.outcome().verdict().isCopy()) {
      return judged;
    }
    for (OtherNetwork network : opened.networks()) {
      judged = network.beside(judged, judged(opened.with(network.checkpoint()), null));
    }
    return judged;
  }

  private JudgedPair judged(AlignedPair opened, String stage) throws IOException {
    Optional<OtherWidths> widths = opened.otherWidths();
    if (widths.isPresent()) {
      Judgement judgement = widths.get().judge(options(opened.reference(), opened.suspect()));
      return JudgedPair.ended(
          ended(judgement.verdict(), judgement.reason()).found(widths.get().findings()));
    }
    Alignment alignment = align(opened);
    if (!alignment.holds()) {
      String undecoded = opened.undecoded().map(words -> words + "; ").orElse("");
      return JudgedPair.ended(ended(Verdict.INCOMPARABLE, undecoded + alignment.summary()));
    }
    JudgedPair judged = judged(opened, structure(opened, alignment), stage);
    for (Retry retry : List.<Retry>of(this::otherLayers, this::fromWeights)) {
      Optional<PairContext> other =
          judged.context() == null ? Optional.empty() : retry.of(opened, judged);
      if (other.isPresent()) {
        judged = nearer(judged, opened, other.get(), stage);
      }
    }
    return judged;
  }

  /** Another way to see a pair of which much differs. */
  private interface Retry {
    Optional<PairContext> of(AlignedPair opened, JudgedPair judged) throws IOException;
  }

  private JudgedPair nearer(JudgedPair judged, AlignedPair opened, PairContext other, String stage)
      throws IOException {
    judged.staged().discard();
    JudgedPair again = judged(opened, other, stage);
    double gained = relative(again.outcome()) / relative(judged.outcome());
    boolean isNear = isFar(judged.outcome()) && !isFar(again.outcome());
    boolean isEven = gained < 1 && isUneven(judged.outcome()) && !isUneven(again.outcome());
    if (again.outcome().verdict().isCopy()
        && (gained < Thresholds.LAYERS_MOVED || isNear || isEven)) {
      return again;
    }
    if (again.staged() != null) {
      again.staged().discard();
    }
    return judged;
  }

  private Optional<PairContext> otherLayers(AlignedPair opened, JudgedPair judged)
      throws IOException {
    if (!isFar(judged.outcome())) {
      return Optional.empty();
    }
    Optional<Alignment> layers = ReorderedLayers.of(opened, judged.context().alignment());
    return layers.isPresent() ? Optional.of(structure(opened, layers.get())) : Optional.empty();
  }

  /**
   * What is found from the weights, where most lies in place and no structure is known, or where
   * much differs and a structure that names chose leaves much open, as it does if nothing says how
   * many heads there are, or all, as a graph of which nothing was traced.
   */
  private Optional<PairContext> fromWeights(AlignedPair opened, JudgedPair judged)
      throws IOException {
    PairContext context = judged.context();
    boolean empty = context.structure().isKnown() && context.structure().groups().isEmpty();
    boolean partly =
        judged.outcome().verdict().isCopy()
            && isUneven(judged.outcome())
            && leavesSizesOpen(context.structure());
    boolean open =
        (isFar(judged.outcome()) || !context.structure().isKnown())
            && (empty || partly)
            && !FoundStructure.is(context.structure())
            && pair.structure().equals(StructureChoice.AUTOMATIC);
    return open
        ? Optional.of(UnknownStructure.found(context, pair.options()))
            .filter(found -> FoundStructure.is(found.structure()))
        : Optional.empty();
  }

  /**
   * Whether a structure keeps axes in place since nothing says how many heads they have. What else
   * one keeps in place, as tokens and classes, has its meaning there.
   */
  private static boolean leavesSizesOpen(Structure structure) {
    return !structure.isKnown()
        || structure.axes().values().stream()
            .flatMap(List::stream)
            .anyMatch(axis -> axis.reason() == FreezeReason.SIZE_NOT_KNOWN);
  }

  /** Whether so much differs that layers may stand in another order. */
  private static boolean isFar(PairOutcome outcome) {
    boolean open =
        outcome.verdict() == Verdict.DERIVED
            || outcome.verdict() == Verdict.UNRELATED
            || outcome.verdict() == Verdict.UNDECIDED;
    return open && relative(outcome) > Thresholds.LAYERS_LEAST;
  }

  /** Whether some weights differ much more than others: not all of it is noise on all. */
  private static boolean isUneven(PairOutcome outcome) {
    DoubleSummaryStatistics cosines =
        outcome.tensors().stream()
            .map(PairOutcome.Compared::comparison)
            .filter(TensorComparison::weight)
            .mapToDouble(TensorComparison::cosine)
            .summaryStatistics();
    return cosines.getMin() < cosines.getMax() - Thresholds.UNEVEN_COSINE;
  }

  private static double relative(PairOutcome outcome) {
    return Difference.of(outcome.tensors().stream().map(PairOutcome.Compared::comparison).toList())
        .relative();
  }

  private JudgedPair judged(AlignedPair opened, PairContext aligned, String stage)
      throws IOException {
    PairContext context = aligned;
    FirstLook look = FirstLook.at(context, pair.options());
    if (!look.same() && opened.undecoded().isPresent()) {
      return JudgedPair.ended(decoded(opened));
    }
    context = look.converted(context);
    SameOrder order = null;
    if (!look.same() && !context.structure().isKnown()) {
      order = UnknownStructure.sameOrder(context, pair.options());
      context = order.holds() ? context : UnknownStructure.found(context, pair.options());
    }
    StagedModel staged = new StagedModel(stage, context);
    MatchedPair matched = look.same() ? MatchedPair.same(context) : match(context, staged, order);
    Told told = judge(matched, look);
    if (told.judgement().verdict().isCopy()) {
      told = told.with(told.judgement().told(staged.unwritable(matched.resync())));
    }
    PairOutcome.Measured measured = measured(told.matched(), look, told, psi(opened, matched));
    long beside = look.bytesRead() + staged.bytesCompared();
    PairOutcome outcome = outcome(matched, told.judgement(), measured, beside);
    return new JudgedPair(outcome, matched.context(), staged, told.correction());
  }

  /**
   * What is said of a pair.
   *
   * @param findings what was done, with places
   * @param correction tells what can be undone besides the order
   * @param matched the pair, other bases undone
   * @param overlap how much of both sides answers to each other
   */
  private record Told(
      Judgement judgement,
      List<Finding> findings,
      JudgedPair.Undoing correction,
      MatchedPair matched,
      Overlap overlap) {
    /** By order alone, with nothing found yet. */
    static Told of(Judgement judgement, MatchedPair matched) {
      return new Told(
          judgement,
          List.of(),
          () -> Correction.of(matched),
          matched,
          matched.context().alignment().overlap());
    }

    Told with(Judgement other) {
      return new Told(other, findings, correction, matched, overlap);
    }

    Told with(List<Finding> others) {
      return new Told(judgement, others, correction, matched, overlap);
    }
  }

  /**
   * What the tensors that can be decoded say. Weights that cannot may be anything, so only a common
   * origin counts that shows without them.
   */
  private PairOutcome decoded(AlignedPair opened) throws IOException {
    String undecoded = opened.undecoded().orElseThrow();
    PairOutcome rest = judged(opened.decoded(), null).outcome();
    return rest.audited() && rest.verdict().isCopy()
        ? rest.judged(rest.judgement().overlapping(false, "; not compared: " + undecoded))
        : ended(Verdict.INCOMPARABLE, "not the same bytes, and " + undecoded);
  }

  /** An outcome of a pair that ends here. */
  PairOutcome ended(Verdict verdict, String reason) {
    return PairOutcome.ended(pair, verdict, reason, format, seconds());
  }

  /** Reads the headers of both sides. */
  private AlignedPair open(OpenedReference reference) {
    Store store = execution.store(pair, reference);
    Checkpoint suspect = Checkpoints.open(store, pair.suspect());
    format = suspect.format();
    return new AlignedPair(store, reference, suspect, pair.structure());
  }

  /** Which tensor answers to which, and how both are seen. */
  private static Alignment align(AlignedPair opened) throws IOException {
    return opened.alignment();
  }

  /**
   * Which neurons may have moved, and where they are found. Where nothing is known, matrices that
   * both sides pack alike are looked at on their own: their names may be known.
   */
  static PairContext structure(AlignedPair opened, Alignment alignment) throws IOException {
    Optional<Structure> known = opened.structure(alignment);
    Optional<Alignment> unpacked =
        known.isPresent() || alignment.hasParts() ? Optional.empty() : opened.unpacked();
    if (unpacked.isPresent()) {
      return opened.context(
          unpacked.get(), opened.structure(unpacked.get()).orElse(Structure.UNKNOWN));
    }
    return opened.context(alignment, known.orElse(Structure.UNKNOWN));
  }

  /** Puts the neurons back where a structure is known; else compares every tensor as it lies. */
  private MatchedPair match(PairContext context, StagedModel staged, SameOrder order)
      throws IOException {
    return context.structure().isKnown() && !Bases.isTurned(context, pair.options())
        ? match(context, staged).after(order)
        : inPlace(context, staged, order);
  }

  /** Compares every tensor as it lies. */
  private MatchedPair inPlace(PairContext context, StagedModel staged, SameOrder order)
      throws IOException {
    MatchResult inPlace = UnknownStructure.inPlace(order);
    List<TensorComparison> tensors = named(context, inPlace, compare(context, inPlace, staged));
    PairFacts facts = Facts.of(context, pair.options(), inPlace, tensors);
    return MatchedPair.of(context, inPlace, tensors, facts).after(order);
  }

  /**
   * Puts the neurons back and compares every tensor. An order that rests on sketches is staged at
   * once where a model is wanted, and compared while it is written: if all is equal, no tensor is
   * read a second time.
   */
  private MatchedPair match(PairContext context, StagedModel staged) throws IOException {
    MatchOptions options = options(context.reference(), context.suspect());
    try (MatchSession session = execution.match(context, options)) {
      ProposedOrder order = session.propose();
      boolean equal = order.restsOnSketches() && staged.writesTheReference(order.resync());
      MatchResult match = equal ? order.acceptAsEqual() : order.compare();
      List<TensorComparison> tensors = named(context, match, compare(context, match, staged));
      PairFacts facts = Facts.of(context, pair.options(), match, tensors);
      return MatchedPair.of(context, match, tensors, facts);
    }
  }

  /** What was compared, what differs by a convention alone as equal numbers. */
  private List<TensorComparison> named(
      PairContext context, MatchResult match, List<TensorComparison> tensors) throws IOException {
    List<TensorComparison> rounded =
        Conventions.products(
            context, pair.options(), PackingWords.numbers(context, tensors), match.resync());
    onePlus = OnePlus.in(context, pair.options(), rounded, match.resync());
    return onePlus.tensors();
  }

  /** The options with a seed that whoever made the files does not know. */
  private MatchOptions options(Checkpoint reference, Checkpoint suspect) {
    long seed = MatchSettings.seed(pair.options().seed(), reference, suspect);
    return pair.options().withSeed(seed);
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

  /** The verdict, its reason and the findings. */
  private Told judge(MatchedPair matched, FirstLook look) throws IOException {
    PairContext context = matched.context();
    Told told =
        matched.match() == null
            ? Told.of(same(context), matched)
            : conventional(judgeDifferences(matched));
    Judgement judgement =
        look.told(told.judgement(), context.alignment()).exchanged(context.alignment().exchanges());
    if (matched.order() != null) {
      judgement = UnknownStructure.told(judgement, context, matched.order());
    }
    Overlap overlap = told.overlap();
    judgement = judgement.overlapping(overlap.isWhole(), overlap.words());
    told = told.with(judgement);
    if (judgement.verdict().isCopy()) {
      boolean turned =
          told.findings().stream().anyMatch(found -> found.kind() == FindingKind.BASIS_CHANGED);
      List<Finding> conventions = Conventions.of(context, look, matched.tensors());
      told = turned ? told : placed(told, matched);
      told = told.with(Conventions.named(conventions, told.findings()));
    }
    return told.with(
        told.judgement()
            .told(context.alignment().conversions())
            .told(FoundStructure.words(context.structure()))
            .told(PackingWords.conversions(context.reference(), context.suspect())));
  }

  /** With what became of layers and of rows, which changes no verdict but that nothing changed. */
  private static Told placed(Told told, MatchedPair matched) throws IOException {
    List<Finding> layers = LayerFates.of(matched);
    // Rows in another basis are no rows of the reference, moved or not.
    if (told.findings().stream().anyMatch(f -> f.kind() == FindingKind.BASIS_CHANGED)) {
      List<Finding> all = Stream.concat(layers.stream(), told.findings().stream()).toList();
      return told.with(all)
          .with(told.judgement().overlapping(layers.isEmpty(), LayerFates.words(layers)));
    }
    RowFates rows = RowFates.of(matched, told.findings());
    List<Finding> all = Stream.concat(layers.stream(), rows.findings().stream()).toList();
    boolean whole = layers.isEmpty() && !rows.any();
    return told.with(all)
        .with(told.judgement().overlapping(whole, LayerFates.words(layers) + rows.words()));
  }

  /** By order, then, if that explains little, by other bases, by casts, or tensor by tensor. */
  private Told judgeDifferences(MatchedPair matched) throws IOException {
    MatchResult match = matched.match();
    PairFacts facts = matched.facts();
    Judgement judgement = Judge.judge(match, matched.changes(), matched.tensors(), facts);
    Map<String, float[]> undoneValues = new HashMap<>();
    boolean kept = correct && Correction.fits(matched.context());
    Optional<BasisChange> bases =
        Bases.find(
            matched,
            pair.options(),
            judgement,
            part -> {
              if (kept) {
                part.names().forEach(name -> undoneValues.put(name, part.values(name)));
              }
            });
    if (bases.isPresent()) {
      MatchedPair undone = Bases.pair(matched, bases.get());
      Overlap overlap = Bases.overlap(matched.context(), bases.get());
      return new Told(
          Bases.judgement(bases.get(), overlap.isWhole(), facts.roundoff()),
          Bases.findings(bases.get(), undone),
          () -> Correction.of(matched, pair.options(), bases.get(), undoneValues),
          undone,
          overlap);
    }
    Told told = Told.of(judgement, matched);
    return judgement.verdict().isCopy()
        ? explained(told, matched)
        : told.with(CopiedRows.judge(matched.context(), pair.options(), judgement));
  }

  /** With what explains the differences: a cast, one tensor by one, or a conversion. */
  private Told explained(Told told, MatchedPair matched) throws IOException {
    PairContext context = matched.context();
    Judgement judgement = told.judgement();
    boolean changed =
        judgement.verdict() == Verdict.DERIVED || judgement.verdict() == Verdict.RESCALED;
    String explanation =
        changed ? Explanation.of(context, pair.options(), matched.tensors(), matched.resync()) : "";
    if (explanation.startsWith(Explanation.CAST)) {
      return told.with(rounded(matched, judgement).told(explanation))
          .with(
              matched.tensors().stream()
                  .filter(tensor -> !tensor.sameValues())
                  .map(t -> Finding.explained(FindingKind.CAST, t.tensor(), t.relativeDifference()))
                  .toList());
    }
    SecondLook look =
        SecondLook.at(
            matched,
            pair.options(),
            Findings.of(matched.match(), matched.changes(), matched.tensors(), matched.facts()),
            execution);
    if (look.allRounded()) {
      judgement = rounded(matched, judgement);
    } else if (look.tellsBits()) {
      judgement = judgement.withoutBits();
    }
    judgement = look.tellsFactors() ? judgement : judgement.withoutNorms();
    judgement = look.rescaled(judgement).told(look.words());
    if (!changed || !explanation.isEmpty()) {
      return told.with(judgement.told(explanation)).with(look.findings());
    }
    ConvertedCopy copy = ConvertedCopy.of(pair, matched);
    boolean all = copy.words().equals(ConvertedCopy.FAITHFUL);
    return told.with((all ? judgement.withoutGuesses() : judgement).told(copy.words()))
        .with(copy.findings(look.findings()));
  }

  /** The judgement of numbers that were only rounded: norms that this moved were not scaled. */
  private static Judgement rounded(MatchedPair matched, Judgement judgement) {
    return judgement.verdict() == Verdict.RESCALED
        ? Judge.rounded(matched.match(), matched.changes(), matched.tensors(), matched.facts())
        : judgement.withoutGuesses();
  }

  /** With normalisation weights that differ by a convention named as that. */
  private Told conventional(Told told) {
    return told.with(told.judgement().told(onePlus.words()))
        .with(
            Stream.concat(
                    told.findings().stream()
                        .filter(finding -> !onePlus.names().contains(finding.tensor())),
                    onePlus.names().stream()
                        .map(name -> Finding.explained(FindingKind.CONVENTION, name, 1)))
                .toList());
  }

  private static Judgement same(PairContext context) throws IOException {
    int tensors = context.compared().size();
    if (context.compared().stream().allMatch(tensor -> tensor.shape().elements() == 0)) {
      return new Judgement(
          Verdict.UNDECIDED, "%d tensors without a number: nothing to compare".formatted(tensors));
    }
    return new Judgement(
        Verdict.IDENTICAL,
        PackingWords.sameParts(context)
            ? "all " + tensors + " tensors are the same bytes"
            : "all " + tensors + " tensors are the same values, stored in other codes and scales");
  }

  private PairOutcome.Measured measured(MatchedPair matched, FirstLook look, Told told, Psi psi) {
    PairContext context = matched.context();
    boolean found =
        told.judgement().verdict().isCopy()
            && context.structure().isKnown()
            && !context.alignment().keepsOwnLayout();
    return new PairOutcome.Measured(
        matched.match(),
        matched.changes(),
        told.findings(),
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
    byte[] json = TextFile.read(pair.store(), pair.truth()).getBytes(StandardCharsets.UTF_8);
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
        null,
        new PairOutcome.Facts(
            suspect.format(),
            suspect.tensors().stream().mapToLong(t -> t.shape().elements()).sum(),
            structure.name(),
            structure.groups().size(),
            structure.groups().stream().mapToLong(g -> g.units()).sum(),
            declared),
        measured,
        new PairOutcome.Effort(execution.bytesRead(context, beside), seconds()),
        Map.of(),
        Stream.of(
                context.alignment().notes(),
                unwritten(matched, judgement),
                suspect.notes(),
                claims,
                matched.match() == null ? List.<String>of() : matched.match().notes())
            .flatMap(List::stream)
            .toList());
  }

  private List<String> unwritten(MatchedPair matched, Judgement judgement) {
    boolean wanted = pair.stage() != null && judgement.verdict().isCopy();
    return wanted
        ? JudgedPair.whyNotWritten(matched.context(), matched.resync(), judgement.verdict())
            .stream()
            .map(why -> "re-synchronised model not written: " + why)
            .toList()
        : List.of();
  }

  /** What a failure at this point comes to. */
  PairFailure failure() {
    return new PairFailure(pair, format, seconds());
  }

  private double seconds() {
    return (System.nanoTime() - started) / 1e9;
  }
}
