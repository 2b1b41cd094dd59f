package org.findthelady.match.verdict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.MatchState;
import org.findthelady.match.rows.GroupAxis;

/** Lists what was done to a suspect, unit by unit where few units of a tensor changed. */
public final class Findings {
  private final List<Finding> found = new ArrayList<>();
  private final Set<String> explained = new HashSet<>();

  private final MatchResult match;
  private final PairFacts facts;
  private final StackParts stacks;

  private Findings(MatchResult match, PairFacts facts) {
    this.match = match;
    this.facts = facts;
    this.stacks = new StackParts(facts.stacks());
  }

  /**
   * All findings: units first, in the order of groups, then tensors.
   *
   * @param match how the suspect was put back
   * @param changes of every group of {@code match}
   * @param tensors every tensor compared after that
   * @param facts what else is known of the pair
   */
  public static List<Finding> of(
      MatchResult match,
      List<NeuronChanges> changes,
      List<TensorComparison> tensors,
      PairFacts facts) {
    return of(match, changes, tensors, facts, 0);
  }

  /**
   * The same of a suspect of which something was undone.
   *
   * @param rounding relative difference of a unit's numbers that undoing made
   */
  public static List<Finding> of(
      MatchResult match,
      List<NeuronChanges> changes,
      List<TensorComparison> tensors,
      PairFacts facts,
      double rounding) {
    Findings findings = new Findings(match, facts);
    Map<String, Long> differing = new HashMap<>();
    tensors.stream()
        .filter(t -> !t.sameValues())
        .forEach(t -> differing.put(t.tensor(), rounding > 0 ? 0 : t.kept() - t.keptEqual()));
    Set<String> whole = new HashSet<>();
    tensors.stream().filter(findings::concernsAll).forEach(t -> whole.add(t.tensor()));
    Set<String> thinned = new HashSet<>();
    tensors.stream().filter(Findings::isPruned).forEach(t -> thinned.add(t.tensor()));
    Map<String, ChangedUnits> few =
        ChangedUnits.few(match.groups(), differing, findings.stacks, rounding);
    tensors.stream().filter(Findings::isScaled).forEach(t -> few.remove(t.tensor()));
    few.entrySet()
        .removeIf(units -> thinned.contains(units.getKey()) && units.getValue().areManyNumbers());
    UnitScaling scaling = new UnitScaling(match, changes, facts.roundoff());
    for (int g = 0; g < changes.size(); g++) {
      findings.scaled(match.groups().get(g), changes.get(g), whole, thinned);
      findings.changed(match.groups().get(g), changes.get(g), few);
      findings.explain(match.groups().get(g), changes.get(g));
      findings.explain(match.groups().get(g), changes.get(g), scaling, whole);
    }
    tensors.stream().filter(t -> !t.bytesEqual()).forEach(findings::tensor);
    return findings.found;
  }

  /** What is found of one tensor as a whole, of which no units were matched as it is compared. */
  public static List<Finding> of(MatchResult match, TensorComparison tensor, PairFacts facts) {
    Findings findings = new Findings(match, facts);
    findings.tensor(tensor);
    return findings.found;
  }

  /** Whether something was done to all of a tensor alike, which moves norms of units too. */
  private boolean concernsAll(TensorComparison tensor) {
    return isOnlyZeroed(tensor) || isScaled(tensor) || Quantised.bits(tensor, facts.mostBits()) > 0;
  }

  private static boolean isPruned(TensorComparison tensor) {
    double more = tensor.suspectZeroShare() - tensor.referenceZeroShare();
    return tensor.weight() && more > Thresholds.PRUNED_SHARE;
  }

  /** Whether weights were set to zero and all others are the reference's. */
  private static boolean isOnlyZeroed(TensorComparison tensor) {
    return tensor.kept() > 0 && tensor.keptEqual() == tensor.kept();
  }

  /** Whether all was multiplied by one factor: that alone makes the difference what it is. */
  private static boolean isScaled(TensorComparison tensor) {
    double relative = tensor.relativeDifference();
    double byFactor = Math.abs(tensor.normRatio() * Math.signum(tensor.cosine()) - 1);
    return Math.abs(tensor.cosine()) > 1 - Thresholds.SUMMED_COSINE
        && tensor.elements() > 1
        && relative > Thresholds.SMALLEST_SCALING
        && Math.abs(byFactor - relative) <= Thresholds.UNDONE * relative;
  }

  /**
   * @param whole tensors of which all changed alike
   * @param thinned tensors of which numbers were set to zero, which lowers norms
   */
  private void scaled(
      GroupMatch group, NeuronChanges change, Set<String> whole, Set<String> thinned) {
    for (int leaf = 0; leaf < group.units(); leaf++) {
      String tensor =
          change.changed(leaf)
              ? stacks.of(group, group.members().get(change.member(leaf)), leaf)
              : "";
      boolean lowered = thinned.contains(tensor) && change.factor(leaf) < 1;
      if (change.changed(leaf) && !whole.contains(tensor) && (change.flipped(leaf) || !lowered)) {
        FindingKind kind =
            change.flipped(leaf) ? FindingKind.UNIT_SIGN_TURNED : FindingKind.UNIT_SCALED;
        found.add(unit(kind, group, tensor, leaf, change.factor(leaf)));
      }
    }
  }

  private static Finding unit(
      FindingKind kind, GroupMatch group, String tensor, int leaf, double size) {
    double confidence =
        group.state(leaf) == MatchState.MATCHED
            ? 1 - Math.exp(-Math.max(0, group.logOdds()[leaf]))
            : 0;
    return new Finding(
        kind,
        tensor,
        group.group(),
        leaf,
        group.sources()[leaf],
        size,
        false,
        Double.isNaN(confidence) ? 0 : confidence);
  }

