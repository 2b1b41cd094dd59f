package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.findthelady.core.DType;
import org.findthelady.core.FloatRange;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.basis.LowRank;
import org.findthelady.match.kernel.RoundedParts;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.rows.RowPairs;
import org.findthelady.match.rows.Weights;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.structure.Structure;

/**
 * Reads tensors of which all is changed a second time, in order, to tell what explains the whole
 * difference: a cast, rounding to equal steps, or a matrix of low rank.
 */
final class SecondLook {
  /** Numbers of a tensor, and of all of them, that are read again at most. */
  private static final long MOST_ELEMENTS = 1 << 22;

  private static final long MOST_TOGETHER = 1 << 25;

  private static final Set<FindingKind> WHOLE =
      EnumSet.of(
          FindingKind.QUANTISED,
          FindingKind.PRUNED,
          FindingKind.WEIGHTS_CHANGED,
          FindingKind.TERMS_CHANGED);

  /** Types that numbers are rounded to, the narrowest first. */
  private static final DType[] NARROW = {DType.F8_E4M3, DType.F8_E5M2, DType.BF16, DType.F16};

  /** Numbers that are rounded at a time: the first ones mostly tell that a type does not fit. */
  private static final int AT_A_TIME = 1 << 12;

  /** Numbers that must differ before a type of eight bits explains them: it has few values. */
  private static final int FEWEST_BYTES = 16;

  private final PairContext context;
  private final MatchOptions options;
  private final MatchedPair matched;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, Integer> rounded = new TreeMap<>();
  private final Set<String> looked = new HashSet<>();
  private final Set<String> settled = new HashSet<>();
  private int mostBits;
  private int drifted;
  private final Map<DType, Integer> cast = new EnumMap<>(DType.class);
  private int other;
  private long elements;

  private SecondLook(PairContext context, MatchOptions options, MatchedPair matched) {
    this.context = context;
    this.options = options;
    this.matched = matched;
  }

  /** Looks at the tensors of some findings again. */
  static SecondLook at(MatchedPair matched, MatchOptions options, List<Finding> findings)
      throws IOException {
    SecondLook look = new SecondLook(matched.context(), options, matched);
    Map<String, TensorInfo> tensors =
        look.context.compared().stream()
            .collect(Collectors.toMap(TensorInfo::name, Function.identity()));
    try (PairReaders readers = new PairReaders(look.context, options)) {
      Weights reference = readers.referenceWeights(0);
      Weights suspect = readers.suspectWeights(0);
      for (Finding finding : findings) {
        TensorInfo tensor = tensors.get(finding.tensor());
        look.findings.addAll(
            look.mayTell(finding, tensor)
                ? look.told(finding, tensor.shape(), reference, suspect)
                : List.of(finding));
        look.other += finding.kind() == FindingKind.STORED_OTHERWISE ? 1 : 0;
      }
    }
    look.findings.removeIf(look::isSettled);
    look.withoutTwice();
    return look;
  }

  /** Whether it was guessed at a tensor of which something else explains every difference. */
  private boolean isSettled(Finding finding) {
    return !finding.explains()
        && finding.kind() != FindingKind.NOT_FINITE
        && settled.contains(finding.tensor());
  }

  /** Leaves out what was found of one unit of one tensor before. */
  private void withoutTwice() {
    Set<List<Object>> seen = new HashSet<>();
    findings.removeIf(
        f -> f.unit() >= 0 && !seen.add(List.of(f.tensor(), f.group(), f.unit(), f.source())));
  }

  private boolean mayTell(Finding finding, TensorInfo tensor) {
    // Few zeros may all lie in a few units.
    boolean few = finding.kind() == FindingKind.PRUNED && finding.size() <= Thresholds.ODD_SHARE;
    boolean all =
        WHOLE.contains(finding.kind())
            && (!finding.explains() || few)
            && finding.unit() < 0
            && !looked.contains(finding.tensor());
    Structure structure = context.structure();
    boolean ordered =
        structure.axes().containsKey(finding.tensor()) || structure.groups().isEmpty();
    if (!all || !ordered || tensor == null || tensor.shape().elements() > MOST_ELEMENTS) {
      return false;
    }
    elements += tensor.shape().elements();
    return elements <= MOST_TOGETHER;
  }

