package org.findthelady.match.basis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.findthelady.core.Shape;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.Origin;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.StackedTensor;
import org.findthelady.structure.Structure;

/**
 * Looks for changes of basis that keep the function and are no permutation (method 3.14), and
 * undoes them on a copy: the residual stream first, then heads, then the order and the factors of
 * units. Parts of the network that share no group but the stream's are looked at one after the
 * other, so that one part at a time is in memory.
 */
public final class BasisSearch {
  /** Numbers of a part and side that are held in memory: 1 GiB. */
  private static final long MOST_ELEMENTS = 1 << 28;

  /** Numbers of small parts that are looked at together: 128 MiB. */
  private static final long FEW_ELEMENTS = 1 << 25;

  /** What is done with a part of the suspect once it is in the reference's basis and order. */
  public interface Undone {
    void take(MemoryWeights part) throws IOException;
  }

  private final Structure structure;
  private final Weights reference;
  private final Weights suspect;
  private final MatchOptions options;
  private final StreamBasis stream;
  private final Map<String, TensorComparison> tensors = new LinkedHashMap<>();
  private final List<String> left = new ArrayList<>();
  private final List<MatchResult> matches = new ArrayList<>();
  private GroupPermutations order = GroupPermutations.identity();
  private int values;
  private int keys;
  private int scaled;

  private BasisSearch(
      Structure structure,
      Weights reference,
      Weights suspect,
      MatchOptions options,
      StreamBasis stream) {
    this.structure = structure;
    this.reference = reference;
    this.suspect = suspect;
    this.options = options;
    this.stream = stream;
  }

  /**
   * Undoes what can be undone.
   *
   * @param suspect shows the same tensors and shapes as {@code reference}
   * @param found the order that explains most without another basis
   * @param undone takes the parts
   * @return nothing if no basis fits, or no common origin shows after it
   */
  public static Optional<BasisChange> find(
      Structure structure,
      Weights reference,
      Weights suspect,
      GroupPermutations found,
      MatchOptions options,
      Undone undone)
      throws IOException {
    StreamBasis stream = stream(structure, reference, suspect, found);
    if (stream == null) {
      return Optional.empty();
    }
    BasisSearch search = new BasisSearch(structure, reference, suspect, options, stream);
    for (Collection<String> part : search.parts()) {
      search.look(part, undone);
    }
    for (String term :
        stream.isTurned() || stream.isFolded() ? stream.unread() : Set.<String>of()) {
      search.tensors.put(term, compared(term, false, stream.ours(term), stream.theirs(term)));
    }
    undone.take(stream.kept(reference));
    BasisChange change = search.change();
    return change.match().origin().common() ? Optional.of(change) : Optional.empty();
  }

  /**
   * Whether the stream of a network with rotary positions is in another basis, so that no order
   * tells anything: its coordinates have no pairs, and its anchored vectors have the same angles.
   */
  public static boolean isTurned(Structure structure, Weights reference, Weights suspect)
      throws IOException {
    if (structure.rotary().isEmpty() || !StreamBasis.mayBeTurned(structure, reference, suspect)) {
      return false;
    }
    StreamBasis stream = StreamBasis.find(structure, reference, suspect);
    return stream != null && stream.isTurned() && stream.explainsMost();
  }

  /**
   * The stream: in another basis where positions are rotary, since such networks normalise without
   * a mean; else in the order that was found, if the network has heads.
   */
  private static StreamBasis stream(
      Structure structure, Weights reference, Weights suspect, GroupPermutations found)
      throws IOException {
    if (!structure.rotary().isEmpty()) {
      return StreamBasis.find(structure, reference, suspect);
    }
    if (structure.groups().stream().noneMatch(group -> group.parent().isPresent())) {
      return null;
    }
    Group widest =
        structure.groups().stream()
            .filter(group -> group.parent().isEmpty())
            .filter(group -> StreamBasis.isSeen(structure, reference, group))
            .max(Comparator.comparingInt(group -> structure.membersOf(group.name()).size()))
            .orElse(null);
    return widest == null
        ? null
        : StreamBasis.inOrder(structure, widest, found, reference, suspect);
  }

  /** Tensors that share groups other than the stream's, and small ones of these, together. */
  private List<Set<String>> parts() {
    Map<Set<String>, Set<String>> tensorsOfGroups = new LinkedHashMap<>();
    for (String tensor : structure.axes().keySet()) {
      if (reference.has(tensor) && suspect.has(tensor)) {
        Set<String> names = new LinkedHashSet<>();
        structure.axes(tensor).forEach(axis -> names.addAll(axis.groups()));
        names.remove(stream.group().name());
        Set<String> members = new LinkedHashSet<>();
        for (Set<String> known : List.copyOf(tensorsOfGroups.keySet())) {
          if (!Collections.disjoint(known, names)) {
            members.addAll(tensorsOfGroups.remove(known));
            names.addAll(known);
          }
        }
        members.add(tensor);
        names.add(tensor);
        tensorsOfGroups.put(names, members);
      }
    }
    List<Set<String>> parts = new ArrayList<>();
    long held = Long.MAX_VALUE;
    for (Set<String> members : tensorsOfGroups.values()) {
      long elements = elements(members);
      if (held > FEW_ELEMENTS - elements) {
        parts.add(new LinkedHashSet<>());
        held = 0;
      }
      parts.get(parts.size() - 1).addAll(members);
      held += elements;
    }
    return parts;
  }

