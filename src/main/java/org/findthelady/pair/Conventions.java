package org.findthelady.pair;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.findthelady.align.BlockExcerpt;
import org.findthelady.align.Counterpart;
import org.findthelady.align.View;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
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
    for (Counterpart pair : context.alignment().counterparts()) {
      boolean fused = isFused(pair.reference()) != isFused(pair.suspect());
      boolean turned = (pair.reference().order() != null) != (pair.suspect().order() != null);
      if (fused) {
        found.add(finding(FindingKind.FUSED, pair.name(), same));
      }
      if (turned) {
        found.add(finding(FindingKind.TURNED, pair.name(), same));
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

  private static boolean isFused(View view) {
    return view.excerpt() instanceof BlockExcerpt;
  }

  private static Finding finding(FindingKind kind, String tensor, Map<String, Boolean> same) {
    return Finding.ofTensor(kind, tensor, 0, same.getOrDefault(tensor, true));
  }
}