  private List<Finding> told(Finding finding, Shape shape, Weights reference, Weights suspect)
      throws IOException {
    Structure structure = context.structure();
    int[][] gathers =
        structure.axes(finding.tensor()).isEmpty()
            ? new int[shape.rank()][]
            : structure.gathers(finding.tensor(), matched.resync());
    RowPairs rows =
        new RowPairs(reference, suspect, finding.tensor(), shape, gathers, options.blockBytes());
    float[] ours = new float[Math.toIntExact(shape.elements())];
    float[] theirs = new float[ours.length];
    int rest = Math.toIntExact(shape.elements(1, shape.rank()));
    while (rows.next()) {
      int at = rows.first() * rest;
      int count = rows.count() * rest;
      decode(reference.packedType(finding.tensor()), rows.here(), ours, at, count);
      decode(suspect.packedType(finding.tensor()), rows.there(), theirs, at, count);
    }
    looked.add(finding.tensor());
    double roundoff = roundoff(suspect.packedType(finding.tensor()), theirs);
    Finding told =
        finding.explains() ? finding : told(finding, shape, ours, theirs, gathers, roundoff);
    if (told.explains() && !finding.explains()) {
      settled.add(finding.tensor());
      return List.of(told);
    }
    return odd(finding, shape, ours, theirs, roundoff);
  }

  /** With the few units that differ by far more than all others; else by a matrix of low rank. */
  private List<Finding> odd(
      Finding finding, Shape shape, float[] ours, float[] theirs, double roundoff) {
    boolean coarse =
        finding.kind() == FindingKind.PRUNED || finding.kind() == FindingKind.QUANTISED;
    OddUnits odd = OddUnits.of(matched, finding.tensor(), shape, ours, theirs, roundoff, coarse);
    if (coarse && (odd == null || !odd.isAll())) {
      return odd == null
          ? List.of(finding)
          : Stream.concat(Stream.of(finding), odd.findings(matched, finding.tensor()).stream())
              .toList();
    }
    if (odd == null) {
      return List.of(lowRank(finding, shape, ours, theirs, roundoff));
    }
    List<Finding> told = new ArrayList<>(odd.findings(matched, finding.tensor()));
    if (!odd.isAll()) {
      told.add(finding);
    } else if (roundoff > 0) {
      told.add(Finding.tensor(FindingKind.CAST, finding.tensor(), finding.size()));
    }
    return told;
  }

  private Finding lowRank(
      Finding finding, Shape shape, float[] ours, float[] theirs, double roundoff) {
    if (shape.rank() < 2) {
      return finding;
    }
    int last = shape.intLength(shape.rank() - 1);
    int rest = Math.toIntExact(shape.elements(1, shape.rank()));
    boolean byLast = Math.min(ours.length / last, last) > Math.min(ours.length / rest, rest);
    int rank = LowRank.of(ours, theirs, byLast ? last : rest, roundoff);
    drifted += rank > 0 ? 1 : 0;
    return rank > 0
        ? Finding.explained(FindingKind.LOW_RANK_DRIFT, finding.tensor(), rank)
        : finding;
  }

  private Finding told(
      Finding finding,
      Shape shape,
      float[] ours,
      float[] theirs,
      int[][] gathers,
      double roundoff) {
    for (DType type : NARROW) {
      if (isCast(ours, theirs, type)
          && (type.blockBytes() > 1 || differing(ours, theirs) >= FEWEST_BYTES)) {
        cast.merge(type, 1, Integer::sum);
        return Finding.explained(FindingKind.CAST, finding.tensor(), finding.size());
      }
    }
    if (shape.rank() < 2) {
      return finding;
    }
    RoundedParts parts = parts(shape, ours, theirs, gathers, roundoff);
    if (parts != null) {
      rounded.merge(parts.where(), 1, Integer::sum);
      mostBits = Math.max(mostBits, parts.bits());
      return Finding.explained(FindingKind.QUANTISED, finding.tensor(), parts.bits());
    }
    return finding;
  }