  private long elements(Collection<String> tensors) {
    return tensors.stream().mapToLong(name -> reference.shape(name).elements()).sum();
  }

  private void look(Collection<String> part, Undone undone) throws IOException {
    if (elements(part) > MOST_ELEMENTS) {
      left.addAll(part);
      return;
    }
    MemoryWeights ours = MemoryWeights.of(reference, part);
    MemoryWeights theirs = MemoryWeights.of(suspect, part);
    stream.undo(ours, theirs);
    Set<String> settled = new LinkedHashSet<>(List.of(stream.group().name()));
    for (HeadBasis heads : HeadBasis.of(structure, ours, theirs)) {
      heads.undo();
      values += heads.values();
      keys += heads.keys();
      settled.addAll(heads.groups());
    }
    Structure rest = rest(ours.names(), settled);
    if (!rest.groups().isEmpty()) {
      MatchResult match = Matcher.match(rest, ours, theirs, options);
      theirs.gather(rest, match.resync());
      scaled += new UnitFactors(rest, ours, theirs).undo();
      matches.add(match);
      for (Group group : rest.groups()) {
        order = order.with(group, match.resync().of(group));
      }
    }
    for (String tensor : part) {
      compare(tensor, ours, theirs);
    }
    undone.take(theirs);
  }

  /** Compares a tensor, of a stack each part, once bases are undone. */
  private void compare(String tensor, MemoryWeights ours, MemoryWeights theirs) {
    if (!ours.has(tensor)) {
      tensors.put(
          tensor,
          TensorComparison.sameNumbers(TensorComparison.same(tensor, reference.shape(tensor))));
      return;
    }
    Shape shape = ours.shape(tensor);
    boolean weight = shape.rank() >= 2;
    StackedTensor stack = structure.stack(tensor).orElse(null);
    if (stack == null) {
      tensors.put(tensor, compared(tensor, weight, ours.values(tensor), theirs.values(tensor)));
      return;
    }
    int parts = stack.parts().size();
    int run = Math.toIntExact(shape.elements(stack.axis(), shape.rank()) / parts);
    for (int p = 0; p < parts; p++) {
      float[] here = stack.part(p, ours.values(tensor), run);
      float[] there = stack.part(p, theirs.values(tensor), run);
      tensors.put(stack.parts().get(p), compared(stack.parts().get(p), weight, here, there));
    }
  }

  /** Whether a matrix of the suspect alone is an anchored table of the reference. */
  private boolean have(String name, Shape shape, float[] values) throws IOException {
    for (Map.Entry<String, List<Axis>> table : structure.axes().entrySet()) {
      List<Axis> axes = table.getValue();
      boolean fits =
          axes.size() == 2
              && axes.get(0).isFrozen()
              && axes.get(1).groups().equals(Set.of(stream.group().name()))
              && reference.has(table.getKey())
              && reference.shape(table.getKey()).equals(shape);
      if (fits) {
        float[] ours = reference.readWhole(table.getKey());
        double left = stream.undoTable(name, table.getKey(), shape, ours, values.clone());
        if (left <= Thresholds.BASIS_ROUNDING) {
          return true;
        }
      }
    }
    return false;
  }

  static TensorComparison compared(String tensor, boolean weight, float[] ours, float[] theirs) {
    TensorComparison compared = new TensorComparison(tensor, weight);
    compared.add(ours, theirs, ours.length);
    if (compared.differenceSquares() > 0) {
      compared.bytesDiffer();
    }
    compared.finish();
    return compared;
  }

  /** The structure of a part, with what was settled held still. */
  private Structure rest(Set<String> names, Set<String> settled) {
    Structure held = structure.without(settled, "its basis was undone");
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    Set<String> used = new LinkedHashSet<>();
    for (String name : names) {
      List<Axis> list = held.axes(name);
      axes.put(name, list);
      list.forEach(axis -> used.addAll(axis.groups()));
    }
    List<Group> kept = held.groups().stream().filter(group -> used.contains(group.name())).toList();
    return new Structure(structure.name(), kept, axes);
  }

  private BasisChange change() {
    List<BasisChange.Undone> words = new ArrayList<>();
    if (stream.isFolded()) {
      words.add(
          new BasisChange.Undone(
              BasisChange.NORMALISATION, "normalisation gains were folded into what reads them"));
    }
    if (stream.isTurned()) {
      String name = stream.group().name();
      words.add(new BasisChange.Undone(name, "the residual stream '" + name + "' was rotated"));
    }
    if (values > 0) {
      words.add(
          new BasisChange.Undone("heads", "the values of " + values + " heads have another basis"));
    }
    if (keys > 0) {
      String how = structure.rotary().isEmpty() ? " have another basis" : " were turned or scaled";
      words.add(new BasisChange.Undone("heads", "queries and keys of " + keys + " heads" + how));
    }
    if (scaled > 0) {
      words.add(
          new BasisChange.Undone(
              BasisChange.UNITS,
              scaled + " units were scaled, and what reads them was scaled back"));
    }
    MatchResult match =
        new MatchResult(
            order,
            matches.stream().flatMap(part -> part.groups().stream()).toList(),
            List.of(),
            Origin.together(matches.stream().map(MatchResult::origin).toList()),
            matches.stream().flatMap(part -> part.notes().stream()).toList());
    return new BasisChange(words, tensors, left, match, this::have);
  }
}
