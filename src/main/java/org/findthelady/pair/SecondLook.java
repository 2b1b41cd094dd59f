package org.findthelady.pair;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.findthelady.core.DType;
import org.findthelady.core.FloatRange;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.basis.LowRank;
import org.findthelady.match.kernel.EqualSteps;
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

  /** Numbers of a row from which on a grid of its own is looked for. */
  private static final int ROW = 16;

  private static final Set<FindingKind> WHOLE =
      EnumSet.of(FindingKind.QUANTISED, FindingKind.WEIGHTS_CHANGED, FindingKind.TERMS_CHANGED);

  private final PairContext context;
  private final MatchOptions options;
  private final MatchedPair matched;
  private final List<Finding> findings = new ArrayList<>();
  private int rounded;
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
        look.findings.add(
            look.mayTell(finding, tensor)
                ? look.told(finding, tensor.shape(), reference, suspect)
                : finding);
        look.other += finding.kind() == FindingKind.STORED_OTHERWISE ? 1 : 0;
      }
    }
    return look;
  }

  private boolean mayTell(Finding finding, TensorInfo tensor) {
    boolean all = WHOLE.contains(finding.kind());
    Structure structure = context.structure();
    boolean ordered =
        structure.axes().containsKey(finding.tensor()) || structure.groups().isEmpty();
    if (!all || !ordered || tensor == null || tensor.shape().elements() > MOST_ELEMENTS) {
      return false;
    }
    elements += tensor.shape().elements();
    return elements <= MOST_TOGETHER;
  }

  private Finding told(Finding finding, Shape shape, Weights reference, Weights suspect)
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
    DType narrow = narrow(theirs, suspect.packedType(finding.tensor()));
    if (narrow != null && isCast(ours, theirs, narrow)) {
      cast.merge(narrow, 1, Integer::sum);
      return Finding.explained(FindingKind.CAST, finding.tensor(), finding.size());
    }
    if (shape.rank() < 2) {
      return finding;
    }
    int bits = bits(ours, theirs, rest, roundoff(narrow));
    if (bits > 0) {
      rounded++;
      return Finding.explained(FindingKind.QUANTISED, finding.tensor(), bits);
    }
    int last = shape.intLength(shape.rank() - 1);
    boolean byLast = Math.min(ours.length / last, last) > Math.min(ours.length / rest, rest);
    int rank = LowRank.of(ours, theirs, byLast ? last : rest, roundoff(narrow));
    drifted += rank > 0 ? 1 : 0;
    return rank > 0
        ? Finding.explained(FindingKind.LOW_RANK_DRIFT, finding.tensor(), rank)
        : finding;
  }

  private static double roundoff(DType narrow) {
    return narrow == null ? 0 : FloatRange.roundoff(narrow);
  }

  /** The half type that holds all numbers; null if none does. */
  private static DType narrow(float[] values, DType stored) {
    for (DType type : new DType[] {DType.BF16, DType.F16}) {
      if (type == stored
          || (stored != DType.F16 && stored != DType.BF16 && isCast(values, values, type))) {
        return type;
      }
    }
    return null;
  }

  /** Whether numbers are others, rounded to a type. */
  private static boolean isCast(float[] from, float[] to, DType type) {
    ByteBuffer rounded = ByteBuffer.allocate(Math.multiplyExact(from.length, type.blockBytes()));
    float[] values = new float[from.length];
    Floats.encode(type, from, 0, from.length, rounded);
    Floats.decode(type, rounded.flip(), values, 0, values.length);
    for (int i = 0; i < values.length; i++) {
      if (values[i] != to[i] && !(Float.isNaN(values[i]) && Float.isNaN(to[i]))) {
        return false;
      }
    }
    return true;
  }

  private static void decode(DType type, byte[] packed, float[] values, int at, int count) {
    Floats.decode(type, packed, 0, values, at, count);
  }

  /** Bits of one grid for all, or of one for each row. */
  private static int bits(float[] ours, float[] theirs, int rest, double roundoff) {
    int bits = EqualSteps.bits(ours, theirs, 0, ours.length, roundoff);
    if (bits > 0 || rest < ROW) {
      return bits;
    }
    int most = 0;
    for (int at = 0; at < ours.length; at += rest) {
      int row = EqualSteps.bits(ours, theirs, at, rest, roundoff);
      if (row == 0 || rest < Thresholds.NUMBERS_PER_VALUE * (1 << Math.min(row, 4))) {
        return 0;
      }
      most = Math.max(most, row);
    }
    return most;
  }

  /** The findings, told more exactly where that was possible. */
  List<Finding> findings() {
    return findings;
  }

  /** In words; empty if it told nothing. */
  String words() {
    int casts = cast.values().stream().mapToInt(Integer::intValue).sum();
    int left = findings.size() - rounded - drifted - casts - other;
    String steps =
        rounded == 0
            ? ""
            : "; rounding to the nearest of equal steps explains all that differs in %d tensors%s"
                .formatted(
                    rounded, left == 0 && drifted == 0 && casts == 0 ? ": every difference" : "");
    String rank =
        drifted == 0
            ? ""
            : "; %d tensors differ by a matrix of low rank, as a merged adapter makes it"
                .formatted(drifted);
    StringBuilder rest = new StringBuilder();
    cast.forEach(
        (type, count) ->
            rest.append(
                "; a cast to %s explains all that differs in %d tensors".formatted(type, count)));
    return steps + rank + rest;
  }
}