  /** Leaves out tensors of which factors that keep the function are all that differs. */
  private void explain(GroupMatch group, NeuronChanges change) {
    boolean any = false;
    boolean all = true;
    for (int leaf = 0; leaf < group.units(); leaf++) {
      any |= change.changed(leaf);
      all &= change.keepsFunction(leaf);
    }
    if (any && all) {
      group.members().forEach(member -> explained.addAll(stacks.of(member)));
    }
  }

  /**
   * Leaves out tensors on which units were found scaled or turned, however many, where that is all
   * that differs.
   */
  private void explain(
      GroupMatch group, NeuronChanges change, UnitScaling scaling, Set<String> whole) {
    for (int m = 0; m < group.members().size(); m++) {
      int member = m;
      boolean told =
          IntStream.range(0, group.units())
              .anyMatch(leaf -> change.changed(leaf) && change.member(leaf) == member);
      List<String> tensors = stacks.of(group.members().get(m));
      if (told
          && tensors.stream().noneMatch(whole::contains)
          && scaling.explains(group, change, m)) {
        explained.addAll(tensors);
      }
    }
  }

  /** Units of which something differs on a tensor, if they are few. */
  private void changed(GroupMatch group, NeuronChanges change, Map<String, ChangedUnits> few) {
    for (int m = 0; m < group.members().size(); m++) {
      int member = m;
      few.forEach(
          (tensor, units) -> {
            if (units.isOf(group, member)) {
              changed(tensor, member, units, change);
            }
          });
    }
  }

  private void changed(String tensor, int member, ChangedUnits units, NeuronChanges change) {
    explained.add(tensor);
    for (int leaf : units.units()) {
      boolean told =
          change.changed(leaf) && (change.keepsFunction(leaf) || change.member(leaf) == member);
      if (!told) {
        double size = units.size(leaf);
        found.add(unit(FindingKind.UNIT_CHANGED, units.group(), tensor, leaf, size));
      }
    }
  }

  private void tensor(TensorComparison tensor) {
    String name = tensor.tensor();
    if (tensor.sameValues()) {
      found.add(Finding.ofTensor(FindingKind.STORED_OTHERWISE, name, 0, true));
      return;
    }
    if (tensor.notFinite() > 0) {
      found.add(Finding.ofTensor(FindingKind.NOT_FINITE, name, (double) tensor.notFinite(), false));
    }
    if (tensor.suspectSquares() == 0 && tensor.referenceSquares() > 0) {
      found.add(Finding.ofTensor(FindingKind.ZEROED, name, 1, tensor.notFinite() == 0));
      return;
    }
    boolean pruned = isPruned(tensor);
    if (pruned) {
      boolean all = isOnlyZeroed(tensor);
      found.add(Finding.ofTensor(FindingKind.PRUNED, name, tensor.suspectZeroShare(), all));
    }
    int bits = Quantised.bits(tensor, facts.mostBits());
    if (bits > 0) {
      found.add(Finding.ofTensor(FindingKind.QUANTISED, name, bits, false));
    }
    boolean differs = tensor.different() > 0 || tensor.notFinite() == 0;
    if (differs && !pruned && bits <= 0 && !explained.contains(name) && tensor.elements() > 0) {
      found.add(rest(tensor));
    }
  }

  private Finding rest(TensorComparison tensor) {
    double relative = tensor.relativeDifference();
    if (isScaled(tensor)) {
      double factor = tensor.normRatio() * Math.signum(tensor.cosine());
      return Finding.ofTensor(FindingKind.TENSOR_SCALED, tensor.tensor(), factor, true);
    }
    FindingKind kind =
        !tensor.weight()
            ? FindingKind.TERMS_CHANGED
            : Math.abs(tensor.cosine()) < nothingLeft(tensor.tensor())
                ? FindingKind.REPLACED
                : FindingKind.WEIGHTS_CHANGED;
    return Finding.ofTensor(kind, tensor.tensor(), relative, false);
  }

  /**
   * Cosine of a tensor below which nothing is left of it: more where its units were put in the
   * order that fits best by chance, of the many that there are.
   */
  private double nothingLeft(String part) {
    String tensor = facts.whole(part);
    double chance = 0;
    for (GroupMatch group : match.groups()) {
      boolean lies = group.members().stream().anyMatch(m -> m.tensor().equals(tensor));
      if (lies && !hasOrder(group, units(group, tensor, part))) {
        long width = group.members().stream().mapToLong(GroupAxis::width).sum();
        chance = Math.max(chance, Math.sqrt(2 * Math.log(group.units()) / width));
      }
    }
    return Thresholds.NOTHING_LEFT + Math.min(Thresholds.RELIABLE_DIRECTION, chance);
  }

  /** The units of a group that lie in a tensor of the checkpoint. */
  private StackParts.Part units(GroupMatch group, String tensor, String part) {
    return IntStream.range(0, group.members().size())
        .filter(m -> group.members().get(m).tensor().equals(tensor))
        .boxed()
        .flatMap(m -> stacks.of(group, m, Set.of(part)).stream())
        .min(Comparator.comparingInt(units -> units.to() - units.from()))
        .orElse(new StackParts.Part(tensor, 0, group.units()));
  }

  /** Whether the order of some of a group's units is told by more than chance. */
  private boolean hasOrder(GroupMatch group, StackParts.Part units) {
    int count = units.to() - units.from();
    long matched =
        IntStream.range(units.from(), units.to())
            .filter(leaf -> group.state(leaf) == MatchState.MATCHED)
            .count();
    return 2 * matched > count
        || (count == group.units()
            && match.origin().groups().stream()
                .anyMatch(origin -> origin.group().equals(group.group()) && origin.common()));
  }
}
