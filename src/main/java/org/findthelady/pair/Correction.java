package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.findthelady.core.Shape;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.basis.BasisChange;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.rows.GroupAxis;
import org.findthelady.match.rows.Weights;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.match.verdict.NeuronChanges;
import org.findthelady.perturb.Perturbation;
import org.findthelady.structure.Axis;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.StackedTensor;

/**
 * What is certain of the changes of a suspect, undone while it is written: the scale and the sign
 * of units, or a change of basis. Products are rounded, so what is written is the reference's to
 * rounding and never called equal.
 */
final class Correction implements Perturbation {
  private static final long serialVersionUID = 1;

  /**
   * The factors that undo what was done to units on one axis of a tensor of the suspect.
   *
   * @param units which unit each index of the axis belongs to
   * @param factors by unit; 1 where nothing is undone
   */
  private record AxisFactors(int axis, int[] units, double[] factors)
      implements java.io.Serializable {
    static AxisFactors none(int axis, int[] units, int count) {
      double[] ones = new double[count];
      Arrays.fill(ones, 1);
      return new AxisFactors(axis, units, ones);
    }

    /** The factors on one of several parts that lie end to end on the axis. */
    AxisFactors part(int part, int parts) {
      int length = units.length / parts;
      int[] own = Arrays.copyOfRange(units, part * length, (part + 1) * length);
      return new AxisFactors(axis, own, factors);
    }

    void apply(Shape shape, float[] numbers) {
      long stride = shape.elements(axis + 1, shape.rank());
      for (int i = 0; i < numbers.length; i++) {
        int unit = units[(int) (i / stride % units.length)];
        if (unit >= 0 && factors[unit] != 1) {
          numbers[i] = (float) (numbers[i] * factors[unit]);
        }
      }
    }
  }

  private final Map<String, List<AxisFactors>> factors = new HashMap<>();
  private final Map<String, float[]> values = new HashMap<>();
  private final List<String> words = new ArrayList<>();

  private final List<String> stays = new ArrayList<>();

  /** Tensor, group and unit of what was undone. */
  private final Set<List<Object>> units = new HashSet<>();

  private final GroupPermutations order;
  private String whyNot;

  private Correction(GroupPermutations order) {
    this.order = order;
  }

  /** Undoes scales and signs of units whose direction holds. */
  static Correction of(MatchedPair matched) {
    Correction correction = new Correction(matched.resync());
    int units = 0;
    for (int g = 0; g < matched.changes().size(); g++) {
      GroupMatch group = matched.match().groups().get(g);
      NeuronChanges changes = matched.changes().get(g);
      units += correction.undo(matched, group, changes);
    }
    if (units > 0) {
      correction.words.add("the scale or sign of " + units + " units");
    }
    return correction;
  }

  /**
   * Undoes a change of basis: the weights as they are after that, in the reference's order. Gains
   * are folded on both sides to compare them; a suspect that has gains of its own is not written.
   *
   * @param undone the suspect's tensors after that; empty if they do not fit the memory
   */
  static Correction of(
      MatchedPair matched, MatchOptions options, BasisChange change, Map<String, float[]> undone)
      throws IOException {
    Correction correction = new Correction(GroupPermutations.identity());
    PairContext context = matched.context();
    for (BasisChange.Undone one : change.undone()) {
      boolean folded = one.place().equals(BasisChange.NORMALISATION);
      (folded ? correction.stays : correction.words).add(one.words());
    }
    if (!fits(context)) {
      correction.whyNot =
          "the weights after a change of basis are held in memory, and take more than a quarter of"
              + " this process' "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MiB";
      return correction;
    }
    undone.forEach((tensor, numbers) -> correction.put(context, tensor, numbers));
    try (PairReaders readers = new PairReaders(context, options)) {
      Weights suspect = readers.suspectWeights(0);
      for (String tensor : context.structure().axes().keySet()) {
        if (!undone.containsKey(tensor) && suspect.has(tensor) && !foldsNothing(suspect, tensor)) {
          correction.whyNot =
              "its normalisation gains would have to be folded into what reads them";
        }
      }
    }
    return correction;
  }

  /** Whether a model's weights as float32 numbers take a quarter of the memory at most. */
  static boolean fits(PairContext context) {
    long elements =
        context.compared().stream().mapToLong(tensor -> tensor.shape().elements()).sum();
    return elements <= Runtime.getRuntime().maxMemory() / 4 / Float.BYTES;
  }

