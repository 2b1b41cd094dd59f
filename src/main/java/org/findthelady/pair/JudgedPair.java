package org.findthelady.pair;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.core.Verdict;
import org.findthelady.structure.GroupPermutations;

/**
 * A pair that was judged, held so that its suspect can be written without judging it again.
 *
 * @param outcome without a written model
 * @param context null if the pair ended before it was matched
 * @param staged the suspect, if it was written while it was compared; null like the context
 * @param correction tells what can be undone besides the order; null like the context
 */
public record JudgedPair(
    PairOutcome outcome, PairContext context, StagedModel staged, Undoing correction) {
  /** Makes a correction where one is asked for. */
  interface Undoing {
    Correction correction() throws IOException;
  }

  /** A pair that ended before it was matched. */
  static JudgedPair ended(PairOutcome outcome) {
    return new JudgedPair(outcome, null, null, null);
  }

  /**
   * This pair with what came of all references of its suspect, and what it was merged from.
   *
   * @param declared parents that a registry says it has, beside those that its own files name
   */
  public JudgedPair compared(
      List<Comparison> comparisons, Optional<Parents.Merge> merge, List<String> declared) {
    List<String> all =
        Stream.concat(outcome.declared().stream(), declared.stream()).distinct().toList();
    PairOutcome told = DeclaredParents.told(outcome.compared(comparisons, merge), all);
    return new JudgedPair(told, context, staged, correction);
  }

  /** The suspect's files as they were read; empty if the pair ended before it was matched. */
  public Optional<List<FileInfo>> files() {
    return Optional.ofNullable(context).map(read -> read.suspect().files());
  }

  /** Why the suspect must not be written in that order; empty if it may. */
  Optional<String> whyNotWritten() {
    return context == null ? Optional.empty() : whyNotWritten(context, resync(), outcome.verdict());
  }

  /** An order that makes every tensor the reference's own bytes needs no proof of its groups. */
  static Optional<String> whyNotWritten(
      PairContext context, GroupPermutations resync, Verdict verdict) {
    return context
        .alignment()
        .whyNotWritten()
        .filter(why -> !resync.equals(GroupPermutations.identity()))
        .or(() -> whyStateDoesNotFollow(context))
        .or(
            () ->
                verdict == Verdict.PERMUTED
                    ? Optional.empty()
                    : FoundStructure.whyNotWritten(context.structure(), resync));
  }

  /** Training state knows its parameter by name alone. */
  private static Optional<String> whyStateDoesNotFollow(PairContext context) {
    return context.alignment().isExchanged()
            && context.compared().stream()
                .anyMatch(tensor -> context.structure().isCompanion(tensor.name()))
        ? Optional.of("its training state would not follow tensors under each other's names")
        : Optional.empty();
  }

  /** What puts the suspect in the reference's order. */
  GroupPermutations resync() {
    return outcome.match() == null ? GroupPermutations.identity() : outcome.match().resync();
  }
}
