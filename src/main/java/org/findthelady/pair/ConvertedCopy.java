package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.findthelady.align.Counterpart;
import org.findthelady.checkpoint.PackedWeight;
import org.findthelady.conversion.Conversion;
import org.findthelady.conversion.Fidelity;
import org.findthelady.conversion.TensorFidelity;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;

/**
 * Whether a suspect that is stored in another way than its reference is what that way makes of the
 * reference's numbers, and nothing more: the same check as {@code ftl verify-conversion}.
 *
 * @param words for a reason; empty if nothing is known
 * @param fidelities what is known of tensors that are stored otherwise, by the reference's names
 */
record ConvertedCopy(String words, Map<String, TensorFidelity> fidelities) {
  /** What is said of a suspect of which every tensor was checked and is right. */
  static final String FAITHFUL = "; a faithful conversion";

  private static final ConvertedCopy UNKNOWN = new ConvertedCopy("", Map.of());

  /** Looks at a pair whose numbers differ. */
  static ConvertedCopy of(PairRequest pair, MatchedPair matched) throws IOException {
    PairContext context = matched.context();
    Map<String, String> converted = converted(context);
    if (converted.isEmpty()) {
      return UNKNOWN;
    }
    Conversion conversion;
    try {
      conversion = ConversionPair.of(pair, context).check(context.structure(), matched.resync());
    } catch (CheckpointException | UserException e) {
      return UNKNOWN;
    }
    Map<String, TensorFidelity> fidelities = new HashMap<>();
    for (TensorFidelity tensor : conversion.tensors()) {
      String name = converted.get(tensor.converted());
      if (name != null && tensor.fidelity() != Fidelity.NOT_ALL_CHECKED) {
        fidelities.put(name, tensor);
      }
    }
    return fidelities.isEmpty()
        ? UNKNOWN
        : new ConvertedCopy(words(fidelities, converted.size()), fidelities);
  }

  /** Names of the reference by those of the suspect's tensors that are stored otherwise. */
  private static Map<String, String> converted(PairContext context) {
    Map<TensorInfo, PackedWeight> ours = context.reference().packing().byShown();
    Map<TensorInfo, PackedWeight> theirs = context.suspect().packing().byShown();
    Map<String, String> converted = new HashMap<>();
    for (Counterpart pair : context.alignment().counterparts()) {
      TensorInfo our = pair.reference().source();
      TensorInfo their = pair.suspect().source();
      Optional<String> before = codes(ours.get(our));
      Optional<String> after = codes(theirs.get(their));
      boolean narrowed = pair.isRounded() || !our.dtype().equals(their.dtype());
      if (after.isPresent() ? !after.equals(before) : narrowed && before.isEmpty()) {
        converted.put(their.name(), pair.name());
      }
    }
    return converted;
  }

  /** The scheme of codes; empty for real numbers, products of such too. */
  private static Optional<String> codes(PackedWeight weight) {
    return Optional.ofNullable(weight).filter(w -> !w.isProduct()).map(PackedWeight::scheme);
  }

  private static String words(Map<String, TensorFidelity> fidelities, int converted) {
    List<TensorFidelity> wrong =
        fidelities.values().stream()
            .filter(tensor -> tensor.fidelity() == Fidelity.NOT_FAITHFUL)
            .sorted((a, b) -> a.original().compareTo(b.original()))
            .toList();
    boolean tolerated =
        fidelities.values().stream().anyMatch(t -> t.fidelity() == Fidelity.WITHIN_TOLERANCE);
    String kind = tolerated ? "; a conversion within the tolerance of its scheme" : FAITHFUL;
    if (wrong.isEmpty()) {
      String seen =
          fidelities.size() == converted
              ? kind
              : kind + " as far as %d of %d tensors show".formatted(fidelities.size(), converted);
      return tolerated ? seen + ", in which single changed codes may hide" : seen;
    }
    if (2 * wrong.size() > fidelities.size()) {
      return "; more than a conversion: %d of %d converted tensors have numbers that rounding does not explain"
          .formatted(wrong.size(), fidelities.size());
    }
    TensorFidelity first = wrong.get(0);
    return "%s but for %d of %d tensors, such as '%s'%s"
        .formatted(kind, wrong.size(), fidelities.size(), first.original(), place(first));
  }

  private static String place(TensorFidelity tensor) {
    return tensor.blocks().isEmpty()
        ? ""
        : " from block %d on".formatted(tensor.blocks().get(0).block());
  }

  /**
   * Findings with what is known of conversions in the place of what was guessed from their numbers.
   *
   * @param found before
   */
  List<Finding> findings(List<Finding> found) {
    List<Finding> findings = new ArrayList<>();
    Set<String> told = new HashSet<>();
    for (Finding finding : found) {
      TensorFidelity tensor = fidelities.get(finding.tensor());
      if (tensor == null || tensor.fidelity() == Fidelity.NOT_FAITHFUL) {
        findings.add(finding);
      } else if (told.add(finding.tensor())) {
        findings.add(Finding.explained(FindingKind.CONVERTED, finding.tensor(), tensor.steps()));
      }
    }
    fidelities.entrySet().stream()
        .filter(entry -> entry.getValue().fidelity() == Fidelity.NOT_FAITHFUL)
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            entry ->
                findings.add(
                    Finding.ofTensor(
                        FindingKind.BEYOND_CONVERSION,
                        entry.getKey(),
                        (double) entry.getValue().codes(),
                        false)));
    return findings;
  }
}
