package org.findthelady.pair;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.findthelady.align.Alignment;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.rows.RotaryRecognition;
import org.findthelady.match.verdict.Judge;
import org.findthelady.match.verdict.Judgement;
import org.findthelady.match.verdict.NeuronChanges;
import org.findthelady.perturb.PermutationFile;
import org.findthelady.perturb.Psi;
import org.findthelady.spark.Task;
import org.findthelady.storage.Locations;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges one suspect against one reference. Whatever is wrong with the suspect becomes a verdict;
 * only a bad request is thrown.
 */
public final class PairAudit implements Task<PairRequest, PairOutcome> {
  private static final long serialVersionUID = 1;

  private static final Logger LOG = LoggerFactory.getLogger(PairAudit.class);

  /** Where putting neurons back means something. */
  private static final Set<Verdict> WRITTEN =
      Set.of(Verdict.IDENTICAL, Verdict.PERMUTED, Verdict.RESCALED, Verdict.DERIVED);

  @Override
  public PairOutcome run(PairRequest pair) {
    return audit(pair, new LocalExecution());
  }

  /** Judges a pair, its heavy steps run by {@code execution}. */
  public PairOutcome audit(PairRequest pair, Execution execution) {
    long started = System.nanoTime();
    String format = "";
    try {
      OpenedReference opened = execution.reference(pair);
      Store store = execution.store(pair, opened);
      Checkpoint reference = opened.checkpoint();
      Checkpoint suspect = Checkpoints.open(store, pair.suspect());
      format = suspect.format();
      AlignedPair aligned = new AlignedPair(store, opened, suspect, pair.structure());
      Alignment alignment = aligned.alignment();
      if (!alignment.holds()) {
        return PairOutcome.ended(
            pair, Verdict.INCOMPARABLE, alignment.summary(), format, seconds(started));
      }
      Structure structure = aligned.structure(alignment);
      PairContext context =
          new PairContext(store, structure, reference, suspect, alignment, Map.of());
      return judge(pair, context, aligned, alignment.notes(), execution, started);
    } catch (CheckpointException e) {
      return PairOutcome.ended(
          pair, Verdict.UNREADABLE, e.reason() + ": " + e.getMessage(), format, seconds(started));
    } catch (UserException e) {
      return PairOutcome.ended(
          pair, Verdict.INCOMPARABLE, e.getMessage(), format, seconds(started));
    } catch (IOException e) {
      String reason = CheckpointException.Reason.IO + ": " + pair.suspect() + ": " + e.getMessage();
      return PairOutcome.ended(pair, Verdict.UNREADABLE, reason, format, seconds(started));
    } catch (OutOfMemoryError | StackOverflowError e) {
      String reason = CheckpointException.Reason.LIMIT + ": " + pair.suspect() + ": " + e;
      return PairOutcome.ended(pair, Verdict.UNREADABLE, reason, format, seconds(started));
    } catch (RuntimeException e) {
      LOG.error("{}: unexpected failure", pair.suspect(), e);
      return PairOutcome.ended(
          pair, Verdict.UNDECIDED, "internal error: " + e, format, seconds(started));
    }
  }

  /**
   * Opens a reference before anything else is done.
   *
   * @throws UserException if it cannot be read: without it there is nothing to compare with
   */
  public static void requireReference(Store store, String id, String path) {
    try {
      Checkpoints.open(store, path);
    } catch (CheckpointException e) {
      throw new UserException(
          "reference '%s': %s: %s".formatted(id, e.reason(), e.getMessage()), e);
    }
  }

