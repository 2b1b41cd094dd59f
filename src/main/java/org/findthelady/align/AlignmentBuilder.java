package org.findthelady.align;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.findthelady.checkpoint.Quantisation;
import org.findthelady.core.TensorInfo;
import org.findthelady.structure.Axis;

/** An alignment in the making: what has been paired, and what is left over on both sides. */
final class AlignmentBuilder {
  /** Why axes stand still on which only places are counted, as in a table of positions. */
  private static final Set<String> TABLE =
      Set.of("no two of its indices are alike", "a single index");

  private final Side referenceSide;
  private final Side suspectSide;
  private final Stored reference;
  private final Stored suspect;
  private final Map<String, TensorInfo> ours = new LinkedHashMap<>();
  private final Map<String, TensorInfo> theirs = new LinkedHashMap<>();
  private final Optional<Vocabulary> referenceWords;
  private final Optional<Vocabulary> suspectWords;
  private final List<Counterpart> pairs = new ArrayList<>();
  private final List<String> differences = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  AlignmentBuilder(Side referenceSide, Side suspectSide) {
    this.referenceSide = referenceSide;
    this.suspectSide = suspectSide;
    this.reference = new Stored(referenceSide.checkpoint());
    this.suspect = new Stored(suspectSide.checkpoint());
    reference.tensors().forEach(t -> ours.put(t.name(), t));
    suspect.tensors().forEach(t -> theirs.put(t.name(), t));
    this.referenceWords = words(reference, ours, "reference");
    this.suspectWords = words(suspect, theirs, "suspect");
    suspect.tensors().forEach(t -> terms(suspect, t).forEach(term -> theirs.remove(term.name())));
    reference.tensors().forEach(t -> terms(reference, t).forEach(term -> ours.remove(term.name())));
  }

  /** The vocabulary of one side, if one is known; what it ignores is used up. */
  private Optional<Vocabulary> words(Stored side, Map<String, TensorInfo> left, String whose) {
    Optional<Vocabulary> known = Vocabularies.of(side.tensors());
    known.ifPresent(
        vocabulary -> {
          List<String> ignored = left.keySet().stream().filter(vocabulary::ignores).toList();
          ignored.forEach(left::remove);
          notes.add(
              "names of the %s (%s) were read as %s"
                  .formatted(whose, side.checkpoint().format(), vocabulary.name()));
          if (!ignored.isEmpty()) {
            notes.add(
                "%d tensors of the %s hold no weights, such as '%s': not compared"
                    .formatted(ignored.size(), whose, ignored.get(0)));
          }
        });
    return known;
  }

  /** How the reference names its tensors, if that is known. */
  Optional<Vocabulary> referenceWords() {
    return referenceWords;
  }

  /** How the suspect names its tensors, if that is known. */
  Optional<Vocabulary> suspectWords() {
    return suspectWords;
  }

  Stored reference() {
    return reference;
  }

  Stored suspect() {
    return suspect;
  }

  Side referenceSide() {
    return referenceSide;
  }

  Side suspectSide() {
    return suspectSide;
  }

  /** The reference's tensors that have no counterpart yet, in order. */
  List<TensorInfo> ours() {
    return List.copyOf(ours.values());
  }

  /** The suspect's tensors that have no counterpart yet, in order. */
  List<TensorInfo> theirs() {
    return List.copyOf(theirs.values());
  }

  private static List<TensorInfo> terms(Stored side, TensorInfo tensor) {
    return side.isQuantised(tensor)
        ? Quantisation.terms(side.checkpoint(), tensor.name())
        : List.of();
  }

  void differ(String difference) {
    differences.add(difference);
  }

  /** A tensor of the reference is accounted for without a counterpart of its own. */
  void useOurs(TensorInfo tensor) {
    ours.remove(tensor.name());
  }

  /** A tensor of the suspect is accounted for without a counterpart of its own. */
  void useTheirs(TensorInfo tensor) {
    theirs.remove(tensor.name());
  }

  /**
   * Pairs two tensors.
   *
   * @param attached further tensors of the suspect, each with the shown axis that it moves along
   */
  void pair(View our, View their, Map<TensorInfo, Integer> attached, PairingRule rule) {
    Map<TensorInfo, Integer> all = new HashMap<>(attached);
    Quantisation quantisation = their.quantisation();
    if (quantisation != null && quantisation.axis() >= 0) {
      for (int axis = 0; axis < their.shown().shape().rank(); axis++) {
        if (their.sourceAxis(axis) == quantisation.axis()) {
          for (TensorInfo term : terms(suspect, their.source())) {
            all.put(term, axis);
          }
        }
      }
    }
    pairs.add(new Counterpart(our, their, all, rule));
    useOurs(our.source());
    useTheirs(their.source());
    all.keySet().forEach(this::useTheirs);
  }

  /** The alignment; what is left over is a difference unless it is harmless. */
  Alignment finish() {
    leftOver(ours, reference, referenceSide, "reference", "is missing from the suspect");
    leftOver(theirs, suspect, suspectSide, "suspect", "is not in the reference");
    Map<String, Integer> places = new HashMap<>();
    reference.tensors().forEach(t -> places.put(t.name(), places.size()));
    pairs.sort(Comparator.comparingInt(p -> places.get(p.reference().source().name())));
    return new Alignment(pairs, differences, notes);
  }

  private void leftOver(
      Map<String, TensorInfo> left, Stored stored, Side side, String whose, String missing) {
    int single = 0;
    for (TensorInfo tensor : left.values()) {
      if (stored.isBuffer(tensor) || tensor.shape().elements() <= 1) {
        single++;
      } else if (isConstant(tensor, side)) {
        notes.add(
            "constant '%s' of the %s has no counterpart and does not move"
                .formatted(tensor.name(), whose));
      } else {
        differences.add("tensor '" + tensor.name() + "' " + missing);
      }
    }
    if (single > 0) {
      notes.add(
          "%d integers and single numbers of the %s have no counterpart".formatted(single, whose));
    }
  }

  /**
   * Whether a tensor is a table in a graph and no weight, such as a detector's priors: checkpoints
   * in different formats differ in those. All its indices are told apart, and none is an output or
   * an input of a layer.
   */
  boolean isConstant(TensorInfo tensor, Side side) {
    if (side.structure() == null
        || referenceSide.checkpoint().format().equals(suspectSide.checkpoint().format())) {
      return false;
    }
    List<Axis> axes = side.structure().axes(tensor.name());
    return !axes.isEmpty()
        && axes.stream().allMatch(axis -> axis.isFrozen() && TABLE.contains(axis.why()));
  }

  /** Numbers by which tensors of one side are told from each other. */
  Profile profile(Side side, View view) throws IOException {
    return Profile.of(side.reader(), view);
  }
}
