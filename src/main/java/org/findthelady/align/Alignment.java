package org.findthelady.align;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.Quantisation;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.RotaryDigit;
import org.findthelady.structure.Stack;
import org.findthelady.structure.Structure;

/**
 * Which tensor of a suspect answers to which tensor of the reference, and how each is seen.
 *
 * @param counterparts in the reference's order
 * @param differences why the two cannot be compared; empty if they can
 * @param notes differences that do not matter, and what was left over
 */
public record Alignment(
    List<Counterpart> counterparts, List<String> differences, List<String> notes)
    implements Serializable {
  private static final int NAMED_DIFFERENCES = 5;

  public Alignment {
    counterparts = List.copyOf(counterparts);
    differences = List.copyOf(differences);
    notes = List.copyOf(notes);
  }

  /** Aligns two checkpoints by the names, shapes and types of their tensors. */
  public static Alignment byName(Checkpoint reference, Checkpoint suspect) {
    return new NameRule(new Stored(reference), new Stored(suspect)).align();
  }

  /**
   * Aligns two checkpoints that names alone do not align: by declared names, then, across formats,
   * by what no permutation changes.
   *
   * @param byName what names alone gave
   * @return {@code byName} if nothing holds
   */
  public static Alignment across(Side reference, Side suspect, Alignment byName)
      throws IOException {
    Alignment declared = new DeclaredRule(new Draft(reference, suspect)).align();
    if (declared.holds()) {
      return declared;
    }
    if (reference.checkpoint().format().equals(suspect.checkpoint().format())) {
      return byName;
    }
    SignatureRule.Attempt best = null;
    for (double epsilon : BatchNorms.EPSILONS) {
      SignatureRule rule = new SignatureRule(new Draft(reference, suspect), epsilon);
      SignatureRule.Attempt attempt = rule.align();
      if (attempt.alignment().holds() && (best == null || attempt.cost() < best.cost())) {
        best = attempt;
      }
      if (!rule.folds()) {
        break;
      }
    }
    return best == null ? byName : best.alignment();
  }

  /**
   * The suspect's structure over the reference's names. A group of which some tensor has no
   * counterpart, or lies in a stack, is held still.
   */
  public Structure transferred(Structure ofSuspect) {
    Set<String> known = new HashSet<>();
    for (Counterpart pair : counterparts) {
      known.add(pair.suspect().source().name());
      pair.attached().keySet().forEach(tensor -> known.add(tensor.name()));
    }
    Set<String> held = new HashSet<>();
    ofSuspect
        .axes()
        .forEach(
            (tensor, axes) -> {
              if (!known.contains(tensor)) {
                axes.forEach(axis -> held.addAll(axis.groups()));
              }
            });
    for (Stack stack : ofSuspect.stacks()) {
      ofSuspect.axes(stack.name()).forEach(axis -> held.addAll(axis.groups()));
    }
    Structure safe = ofSuspect.without(held, "a tensor of its group has no counterpart");
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    for (Counterpart pair : counterparts) {
      List<Axis> stored = safe.axes(pair.suspect().source().name());
      if (!stored.isEmpty()) {
        axes.put(
            pair.name(),
            IntStream.range(0, stored.size())
                .mapToObj(axis -> stored.get(pair.suspect().sourceAxis(axis)))
                .toList());
      }
    }
    Set<String> used = new HashSet<>();
    axes.values().forEach(list -> list.forEach(axis -> used.addAll(axis.groups())));
    List<Group> groups =
        safe.groups().stream().filter(group -> used.contains(group.name())).toList();
    Map<String, Counterpart> bySuspect = new HashMap<>();
    counterparts.forEach(c -> bySuspect.put(c.suspect().source().name(), c));
    List<RotaryDigit> rotary = new ArrayList<>();
    for (RotaryDigit digit : safe.rotary()) {
      Counterpart pair = bySuspect.get(digit.tensor());
      if (pair != null && pair.suspect().order() == null) {
        rotary.add(new RotaryDigit(pair.name(), digit.axis(), digit.segment(), digit.factor()));
      }
    }
    return new Structure(safe.name(), groups, axes, List.of(), rotary);
  }

  /**
   * An assignment of the suspect's own groups as one of the groups that the pair is judged by.
   *
   * @param judged over the reference's names
   * @param own over the suspect's
   */
  public Assignment regrouped(Assignment assignment, Structure judged, Structure own) {
    return new Regrouping(this, judged, own).of(assignment, judged, own);
  }

  /**
   * Whether a suspect that is written keeps the order of rotary rows that its own names stand for,
   * whatever the reference's is.
   */
  public boolean keepsOwnLayout() {
    return counterparts.stream().anyMatch(c -> c.rule() != Rule.NAME);
  }

  /** Whether the two can be compared. */
  public boolean holds() {
    return differences.isEmpty();
  }

  /** The reference's tensors that have a counterpart, as they are seen, in its order. */
  public List<TensorInfo> compared() {
    return counterparts.stream().map(c -> c.reference().shown()).toList();
  }

  /** The suspect's tensors, as they are seen, by the reference's names. */
  public Map<String, TensorInfo> suspectTensors() {
    Map<String, TensorInfo> shown = new HashMap<>();
    counterparts.forEach(c -> shown.put(c.name(), c.suspect().shown()));
    return shown;
  }

  /** The stored tensor of the suspect that is seen as {@code shown}. */
  public TensorInfo storedSuspect(TensorInfo shown) {
    return counterparts.stream()
        .map(Counterpart::suspect)
        .filter(view -> view.shown().equals(shown))
        .findFirst()
        .orElseThrow()
        .source();
  }

  /** How the reference is seen. */
  public Collection<View> referenceViews() {
    return counterparts.stream().map(Counterpart::reference).toList();
  }

  /** How the suspect is seen. */
  public Collection<View> suspectViews() {
    return counterparts.stream().map(Counterpart::suspect).toList();
  }

  /** All pairs by the reference's names. */
  public Map<String, Counterpart> byReference() {
    return counterparts.stream().collect(Collectors.toMap(Counterpart::name, Function.identity()));
  }

  /**
   * How the suspect's stored tensors are gathered, by their own names, when the tensors that are
   * seen move.
   *
   * @param moves of seen tensors, by the reference's names
   * @throws UserException if a tensor would take from another one whose scales cannot follow
   */
  public Map<String, Move> storedMoves(Map<String, Move> moves) {
    Map<TensorInfo, View> bySource = new HashMap<>();
    counterparts.forEach(c -> bySource.put(c.suspect().shown(), c.suspect()));
    Map<String, Move> stored = new HashMap<>();
    for (Counterpart pair : counterparts) {
      Move move = moves.get(pair.name());
      View from = bySource.get(move.source());
      stored.put(
          pair.suspect().source().name(),
          new Move(from.source(), from.sourceGathers(move.gathers())));
      if (!pair.attached().isEmpty() && !move.source().equals(pair.suspect().shown())) {
        throw new UserException(
            "tensor '%s' would take its elements from '%s', whose scales do not follow"
                .formatted(pair.suspect().source().name(), from.source().name()));
      }
      pair.attached()
          .forEach(
              (tensor, axis) -> {
                int[] gather = move.gathers()[axis];
                Move attached = stored.put(tensor.name(), new Move(tensor, new int[][] {gather}));
                if (attached != null && !Arrays.equals(attached.gathers()[0], gather)) {
                  throw new UserException(
                      "tensor '%s' belongs to several that move apart".formatted(tensor.name()));
                }
              });
    }
    return stored;
  }

  /** The first few differences and how many there are. */
  public String summary() {
    String named =
        String.join("; ", differences.subList(0, Math.min(NAMED_DIFFERENCES, differences.size())));
    int more = differences.size() - NAMED_DIFFERENCES;
    return more > 0 ? named + "; and " + more + " more" : named;
  }

  /** What a verdict should say of how the two are stored; empty if they are stored alike. */
  public String conversions() {
    List<String> all = new ArrayList<>();
    storage(Counterpart::suspect, Counterpart::reference).ifPresent(w -> all.add("stored in " + w));
    storage(Counterpart::reference, Counterpart::suspect)
        .ifPresent(w -> all.add("the reference is stored in " + w));
    folds(Counterpart::reference).ifPresent(n -> all.add(n + " of the suspect's"));
    folds(Counterpart::suspect).ifPresent(n -> all.add(n + " of the reference's"));
    long turned = counterparts.stream().filter(c -> c.suspect().order() != null).count();
    if (turned > 0) {
      all.add("axes of " + turned + " tensors lie in another order");
    }
    Map<Rule, Long> rules =
        new TreeMap<>(
            counterparts.stream()
                .collect(Collectors.groupingBy(Counterpart::rule, Collectors.counting())));
    if (!rules.keySet().equals(Set.of(Rule.NAME)) && !rules.isEmpty()) {
      all.add(
          "tensors were found "
              + rules.entrySet().stream()
                  .map(e -> e.getKey().plainWords() + " (" + e.getValue() + ")")
                  .collect(Collectors.joining(", ")));
    }
    return all.stream().map(words -> "; " + words).collect(Collectors.joining());
  }

  /** In words how weights of one side are quantised where the other's are not. */
  private Optional<String> storage(
      Function<Counterpart, View> side, Function<Counterpart, View> other) {
    Map<String, Integer> kinds = new TreeMap<>();
    int weights = 0;
    for (Counterpart pair : counterparts) {
      View view = side.apply(pair);
      if (view.source().shape().rank() < 2) {
        continue;
      }
      weights++;
      if (!view.source().dtype().floating() && other.apply(pair).source().dtype().floating()) {
        kinds.merge(storage(view), 1, Integer::sum);
      }
    }
    int all = weights;
    return kinds.isEmpty()
        ? Optional.empty()
        : Optional.of(
            kinds.entrySet().stream()
                .map(e -> "%s (%d of %d weights)".formatted(e.getKey(), e.getValue(), all))
                .collect(Collectors.joining(", ")));
  }

  private static String storage(View view) {
    Quantisation quantisation = view.quantisation();
    if (quantisation == null) {
      return "blocks of " + view.source().dtype();
    }
    String type =
        view.source()
            .dtype()
            .name()
            .replace("I", "int")
            .replace("U", "uint")
            .toLowerCase(Locale.ROOT);
    return type + (quantisation.axis() < 0 ? ", a scale per tensor" : ", a scale per channel");
  }

  private Optional<String> folds(Function<Counterpart, View> side) {
    long folded =
        counterparts.stream().filter(c -> side.apply(c).fold() instanceof Fold.Kernel).count();
    return folded == 0
        ? Optional.empty()
        : Optional.of("batch normalisation is folded into " + folded + " convolutions");
  }
}
