package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.findthelady.align.Alignment;
import org.findthelady.align.Counterpart;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.discover.PairStructure;
import org.findthelady.discover.Tie;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.findthelady.structure.TrainingState;

/**
 * The structure of a pair that no architecture, graph or configuration describes, found from the
 * weights of both. It holds for this pair: whether the function stays when its groups move is not
 * proven.
 *
 * @param structure over the reference's names; training state follows its parameters
 * @param ties why each axis is taken as it is, with a probability
 * @param alignment which tensors answer to each other, as their weights tell
 */
public record FoundStructure(Structure structure, List<Tie> ties, Alignment alignment) {
  /**
   * Share of the numbers without an explanation up to which tensors count as packed matrices once
   * these are looked at one by one: kernels of one convolution explain a part by chance.
   */
  private static final double LEFT_APART = 0.1;

  /** Stands for the structure while it is looked for: nothing moves. */
  static final Structure NONE = new Structure(PairStructure.NAME, List.of(), Map.of());

  /** Decoded numbers of a small checkpoint that are kept while orders are tested, in bytes. */
  private static final long CACHE_BYTES = 64L << 20;

  public FoundStructure {
    ties = List.copyOf(ties);
  }

  /** Looks for the groups of two checkpoints whose tensors answer to each other. */
  public static FoundStructure of(Store store, String reference, String suspect, long seed)
      throws IOException {
    OpenedReference opened = OpenedReference.open(store, reference, StructureChoice.AUTOMATIC);
    Checkpoint other = Checkpoints.open(store, suspect);
    AlignedPair aligned = new AlignedPair(store, opened, other, StructureChoice.AUTOMATIC);
    Alignment alignment = aligned.alignment();
    if (!alignment.holds()) {
      throw new UserException(alignment.summary());
    }
    return of(aligned.context(alignment, NONE), MatchOptions.defaults().withSeed(seed));
  }

  /**
   * Looks for the groups of an opened pair. Reads both sides. Where a tensor of three axes keeps
   * some that nothing is found for, it may pack matrices that move apart: then they are looked at
   * one by one.
   *
   * @param context with {@link #NONE}
   */
  static FoundStructure of(PairContext context, MatchOptions options) throws IOException {
    Found found = once(context, options);
    Alignment apart = context.alignment().apart(found.unexplained());
    if (apart.counterparts().size() > context.alignment().counterparts().size()) {
      Found again = once(context.with(apart), options);
      found = again.numbers() <= LEFT_APART * found.numbers() ? again : found;
    }
    return found.structure();
  }

  /**
   * What one search found.
   *
   * @param unexplained tensors that the structure does not explain
   */
  private record Found(FoundStructure structure, Set<String> unexplained) {
    /** Of tensors that are not explained. */
    long numbers() {
      return unexplained.stream().mapToLong(structure.structure()::elements).sum();
    }
  }

  private static Found once(PairContext context, MatchOptions options) throws IOException {
    TrainingState state = TrainingState.of(context.reference().tensors());
    List<String> names = new ArrayList<>();
    for (TensorInfo tensor : context.compared()) {
      if (tensor.dtype().decodable() && !state.companions().containsKey(tensor.name())) {
        names.add(tensor.name());
      }
    }
    try (PairReaders readers = new PairReaders(context, options)) {
      Weights reference = readers.referenceWeights(CACHE_BYTES);
      Weights suspect = readers.suspectWeights(CACHE_BYTES);
      names.removeAll(Constants.of(context, reference, suspect));
      PairStructure found = PairStructure.of(names, reference, suspect, options.seed());
      PairStructure.Answers answers = found.answers();
      Alignment alignment =
          context.alignment().exchanged(answers.elsewhere()).flattened(answers.grouped());
      return new Found(
          new FoundStructure(
              found.structure().followedBy(state.companions()), found.ties(), alignment),
          answers.unexplained());
    }
  }

  /**
   * The structure, to be written as an architecture file.
   *
   * @throws UserException if tensors of the reference are seen in parts, of which no file can tell
   */
  public Structure exportable() {
    for (Counterpart pair : alignment.counterparts()) {
      if (pair.reference().excerpt() != null) {
        throw new UserException(
            "tensor '%s' packs matrices or groups that move apart: an architecture file cannot say so"
                .formatted(pair.reference().source().name()));
      }
    }
    return structure;
  }

  /** Whether a structure was found so. */
  static boolean is(Structure structure) {
    return structure.name().equals(PairStructure.NAME);
  }

  /** What a reader of a reason must know of a structure that was found so; empty for others. */
  static String words(Structure structure) {
    if (!is(structure)) {
      return "";
    }
    long unknown = unknown(structure);
    return String.format(
        Locale.ROOT,
        "; its %d groups were found from the pair%s, and that they keep the function is not proven",
        structure.groups().size(),
        unknown == 0 ? "" : ", " + unknown + " axes in no group");
  }

  private static long unknown(Structure structure) {
    return structure.axes().values().stream()
        .flatMap(List::stream)
        .filter(axis -> axis.why().equals(PairStructure.UNKNOWN))
        .count();
  }

  /**
   * Why a suspect must not be written in an order that was found so: an axis that should move with
   * others may stay behind.
   *
   * @return empty if every axis is known and every group that moves lies on two tensors at least
   */
  static Optional<String> whyNotWritten(Structure structure, GroupPermutations resync) {
    if (!is(structure)) {
      return Optional.empty();
    }
    Set<String> moving = new TreeSet<>();
    for (Group group : structure.groups()) {
      if (resync.of(group).stream().anyMatch(p -> !p.isIdentity())) {
        moving.add(group.name());
      }
    }
    if (moving.isEmpty()) {
      return Optional.empty();
    }
    long unknown = unknown(structure);
    if (unknown > 0) {
      return Optional.of("the order of " + unknown + " axes is not known");
    }
    moving.removeIf(group -> structure.membersOf(group).size() > 1);
    return moving.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "%d groups that move lie on one tensor alone, for example on '%s'"
                .formatted(moving.size(), structure.membersOf(moving.iterator().next()).get(0)));
  }

  /** Each axis with its group and the probability of its tie, one line each. */
  public List<String> notes() {
    List<String> lines = new ArrayList<>();
    for (Tie tie : ties) {
      Axis axis = structure.axes(tie.tensor()).get(tie.axis());
      lines.add(
          String.format(
              Locale.ROOT,
              "%s axis %d: %s, p = %.1e: %s",
              tie.tensor(),
              tie.axis(),
              axis.isFrozen() ? "in place" : axis,
              Math.exp(tie.logP()),
              tie.how()));
    }
    return lines;
  }
}