  /** Grids of the tensor as the reference has it, else as the suspect has it. */
  private static RoundedParts parts(
      Shape shape, float[] ours, float[] theirs, int[][] gathers, double roundoff) {
    int width = Math.toIntExact(shape.elements(1, shape.rank()));
    int last = shape.intLength(shape.rank() - 1);
    RoundedParts parts = RoundedParts.of(ours, theirs, width, last, roundoff);
    if (parts != null || Stream.of(gathers).allMatch(Objects::isNull)) {
      return parts;
    }
    int[] places = places(shape, gathers);
    return RoundedParts.blocks(put(ours, places), put(theirs, places), roundoff);
  }

  /** For every number in the reference's order its index in the suspect. */
  private static int[] places(Shape shape, int[][] gathers) {
    int[] places = {0};
    for (int axis = 0; axis < shape.rank(); axis++) {
      int length = shape.intLength(axis);
      int[] finer = new int[places.length * length];
      for (int i = 0; i < finer.length; i += length) {
        int first = places[i / length] * length;
        for (int index = 0; index < length; index++) {
          finer[i + index] = first + (gathers[axis] == null ? index : gathers[axis][index]);
        }
      }
      places = finer;
    }
    return places;
  }

  private static float[] put(float[] values, int[] places) {
    float[] put = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      put[places[i]] = values[i];
    }
    return put;
  }

  private static int differing(float[] ours, float[] theirs) {
    int differing = 0;
    for (int i = 0; i < ours.length; i++) {
      differing += ours[i] == theirs[i] ? 0 : 1;
    }
    return differing;
  }

  /** Largest relative error of the half type that holds all numbers; 0 if none does. */
  private static double roundoff(DType stored, float[] values) {
    for (DType type : new DType[] {DType.BF16, DType.F16}) {
      if (stored == type || isCast(values, values, type)) {
        return FloatRange.roundoff(type);
      }
    }
    return 0;
  }

  /** Whether numbers are others, rounded to a type. */
  private static boolean isCast(float[] from, float[] to, DType type) {
    for (int at = 0; at < from.length; at += AT_A_TIME) {
      int count = Math.min(AT_A_TIME, from.length - at);
      float[] values = Arrays.copyOfRange(from, at, at + count);
      Floats.roundInPlace(type, values, count);
      for (int i = 0; i < count; i++) {
        float there = to[at + i];
        if (values[i] != there && !(Float.isNaN(values[i]) && Float.isNaN(there))) {
          return false;
        }
      }
    }
    return true;
  }

  private static void decode(DType type, byte[] packed, float[] values, int at, int count) {
    Floats.decode(type, packed, 0, values, at, count);
  }

  /** The findings, told more exactly where that was possible. */
  List<Finding> findings() {
    return findings;
  }

  /** Whether rounding, and nothing else, changed the weights. */
  boolean allRounded() {
    return !rounded.isEmpty() && count(rounded) + other + count(cast) == findings.size();
  }

  private static int count(Map<?, Integer> tensors) {
    return tensors.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** In words; empty if it told nothing. */
  String words() {
    StringBuilder words = new StringBuilder();
    if (!rounded.isEmpty()) {
      words.append(
          "; quantised to %d bits: rounding to the nearest level explains all that differs in %d"
                  .formatted(mostBits, count(rounded))
              + " tensors (%s)%s"
                  .formatted(
                      String.join("; ", rounded.keySet()),
                      allRounded() ? ": every difference" : ""));
    }
    if (drifted > 0) {
      words.append(
          "; %d tensors differ by a matrix of low rank, as a merged adapter makes it"
              .formatted(drifted));
    }
    cast.forEach(
        (type, count) ->
            words.append(
                "; a cast to %s explains all that differs in %d tensors".formatted(type, count)));
    return words.toString();
  }
}