  private static PairOutcome judge(
      PairRequest pair,
      PairContext opened,
      AlignedPair aligned,
      List<String> notes,
      Execution execution,
      long started)
      throws IOException {
    PairContext context = opened;
    Structure structure = context.structure();
    String layout = "";
    MatchResult match = null;
    List<TensorComparison> tensors = List.of();
    List<NeuronChanges> changes = List.of();
    Judgement judgement;
    boolean same;
    long looked;
    RotaryRecognition.Conversion conversion;
    try (PairReaders readers = new PairReaders(context, pair.options())) {
      same = readers.sameBytes();
      conversion = same ? null : readers.conversion();
      if (conversion != null) {
        context = context.with(conversion);
        layout =
            "; %s were converted to %s, which changes nothing"
                .formatted(conversion.from().plainWords(), conversion.to().plainWords());
      }
      looked = readers.bytesRead();
    }
    StagedModel output = new StagedModel(pair, context);
    if (same) {
      int count = context.compared().size();
      judgement = new Judgement(Verdict.IDENTICAL, "all " + count + " tensors are the same bytes");
    } else {
      long seed = MatchSettings.seed(pair.options().seed(), context.reference(), context.suspect());
      match = execution.match(context, pair.options().withSeed(seed), output);
      tensors = comparisons(context, pair, match, execution, output);
      changes = match.groups().stream().map(NeuronChanges::of).toList();
      judgement = Judge.judge(match, changes, tensors, structure::isCompanion).after(layout);
    }
    GroupPermutations resync = match == null ? GroupPermutations.identity() : match.resync();
    judgement =
        judgement
            .told(context.alignment().conversions())
            .told(explained(context, pair, judgement, tensors, resync));
    Map<String, String> written = Map.of();
    if (pair.stage() != null && WRITTEN.contains(judgement.verdict())) {
      written = output.write(resync);
    } else {
      output.discard();
    }
    return new PairOutcome(
        pair,
        judgement,
        context.suspect().format(),
        structure.name(),
        structure.groups().size(),
        structure.groups().stream().mapToLong(g -> g.leaves()).sum(),
        match,
        found(pair, context, judgement.verdict(), conversion, resync),
        changes,
        compared(context, tensors),
        psi(pair, context, aligned, resync),
        context.suspect().tensors().stream().mapToLong(t -> t.shape().elements()).sum(),
        execution.bytesRead(context, looked + output.bytesCompared()),
        seconds(started),
        written,
        false,
        Stream.of(
                notes, context.suspect().notes(), match == null ? List.<String>of() : match.notes())
            .flatMap(List::stream)
            .toList());
  }

  private static PermutationFile found(
      PairRequest pair,
      PairContext context,
      Verdict verdict,
      RotaryRecognition.Conversion conversion,
      GroupPermutations resync) {
    return WRITTEN.contains(verdict) && !context.alignment().keepsOwnLayout()
        ? new PermutationFile(
            context.structure().name(), pair.options().seed(), List.of(), conversion, resync)
        : null;
  }

  private static String explained(
      PairContext context,
      PairRequest pair,
      Judgement judgement,
      List<TensorComparison> tensors,
      GroupPermutations resync)
      throws IOException {
    return judgement.verdict() == Verdict.DERIVED || judgement.verdict() == Verdict.RESCALED
        ? Explanation.of(context, pair.options(), tensors, resync)
        : "";
  }

  /** What the matcher compared, and the tensors that it does not know or has not seen stored. */
  private static List<TensorComparison> comparisons(
      PairContext context,
      PairRequest pair,
      MatchResult match,
      Execution execution,
      StagedModel output)
      throws IOException {
    Map<String, TensorComparison> known = new HashMap<>();
    match.tensors().forEach(comparison -> known.put(comparison.tensor(), comparison));
    List<TensorInfo> tensors = context.compared();
    context.alignment().counterparts().stream()
        .filter(c -> c.storedAlike() && !c.suspect().isStored())
        .forEach(c -> known.remove(c.name()));
    List<TensorInfo> left = tensors.stream().filter(t -> !known.containsKey(t.name())).toList();
    List<TensorComparison> compared =
        output.isSame(match.resync())
            ? left.stream().map(t -> TensorComparison.same(t.name(), t.shape())).toList()
            : execution.compare(context, pair.options(), left, match.resync());
    compared.forEach(comparison -> known.put(comparison.tensor(), comparison));
    return tensors.stream().map(tensor -> known.get(tensor.name())).toList();
  }

  private static List<PairOutcome.Compared> compared(
      PairContext context, List<TensorComparison> tensors) {
    List<PairOutcome.Compared> compared = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      var tensor = context.compared().get(i);
      compared.add(new PairOutcome.Compared(tensors.get(i), tensor.dtype(), tensor.shape()));
    }
    return compared;
  }

  /** Scores against what was done to the suspect, told in its own groups if it has some. */
  private static Psi psi(
      PairRequest pair, PairContext context, AlignedPair aligned, GroupPermutations resync)
      throws IOException {
    if (pair.truth() == null) {
      return null;
    }
    Structure structure = context.structure();
    Structure own = structure;
    if (context.alignment().keepsOwnLayout()) {
      own = aligned.ofSuspect().orElse(structure);
    }
    byte[] json = Locations.text(pair.store(), pair.truth()).getBytes(StandardCharsets.UTF_8);
    GroupPermutations truth =
        PermutationFile.read(new ByteArrayInputStream(json), own).assignment();
    return Psi.of(
        structure,
        own == structure ? truth : context.alignment().regrouped(truth, structure, own),
        resync);
  }

  private static double seconds(long started) {
    return (System.nanoTime() - started) / 1e9;
  }
}
