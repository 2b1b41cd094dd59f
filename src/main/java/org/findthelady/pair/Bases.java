package org.findthelady.pair;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.findthelady.align.Overlap;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.Verdict;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.basis.BasisChange;
import org.findthelady.match.basis.BasisSearch;
import org.findthelady.match.basis.FoldedNorms;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.verdict.Difference;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.match.verdict.Findings;
import org.findthelady.match.verdict.Judgement;
import org.findthelady.structure.GroupPermutations;

/** Looks whether a suspect that no order explains is the reference in other bases. */
final class Bases {
  private static final Set<Verdict> OPEN =
      EnumSet.of(Verdict.RESCALED, Verdict.DERIVED, Verdict.UNRELATED, Verdict.UNDECIDED);

  /** Numbers of a small model: 128 MiB. */
  private static final long SMALL_ELEMENTS = 1 << 25;

  private Bases() {}

  /**
   * What other bases explain beyond order.
   *
   * @param judgement by order alone
   * @param parts receives the suspect part by part once its bases are undone, also if that explains
   *     no more
   * @return nothing if they explain no more
   */
  static Optional<BasisChange> find(
      MatchedPair matched, MatchOptions options, Judgement judgement, BasisSearch.Undone parts)
      throws IOException {
    Optional<BasisChange> folded =
        judgement.verdict() == Verdict.DERIVED && isSmall(matched.context())
            ? folded(matched, options, parts)
            : Optional.empty();
    if (folded.isPresent()) {
      return folded;
    }
    double relative = Difference.of(matched.tensors()).relative();
    if (!OPEN.contains(judgement.verdict())
        || !isFar(matched.context(), relative, matched.tensors())) {
      return Optional.empty();
    }
    return undone(matched.context(), matched.resync(), options, parts)
        .filter(change -> !change.undone().isEmpty())
        .filter(
            change ->
                judgement.verdict() != Verdict.RESCALED
                    || (change.isTurned() && change.isExact(matched.facts().roundoff())))
        .filter(change -> change.relative() < Thresholds.BASIS_EXPLAINS * relative);
  }

  /** Whether more differs than a change that keeps the basis makes. */
  private static boolean isFar(
      PairContext context, double relative, List<TensorComparison> tensors) {
    boolean turned =
        tensors.stream()
            .anyMatch(tensor -> tensor.relativeDifference() > Thresholds.BASIS_LEAST_OF_MANY);
    return relative > Thresholds.BASIS_LEAST && (turned || isSmall(context));
  }

  /** Whether a model is held in memory whole. */
  private static boolean isSmall(PairContext context) {
    return context.compared().stream().mapToLong(tensor -> tensor.shape().elements()).sum()
        <= SMALL_ELEMENTS;
  }

  /**
   * Whether no order needs to be looked for: a large model whose stream was turned. To match what
   * has no order takes longer than all else.
   */
  static boolean isTurned(PairContext context, MatchOptions options) throws IOException {
    if (context.structure().rotary().isEmpty() || isSmall(context)) {
      return false;
    }
    try (PairReaders readers = new PairReaders(context, options)) {
      return BasisSearch.isTurned(
          context.structure(), readers.referenceWeights(0), readers.suspectWeights(0));
    }
  }

  private static Optional<BasisChange> folded(
      MatchedPair matched, MatchOptions options, BasisSearch.Undone parts) throws IOException {
    PairContext context = matched.context();
    try (PairReaders readers = new PairReaders(context, options)) {
      return FoldedNorms.find(
          context.structure(),
          readers.referenceWeights(0),
          readers.suspectWeights(0),
          matched.match(),
          matched.tensors(),
          parts);
    }
  }

  private static Optional<BasisChange> undone(
      PairContext context, GroupPermutations found, MatchOptions options, BasisSearch.Undone parts)
      throws IOException {
    try (PairReaders readers = new PairReaders(context, options)) {
      return BasisSearch.find(
          context.structure(),
          readers.referenceWeights(0),
          readers.suspectWeights(0),
          found,
          options,
          parts);
    }
  }

  /**
   * The pair once bases are undone: what differs by rounding counts as equal, and what was not
   * looked at stays as it was found.
   */
  static MatchedPair pair(MatchedPair matched, BasisChange change) {
    List<TensorComparison> tensors =
        matched.tensors().stream()
            .map(tensor -> change.tensors().getOrDefault(tensor.tensor(), tensor))
            .map(
                tensor ->
                    tensor.relativeDifference() <= Thresholds.BASIS_ROUNDING && !tensor.bytesEqual()
                        ? TensorComparison.sameNumbers(tensor)
                        : tensor)
            .toList();
    return MatchedPair.of(matched.context(), change.match(), tensors, matched.facts())
        .after(matched.order());
  }

  /**
   * The judgement on a change of basis.
   *
   * @param whole whether all tensors of both sides were compared
   * @param roundoff largest relative error of the types that store the weights
   */
  static Judgement judgement(BasisChange change, boolean whole, double roundoff) {
    boolean exact = change.isExact(roundoff);
    String rounding = whole ? ": rounding; the function is kept" : ": rounding";
    String end = exact ? rounding : ": the weights were changed besides";
    String left =
        change.left().isEmpty()
            ? ""
            : "; %d tensors are too large to be brought back and were not compared, for example '%s'"
                .formatted(change.left().size(), change.left().get(0));
    return new Judgement(
        exact ? Verdict.ROTATED : Verdict.DERIVED,
        String.format(
            Locale.ROOT,
            "%s; once that is undone, the relative difference is %.2g%s%s",
            change.undone().stream()
                .map(BasisChange.Undone::words)
                .collect(Collectors.joining(", ")),
            change.relative(),
            end,
            left));
  }

  /** How much answers to each other, with tables that the suspect alone has in another basis. */
  static Overlap overlap(PairContext context, BasisChange change) throws IOException {
    Overlap overlap = context.alignment().overlap();
    Set<String> tables = new TreeSet<>();
    try (TensorReader suspect = PairReaders.suspect(context)) {
      for (TensorInfo tensor : overlap.theirs()) {
        Shape shape = tensor.shape();
        if (shape.rank() == 2
            && tensor.dtype().floating()
            && shape.elements() <= Integer.MAX_VALUE / 8
            && change.tables().have(tensor.name(), shape, suspect.readFloats(tensor))) {
          tables.add(tensor.name());
        }
      }
    }
    return overlap.explained(
        tables, "in that basis a table of the reference too: " + String.join(", ", tables));
  }

  /** The same as findings, and what was changed besides. */
  static List<Finding> findings(BasisChange change, MatchedPair undone) {
    boolean exact = change.isExact(undone.facts().roundoff());
    Stream<Finding> bases =
        change.undone().stream()
            .map(
                one ->
                    new Finding(
                        FindingKind.BASIS_CHANGED,
                        one.place(),
                        "",
                        -1,
                        -1,
                        change.relative(),
                        exact,
                        1));
    List<Finding> besides =
        exact
            ? List.of()
            : Findings.of(
                undone.match(),
                undone.changes(),
                undone.tensors(),
                undone.facts(),
                Thresholds.BASIS_ROUNDING);
    return Stream.concat(
            bases, besides.stream().filter(one -> one.kind() != FindingKind.STORED_OTHERWISE))
        .toList();
  }
}
