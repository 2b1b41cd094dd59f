package org.findthelady.align;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.findthelady.checkpoint.Quantisation;
import org.findthelady.core.TensorInfo;
import org.findthelady.structure.Axis;
import org.findthelady.structure.FreezeReason;

/** An alignment in the making: what has been paired, and what is left over on both sides. */
final class AlignmentBuilder {
  /** Why axes stand still on which only places are counted, as in a table of positions. */
  private static final Set<FreezeReason> TABLE =
      EnumSet.of(FreezeReason.ALL_DIFFERENT, FreezeReason.SINGLE_INDEX);

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
    this(referenceSide, suspectSide, false);
  }

  /**
   * @param all whether tensors that both sides pack alike are seen in their parts too
   */
  AlignmentBuilder(Side referenceSide, Side suspectSide, boolean all) {
    this(
        referenceSide,
        suspectSide,
        new Unpacking(referenceSide.checkpoint(), suspectSide.checkpoint(), all));
  }

  /** A draft in which every stored tensor is one, whatever names declare. */
  static AlignmentBuilder undeclared(Side reference, Side suspect) {
    return new AlignmentBuilder(
        reference, suspect, new Stored(reference.checkpoint()), new Stored(suspect.checkpoint()));
  }

  private AlignmentBuilder(Side referenceSide, Side suspectSide, Unpacking unpacking) {
    this(
        referenceSide,
        suspectSide,
        new Stored(referenceSide.checkpoint(), unpacking.ofReference()),
        new Stored(suspectSide.checkpoint(), unpacking.ofSuspect()));
  }

  private AlignmentBuilder(Side referenceSide, Side suspectSide, Stored reference, Stored suspect) {
    this.referenceSide = referenceSide;
    this.suspectSide = suspectSide;
    this.reference = reference;
    this.suspect = suspect;
    reference.tensors().forEach(t -> ours.put(t.name(), t));
    suspect.tensors().forEach(t -> theirs.put(t.name(), t));
    this.referenceWords = words(reference, ours, "reference");
    this.suspectWords = words(suspect, theirs, "suspect");
    suspect.tensors().forEach(t -> scaleTensors(suspect, t).forEach(s -> theirs.remove(s.name())));
    reference
        .tensors()
        .forEach(t -> scaleTensors(reference, t).forEach(s -> ours.remove(s.name())));
  }

  /**
   * A new draft of the same two checkpoints.
   *
   * @param ofReference more parts of the reference's tensors that stand for these
   * @param ofSuspect likewise
   */
  AlignmentBuilder withParts(Map<TensorInfo, View> ofReference, Map<TensorInfo, View> ofSuspect) {
    return new AlignmentBuilder(
        referenceSide, suspectSide, reference.withParts(ofReference), suspect.withParts(ofSuspect));
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

  private static List<TensorInfo> scaleTensors(Stored side, TensorInfo tensor) {
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
          for (TensorInfo scales : scaleTensors(suspect, their.source())) {
            all.put(scales, axis);
          }
        }
      }
    }
    pairs.add(new Counterpart(our, their, all, rule));
    useOurs(our.excerpt() == null ? our.source() : our.shown());
    useTheirs(their.source());
    if (their.excerpt() != null) {
      theirs.values().removeIf(part -> isSeenAs(part, their));
    }
    all.keySet().forEach(this::useTheirs);
  }

  /** Whether a tensor is the part that was seen, in whatever order of axes. */
  private boolean isSeenAs(TensorInfo tensor, View seen) {
    View view = suspect.view(tensor);
    boolean block =
        view.excerpt() instanceof BlockExcerpt one
            && seen.excerpt() instanceof BlockExcerpt other
            && one.first() == other.first();
    return view.source().equals(seen.source())
        && view.excerpt() != null
        && (block || view.excerpt().equals(seen.excerpt()));
  }

  /**
   * The alignment of what was paired; what is left over is told and is no difference.
   *
   * @param ties what explains tensors that are left over
   * @param moreOurs parts of the reference's tensors without counterpart
   * @param moreTheirs likewise of the suspect's
   */
  Alignment finishPartly(
      Leftovers ties, List<TensorInfo> moreOurs, List<TensorInfo> moreTheirs, List<String> remarks)
      throws IOException {
    List<TensorInfo> ourLeft = weightsLeft(ours, reference, referenceSide, "reference");
    List<TensorInfo> theirLeft = weightsLeft(theirs, suspect, suspectSide, "suspect");
    ourLeft.removeAll(
        ties.ties(
            reference.tensors(),
            ourLeft,
            new TensorKeys(reference, referenceSide.reader()),
            false));
    theirLeft.removeAll(
        ties.ties(
            suspect.tensors(), theirLeft, new TensorKeys(suspect, suspectSide.reader()), true));
    ourLeft.addAll(moreOurs);
    theirLeft.addAll(moreTheirs);
    List<TensorInfo> weights = reference.tensors().stream().filter(reference::isReal).toList();
    Overlap overlap =
        new Overlap(
            weights.size(),
            (int) pairs.stream().filter(p -> reference.isReal(p.reference().source())).count(),
            weights.stream().mapToLong(t -> t.shape().elements()).sum(),
            pairs.stream()
                .filter(p -> reference.isReal(p.reference().source()))
                .mapToLong(p -> p.reference().shown().shape().elements())
                .sum(),
            ourLeft,
            theirLeft,
            Stream.concat(remarks.stream(), ties.remarks().stream()).toList());
    sortPairs();
    return new Alignment(pairs, differences, notes, ties.followers(), overlap);
  }

  private List<TensorInfo> weightsLeft(
      Map<String, TensorInfo> left, Stored stored, Side side, String whose) throws IOException {
    List<TensorInfo> weights = new ArrayList<>();
    int single = 0;
    for (TensorInfo tensor : left.values()) {
      if (stored.isBuffer(tensor) || tensor.shape().elements() <= 1) {
        single++;
      } else if (isConstant(tensor, side) || RuleTensor.is(side.reader(), tensor)) {
        notes.add(
            "constant '%s' of the %s has no counterpart and does not move"
                .formatted(tensor.name(), whose));
      } else {
        weights.add(tensor);
      }
    }
    tellSingle(single, whose);
    return weights;
  }

  private void tellSingle(int single, String whose) {
    if (single > 0) {
      notes.add(
          "%d integers and single numbers of the %s have no counterpart".formatted(single, whose));
    }
  }

  private void sortPairs() {
    Map<String, Integer> places = new HashMap<>();
    reference.checkpoint().tensors().forEach(t -> places.put(t.name(), places.size()));
    pairs.sort(Comparator.comparingInt(p -> places.get(p.reference().source().name())));
  }

  /** The pairs so far. */
  List<Counterpart> pairs() {
    return List.copyOf(pairs);
  }

  /** The alignment; what is left over is a difference unless it is harmless. */
  Alignment finish() {
    leftOver(ours, reference, referenceSide, "reference", "is missing from the suspect");
    leftOver(theirs, suspect, suspectSide, "suspect", "is not in the reference");
    sortPairs();
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
    tellSingle(single, whose);
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
        && axes.stream().allMatch(axis -> axis.isFrozen() && TABLE.contains(axis.reason()));
  }

  /** Numbers by which tensors of one side are told from each other. */
  Profile profile(Side side, View view) throws IOException {
    return Profile.of(side.reader(), view);
  }
}
