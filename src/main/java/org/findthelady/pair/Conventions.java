package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.findthelady.align.BlockExcerpt;
import org.findthelady.align.Counterpart;
import org.findthelady.align.View;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.RotaryDigit;

/** Ways to lay out the same numbers in which the two sides differ. None of them is a change. */
final class Conventions {
  private Conventions() {}

  /**
   * One finding for a tensor and way.
   *
   * @param tensors what was compared, empty if all are the same bytes: a way explains a tensor if
   *     its numbers are the same
   */
  static List<Finding> of(PairContext context, FirstLook look, List<TensorComparison> tensors) {
    Map<String, Boolean> same =
        tensors.stream()
            .collect(
                Collectors.toMap(
                    TensorComparison::tensor, TensorComparison::sameValues, (a, b) -> a && b));
    List<Finding> found = new ArrayList<>();
    Set<String> factored = factored(context);
    for (Counterpart pair : context.alignment().counterparts()) {
      boolean fused = isFused(pair.reference()) != isFused(pair.suspect());
      boolean turned = (pair.reference().order() != null) != (pair.suspect().order() != null);
      if (fused) {
        found.add(finding(FindingKind.FUSED, pair.name(), same));
      }
      if (turned) {
        found.add(finding(FindingKind.TURNED, pair.name(), same));
      }
      if (factored.contains(pair.name())) {
        found.add(finding(FindingKind.FACTORED, pair.name(), same));
      }
    }
    if (look.conversion() != null) {
      context.structure().rotary().stream()
          .map(RotaryDigit::tensor)
          .collect(Collectors.toCollection(TreeSet::new))
          .forEach(name -> found.add(finding(FindingKind.ROTARY_LAYOUT, name, same)));
    }
    return found;
  }

  /** All findings; of factors it is not told once more that they are stored otherwise. */
  static List<Finding> named(List<Finding> conventions, List<Finding> others) {
    Set<String> factored =
        conventions.stream()
            .filter(finding -> finding.kind() == FindingKind.FACTORED)
            .map(Finding::tensor)
            .collect(Collectors.toSet());
    List<Finding> all = new ArrayList<>(others);
    all.removeIf(
        finding ->
            finding.kind() == FindingKind.STORED_OTHERWISE && factored.contains(finding.tensor()));
    all.addAll(conventions);
    return all;
  }

  /** The tensors that one side keeps as factors and the other as their product. */
  private static Set<String> factored(PairContext context) {
    Set<TensorInfo> ours = context.reference().packing().products();
    Set<TensorInfo> theirs = context.suspect().packing().products();
    return context.alignment().counterparts().stream()
        .filter(
            pair ->
                ours.contains(pair.reference().source())
                    != theirs.contains(pair.suspect().source()))
        .map(Counterpart::name)
        .collect(Collectors.toSet());
  }

  /**
   * What was compared, products that differ by rounding alone as equal numbers.
   *
   * @param tensors after {@code resync}
   */
  static List<TensorComparison> products(
      PairContext context,
      MatchOptions options,
      List<TensorComparison> tensors,
      GroupPermutations resync)
      throws IOException {
    Set<String> factored = factored(context);
    if (factored.isEmpty()) {
      return tensors;
    }
    Map<String, Counterpart> pairs = context.alignment().byReference();
    List<TensorComparison> all = new ArrayList<>();
    try (PairReaders readers = new PairReaders(context, options)) {
      for (TensorComparison tensor : tensors) {
        String name = tensor.tensor();
        boolean rounded =
            factored.contains(name)
                && !tensor.sameValues()
                && readers.cast().ofProducts(pairs.get(name), context.move(name, resync)).beyond()
                    == 0;
        all.add(rounded ? TensorComparison.sameNumbers(tensor) : tensor);
      }
    }
    return all;
  }

  private static boolean isFused(View view) {
    return view.excerpt() instanceof BlockExcerpt
        && view.shown().shape().elements() < view.source().shape().elements();
  }

  private static Finding finding(FindingKind kind, String tensor, Map<String, Boolean> same) {
    return Finding.ofTensor(kind, tensor, 0, same.getOrDefault(tensor, true));
  }
}
