package org.findthelady.align;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.findthelady.core.TensorInfo;

/**
 * Names are the same once both sides are put in common words, by the vocabulary of each that knows
 * most of its names; prefixes of wrappers do not count.
 */
final class DeclaredRule {
  private static final String PREFIXES = "^(module|_orig_mod|model|transformer)\\.";

  /** A square weight is turned if that makes it so much more alike. */
  private static final double CLEARLY = 0.5;

  private final AlignmentBuilder draft;

  DeclaredRule(AlignmentBuilder draft) {
    this.draft = draft;
  }

  Alignment align() throws IOException {
    Map<String, TensorInfo> theirs = common(draft.suspectWords(), draft.theirs());
    Map<String, TensorInfo> ours = common(draft.referenceWords(), draft.ours());
    for (Map.Entry<String, TensorInfo> entry : ours.entrySet()) {
      TensorInfo our = entry.getValue();
      TensorInfo their = theirs.get(entry.getKey());
      if (their != null) {
        pair(our, their);
      }
    }
    return draft.finish();
  }

  private void pair(TensorInfo our, TensorInfo their) throws IOException {
    boolean real = draft.reference().isReal(our) && draft.suspect().isReal(their);
    if (!real && our.dtype() != their.dtype()) {
      return;
    }
    PairingRule rule = our.name().equals(their.name()) ? PairingRule.NAME : PairingRule.DECLARED;
    int[] order = order(our, their, real).orElse(null);
    if (order == null) {
      draft.differ(
          "tensor '%s': shape %s in the reference, '%s' has %s in the suspect"
              .formatted(our.name(), our.shape(), their.name(), their.shape()));
      draft.useOurs(our);
      draft.useTheirs(their);
      return;
    }
    draft.pair(
        draft.reference().view(our),
        draft.suspect().seen(their, our.name(), null, order),
        Map.of(),
        rule);
  }

  /** How the suspect's axes lie; empty if lengths do not fit. */
  private Optional<int[]> order(TensorInfo our, TensorInfo their, boolean real) throws IOException {
    List<int[]> fitting =
        Layouts.orders(our.shape().rank()).stream()
            .filter(order -> Layouts.fits(our.shape(), their.shape(), order))
            .toList();
    boolean open = real && draft.reference().isQuantised(our) != draft.suspect().isQuantised(their);
    if (fitting.size() < 2 || !open) {
      return fitting.stream().filter(o -> open || View.isStraight(o)).findFirst();
    }
    Profile one = draft.profile(draft.referenceSide(), draft.reference().view(our));
    Profile other = draft.profile(draft.suspectSide(), draft.suspect().view(their));
    int[] best = fitting.get(0);
    for (int[] order : fitting) {
      if (one.distance(other, order) < CLEARLY * one.distance(other, best)) {
        best = order;
      }
    }
    return Optional.of(best);
  }

  /** Tensors by common names. */
  private static Map<String, TensorInfo> common(
      Optional<Vocabulary> vocabulary, List<TensorInfo> tensors) {
    Map<String, TensorInfo> common = new LinkedHashMap<>();
    for (TensorInfo tensor : tensors) {
      String name = vocabulary.flatMap(v -> v.common(tensor.name())).orElse(tensor.name());
      common.putIfAbsent(name.replaceFirst(PREFIXES, ""), tensor);
    }
    return common;
  }
}