  /** Holds the numbers of a tensor, or of every part of a stack. */
  private void put(PairContext context, String tensor, float[] numbers) {
    StackedTensor stack = context.structure().stack(tensor).orElse(null);
    if (stack == null) {
      values.put(tensor, numbers);
      return;
    }
    Shape part =
        context.compared().stream()
            .filter(one -> one.name().equals(stack.parts().get(0)))
            .findFirst()
            .orElseThrow()
            .shape();
    int run = Math.toIntExact(part.elements(stack.axis(), part.rank()));
    for (int p = 0; p < stack.parts().size(); p++) {
      values.put(stack.parts().get(p), stack.part(p, numbers, run));
    }
  }

  /** Whether a gain is all ones, or an offset all zeros, so that folding it changed nothing. */
  private static boolean foldsNothing(Weights weights, String tensor) throws IOException {
    boolean ones = true;
    boolean zeros = true;
    for (float value : weights.readWhole(tensor)) {
      ones &= value == 1;
      zeros &= value == 0;
    }
    return ones || zeros;
  }

  /** Why the suspect cannot be written so; empty if it can. */
  Optional<String> whyNotWritten() {
    return Optional.ofNullable(whyNot);
  }

  /** Undoes what was done to units of a group; returns how many of them it concerns. */
  private int undo(MatchedPair matched, GroupMatch group, NeuronChanges changes) {
    BitSet undone = new BitSet();
    for (int m = 0; m < group.members().size(); m++) {
      GroupAxis member = group.members().get(m);
      Axis axis = matched.context().structure().axes(member.tensor()).get(member.axis());
      int[] units = matched.context().structure().units(axis, group.group());
      AxisFactors made = AxisFactors.none(member.axis(), units, group.units());
      BitSet here = new BitSet();
      for (int unit = 0; unit < group.units(); unit++) {
        double scale = group.scales()[m][unit];
        boolean holds = Math.abs(group.memberCosines()[m][unit]) > Thresholds.SAME_DIRECTION;
        if (changes.changed(unit) && holds && Math.abs(scale - 1) > Thresholds.SMALLEST_SCALING) {
          made.factors()[group.sources()[unit]] = 1 / scale;
          here.set(unit);
        }
      }
      if (!here.isEmpty()) {
        StackedTensor stack = matched.context().structure().stack(member.tensor()).orElse(null);
        List<String> tensors = stack == null ? List.of(member.tensor()) : stack.parts();
        boolean split = stack != null && stack.axis() == member.axis();
        for (int p = 0; p < tensors.size(); p++) {
          AxisFactors part = split ? made.part(p, tensors.size()) : made;
          factors.computeIfAbsent(tensors.get(p), name -> new ArrayList<>()).add(part);
          String tensor = tensors.get(p);
          here.stream().forEach(unit -> this.units.add(List.of(tensor, group.group(), unit)));
        }
        undone.or(here);
      }
    }
    return undone.cardinality();
  }

  /** Whether what was found is undone. */
  boolean undoes(Finding finding) {
    return finding.kind() == FindingKind.BASIS_CHANGED
        || units.contains(List.of(finding.tensor(), finding.group(), finding.unit()));
  }

  /** The order in which the corrected suspect is written. */
  GroupPermutations order() {
    return order;
  }

  /** What is undone besides the order; empty if nothing is. */
  List<String> words() {
    return List.copyOf(words);
  }

  /** Whether numbers are computed anew. */
  boolean rounds() {
    return !values.isEmpty() || !factors.isEmpty();
  }

  /** What keeps the function and is left as it is. */
  List<String> stays() {
    return List.copyOf(stays);
  }

  @Override
  public String description() {
    return "undone: " + String.join(", ", words);
  }

  @Override
  public boolean selects(String tensor, Shape shape) {
    return factors.containsKey(tensor) || values.containsKey(tensor);
  }

  @Override
  public void applyInPlace(String tensor, Shape shape, float[] numbers) {
    float[] undone = values.get(tensor);
    if (undone != null) {
      System.arraycopy(undone, 0, numbers, 0, numbers.length);
    }
    factors.getOrDefault(tensor, List.of()).forEach(made -> made.apply(shape, numbers));
  }
}
