package org.findthelady.pair;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.findthelady.align.Alignment;
import org.findthelady.align.Counterpart;
import org.findthelady.align.View;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.Store;
import org.findthelady.conversion.CheckedTensor;
import org.findthelady.conversion.Conversion;
import org.findthelady.conversion.ConversionJudge;
import org.findthelady.conversion.Fidelity;
import org.findthelady.conversion.ScaledInputs;
import org.findthelady.conversion.TensorCheck;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * An original and what was converted from it. The converted checkpoint is the reference of the
 * pair: its blocks stay as they lie, and the original is gathered into its order.
 */
public final class ConversionPair {
  private final PairRequest pair;
  private final Execution execution;
  private final PairContext context;
  private final Set<String> misread;

  /**
   * @param misread tensors whose rotary rows do not lie as their names say
   */
  private ConversionPair(
      PairRequest pair, Execution execution, PairContext context, Set<String> misread) {
    this.pair = pair;
    this.execution = execution;
    this.context = context;
    this.misread = misread;
  }

  /**
   * Opens and aligns both.
   *
   * @param pair the converted checkpoint as reference, the original as suspect
   * @throws CheckpointException if one cannot be read, or their tensors do not answer to each other
   */
  public static ConversionPair open(PairRequest pair, Execution execution) throws IOException {
    OpenedReference converted;
    try {
      converted = execution.reference(pair);
    } catch (CheckpointException e) {
      String message = e.getMessage().replaceFirst("^reference ", "converted ");
      throw new CheckpointException(e.reason(), message, e);
    }
    Store store = execution.store(pair, converted);
    return of(
        pair,
        execution,
        new AlignedPair(
            store, converted, Checkpoints.open(store, pair.suspect()), pair.structure()));
  }

  /**
   * The suspect of an audited pair as what was converted from its reference; in this thread.
   *
   * @throws CheckpointException if their tensors do not answer to each other so
   */
  static ConversionPair of(PairRequest pair, PairContext audited) throws IOException {
    String converted = pair.suspect();
    String original = pair.reference();
    PairRequest turned =
        new PairRequest(
            pair.id(),
            converted,
            original,
            pair.structure(),
            pair.options(),
            pair.store(),
            null,
            null);
    OpenedReference reference =
        OpenedReference.of(audited.store(), audited.suspect(), pair.structure());
    LocalExecution execution = new LocalExecution();
    execution.store(turned, reference);
    return of(
        turned,
        execution,
        new AlignedPair(audited.store(), reference, audited.reference(), pair.structure()));
  }

  private static ConversionPair of(PairRequest pair, Execution execution, AlignedPair opened)
      throws IOException {
    Alignment alignment = opened.alignment();
    if (!alignment.holds()) {
      throw new CheckpointException(
          Reason.UNSUPPORTED,
          "%s is not a conversion of %s: %s"
              .formatted(pair.reference(), pair.suspect(), alignment.summary()));
    }
    PairContext context = PairRecipe.structure(opened, alignment);
    if (!alignment.keepsOwnLayout()) {
      // Under the same names rotary rows in another layout are no conversion.
      return new ConversionPair(pair, execution, context, Set.of());
    }
    FirstLook look = FirstLook.at(context, pair.options());
    return new ConversionPair(
        pair,
        execution,
        look.converted(context),
        RotaryNames.broken(context, look.conversion() != null));
  }

  /**
   * Checks all tensors, several at a time: in the order in which the neurons lie; if that fails, in
   * the one that matching finds. The better of both is told.
   */
  public Conversion check() throws IOException {
    Conversion inPlace = in(GroupPermutations.identity());
    if (inPlace.fidelity() != Fidelity.NOT_FAITHFUL) {
      return inPlace;
    }
    Optional<GroupPermutations> order = matched();
    if (order.isEmpty() || order.get().equals(GroupPermutations.identity())) {
      return inPlace;
    }
    Conversion matched = in(order.get());
    // Rows that were swapped in one tensor are that, and not all other tensors swapped.
    boolean better =
        matched.wrong() == inPlace.wrong()
            ? matched.codes() < inPlace.codes()
            : matched.wrong() < inPlace.wrong();
    return !better
        ? inPlace
        : matched.noted("the neurons lie in another order, which was put right first");
  }

  /**
   * The same where an order is known from matching the other way round. It is trusted where most
   * tensors are right in it; the structure that is seen from the converted checkpoint may be
   * another one, in which it means nothing.
   *
   * @param matched structure that the order is for
   * @param order that brings the converted checkpoint's neurons to the original's
   */
  Conversion check(Structure matched, GroupPermutations order) throws IOException {
    if (!List.copyOf(context.structure().groups()).equals(List.copyOf(matched.groups()))) {
      return check();
    }
    Conversion known = in(order.inverse(matched));
    return 2 * known.wrong() < known.tensors().size() ? known : check();
  }

  private Conversion in(GroupPermutations order) throws IOException {
    TensorCheck check = new TensorCheck(context.store(), context.reference(), context.suspect());
    Map<String, Move> moves = context.moves(order);
    Map<TensorInfo, View> views = new HashMap<>();
    context.alignment().suspectViews().forEach(view -> views.putIfAbsent(view.shown(), view));
    List<ScaledInputs.Source> sources =
        context.alignment().counterparts().stream()
            .map(pair -> source(pair, views, moves.get(pair.name())))
            .toList();
    try {
      List<CheckedTensor> checked =
          sources.parallelStream().map(source -> checked(check, source)).toList();
      List<CheckedTensor> explained = new ScaledInputs(check, sources, checked).explained();
      Conversion found = new ConversionJudge(explained).conversion(context.alignment().overlap());
      return misread.isEmpty()
          ? found
          : found.without(
              misread,
              "rotary rows of %d tensors do not lie in the layout that their names stand for, so that other pairs are turned"
                  .formatted(misread.size()));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static ScaledInputs.Source source(
      Counterpart pair, Map<TensorInfo, View> views, Move move) {
    return new ScaledInputs.Source(pair, views.getOrDefault(move.source(), pair.suspect()), move);
  }

  private static CheckedTensor checked(TensorCheck check, ScaledInputs.Source source) {
    try {
      return check.run(source.pair(), source.from(), source.move());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The order that brings the original's neurons to the converted one's; empty if none is known.
   */
  private Optional<GroupPermutations> matched() throws IOException {
    Structure structure = context.structure();
    if (!structure.isKnown() || structure.groups().isEmpty()) {
      return Optional.empty();
    }
    try (MatchSession session = execution.match(context, pair.options())) {
      return Optional.of(session.propose().resync());
    }
  }
}
