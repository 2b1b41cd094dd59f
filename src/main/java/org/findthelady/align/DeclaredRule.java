package org.findthelady.align;

import java.io.IOException;
import java.util.ArrayList;
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

  private final Draft draft;

  DeclaredRule(Draft draft) {
    this.draft = draft;
  }

  Alignment align() throws IOException {
    Map<String, TensorInfo> theirs = common(draft.suspect(), draft.theirs(), "suspect", false);
    Map<String, TensorInfo> ours = common(draft.reference(), draft.ours(), "reference", true);
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
    Rule rule = our.name().equals(their.name()) ? Rule.NAME : Rule.DECLARED;
    int[] order = order(our, their, real).orElse(null);
    if (order == null) {
      draft.differ(
          "tensor '%s': shape %s in the reference, '%s' has %s in the suspect"
              .formatted(our.name(), our.shape(), their.name(), their.shape()));
      draft.useOurs(our);
      draft.useTheirs(their);
      return;
    }
    boolean straight = View.isStraight(order);
    View suspect =
        straight && !draft.suspect().isQuantised(their)
            ? View.stored(their)
            : draft.suspect().view(their, our.name(), null, order);
    draft.pair(draft.reference().view(our), suspect, Map.of(), rule);
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

  /** Tensors by common names; those that are ignored are used up. */
  private Map<String, TensorInfo> common(
      Stored side, List<TensorInfo> tensors, String whose, boolean reference) {
    Optional<Vocabulary> vocabulary = vocabulary(tensors);
    Map<String, TensorInfo> common = new LinkedHashMap<>();
    List<String> ignored = new ArrayList<>();
    for (TensorInfo tensor : tensors) {
      if (vocabulary.isPresent() && vocabulary.get().ignores(tensor.name())) {
        ignored.add(tensor.name());
        if (reference) {
          draft.useOurs(tensor);
        } else {
          draft.useTheirs(tensor);
        }
        continue;
      }
      String name = vocabulary.flatMap(v -> v.common(tensor.name())).orElse(tensor.name());
      String bare = name.replaceFirst(PREFIXES, "");
      common.putIfAbsent(bare, tensor);
    }
    vocabulary.ifPresent(
        v ->
            draft.note(
                "names of the "
                    + whose
                    + " ("
                    + side.checkpoint().format()
                    + ") were read as "
                    + v.name()));
    if (!ignored.isEmpty()) {
      draft.note("not compared, in the " + whose + ": " + String.join(", ", ignored));
    }
    return common;
  }

  /** The vocabulary that knows most of the names. */
  private static Optional<Vocabulary> vocabulary(List<TensorInfo> tensors) {
    Vocabulary best = null;
    long most = 0;
    for (Vocabulary vocabulary : Vocabularies.all()) {
      long known =
          tensors.stream()
              .filter(t -> vocabulary.ignores(t.name()) || vocabulary.common(t.name()).isPresent())
              .count();
      if (known > most) {
        best = vocabulary;
        most = known;
      }
    }
    return Optional.ofNullable(best);
  }
}
