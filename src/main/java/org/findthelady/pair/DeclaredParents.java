package org.findthelady.pair;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.findthelady.core.Location;
import org.findthelady.core.Verdict;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;

/**
 * Holds what a suspect says of its parents, in its model card, its GGUF header or its registry,
 * against what was found. A name stands for a reference if its last part is that of the reference's
 * id or path.
 */
final class DeclaredParents {
  private DeclaredParents() {}

  /**
   * An outcome with a finding for each parent that is declared and contradicted.
   *
   * @param outcome with what came of each reference
   * @param declared names of parents
   */
  static PairOutcome told(PairOutcome outcome, List<String> declared) {
    if (declared.isEmpty() || !outcome.audited()) {
      return outcome;
    }
    List<Finding> findings = new ArrayList<>();
    StringBuilder words = new StringBuilder();
    boolean copy = outcome.verdict().isCopy();
    boolean supported =
        declared.stream()
            .flatMap(name -> outcome.comparisons().stream().filter(c -> isMeant(name, c)))
            .anyMatch(DeclaredParents::isParent);
    for (String name : declared) {
      List<Comparison> meant =
          outcome.comparisons().stream().filter(c -> isMeant(name, c)).toList();
      boolean refuted =
          meant.stream().anyMatch(c -> c.verdict() == Verdict.UNRELATED && c.share() == null);
      FindingKind kind =
          refuted && meant.stream().noneMatch(DeclaredParents::isParent)
              ? FindingKind.DECLARED_PARENT_REFUTED
              : copy && !supported ? FindingKind.OTHER_PARENT_DECLARED : null;
      if (kind != null) {
        findings.add(Finding.ofTensor(kind, name, Double.NaN, false));
        words.append("; ").append(kind.plainWords()).append(", '").append(name).append("'");
      }
    }
    return findings.isEmpty() ? outcome : outcome.declaring(findings, words.toString());
  }

  private static boolean isParent(Comparison comparison) {
    boolean copy = comparison.verdict() != null && comparison.verdict().isCopy();
    return copy || comparison.share() != null;
  }

  private static boolean isMeant(String name, Comparison comparison) {
    String last = last(name);
    return last.equals(last(comparison.referenceId()))
        || last(comparison.referenceId()).startsWith(last + "/")
        || last.equals(last(Location.of(comparison.reference()).path()));
  }

  /**
   * The last part of a name or path, without a revision and an ending. A number is the version of
   * what stands before it, {@code net/3}, and says nothing alone.
   */
  private static String last(String name) {
    String part = name.replaceAll("/+$", "").replaceAll("@[^/]*$", "");
    int cut = part.lastIndexOf('/');
    if (part.substring(cut + 1).matches("[0-9]+")) {
      cut = part.lastIndexOf('/', cut - 1);
    }
    part = part.substring(cut + 1);
    return part.replaceAll("\\.(safetensors|gguf|onnx|pth?|bin|h5|keras)$", "")
        .toLowerCase(Locale.ROOT);
  }
}
