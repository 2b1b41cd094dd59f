package org.findthelady.pair;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.findthelady.core.DType;
import org.findthelady.core.FloatRange;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.basis.LowRank;
import org.findthelady.match.kernel.RoundedParts;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.rows.RowPairs;
import org.findthelady.match.rows.Weights;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.structure.Structure;
import org.findthelady.structure.TensorMove;

/**
 * What a second look at one tensor found.
 *
 * @param findings in the place of the one that led to the look
 * @param cast type to which the tensor was cast, if that explains all; else null
 * @param rounded grids that explain all; else null
 * @param drifted whether a matrix of low rank was added
 */
public record TensorLook(List<Finding> findings, DType cast, RoundedParts rounded, boolean drifted)
    implements Serializable {
  /** A tensor of both sides, and what was found of it that leads to the look. */
  public record Asked(Finding finding, TensorInfo tensor) implements Serializable {}

  /** Types that numbers are rounded to, the narrowest first. */
  private static final DType[] NARROW = {DType.F8_E4M3, DType.F8_E5M2, DType.BF16, DType.F16};

  /** Numbers that are rounded at a time: the first ones mostly tell that a type does not fit. */
  private static final int AT_A_TIME = 1 << 12;

  /** Numbers that must differ before a type of eight bits explains them: it has few values. */
  private static final int FEWEST_BYTES = 16;

  /**
   * The numbers of a tensor, in the reference's order.
   *
   * @param roundoff largest relative error of the suspect's type, 0 for a full one
   */
  private record Values(Shape shape, float[] ours, float[] theirs, double roundoff) {}

  /** Whether every difference is explained. */
  boolean settles() {
    return cast != null || rounded != null;
  }

  /** Reads a tensor of both sides and looks at what the finding says of it. */
  public static TensorLook at(
      PairContext context, MatchOptions options, MatchResult match, Asked asked)
      throws IOException {
    try (PairReaders readers = new PairReaders(context, options)) {
      return at(MatchedPair.of(context, match), options, readers, asked.finding(), asked.tensor());
    }
  }

  private static TensorLook at(
      MatchedPair matched,
      MatchOptions options,
      PairReaders readers,
      Finding finding,
      TensorInfo tensor)
      throws IOException {
    Weights reference = readers.referenceWeights(0);
    Weights suspect = readers.suspectWeights(0);
    Shape shape = tensor.shape();
    Structure structure = matched.context().structure();
    TensorMove move =
        structure.axes(finding.tensor()).isEmpty()
            ? new TensorMove(finding.tensor(), new int[shape.rank()][])
            : structure.move(finding.tensor(), matched.resync());
    RowPairs rows =
        new RowPairs(reference, suspect, finding.tensor(), shape, move, options.blockBytes());
    float[] ours = new float[Math.toIntExact(shape.elements())];
    float[] theirs = new float[ours.length];
    int rest = Math.toIntExact(shape.elements(1, shape.rank()));
    while (rows.next()) {
      int at = rows.first() * rest;
      int count = rows.count() * rest;
      decode(reference.packedType(finding.tensor()), rows.here(), ours, at, count);
      decode(suspect.packedType(move.source()), rows.there(), theirs, at, count);
    }
    DType stored = suspect.packedType(move.source());
    return of(matched, finding, new Numbers(shape, ours, theirs, stored, move.gathers()));
  }

  /**
   * The numbers of a tensor of both sides, in the reference's order.
   *
   * @param stored type of the suspect's
   * @param gathers for every axis where in the suspect an index is; null where it is the same
   */
  record Numbers(Shape shape, float[] ours, float[] theirs, DType stored, int[][] gathers) {}

  /** Looks at numbers of both sides, and at what the finding says of them. */
  static TensorLook of(MatchedPair matched, Finding finding, Numbers both) {
    double roundoff = roundoff(both.stored(), both.theirs());
    Values values = new Values(both.shape(), both.ours(), both.theirs(), roundoff);
    boolean settled =
        (finding.explains() && finding.kind() != FindingKind.TENSOR_SCALED)
            || finding.kind() == FindingKind.UNIT_CHANGED;
    TensorLook told = settled ? null : explained(finding, values, both.gathers());
    return told != null ? told : odd(matched, finding, values, both.gathers());
  }

  /** A cast or a grid that explains every difference; null if none does. */
  private static TensorLook explained(Finding finding, Values values, int[][] gathers) {
    for (DType type : NARROW) {
      if (isCast(values.ours(), values.theirs(), type)
          && (type.blockBytes() > 1 || differing(values.ours(), values.theirs()) >= FEWEST_BYTES)) {
        return new TensorLook(
            List.of(Finding.explained(FindingKind.CAST, finding.tensor(), finding.size())),
            type,
            null,
            false);
      }
    }
    RoundedParts parts = values.shape().rank() < 2 ? null : parts(values, gathers);
    return parts == null
        ? null
        : new TensorLook(
            List.of(Finding.explained(FindingKind.QUANTISED, finding.tensor(), parts.bits())),
            null,
            parts,
            false);
  }

  /** With the few units that differ by far more than all others; else by a matrix of low rank. */
  private static TensorLook odd(
      MatchedPair matched, Finding finding, Values values, int[][] gathers) {
    boolean coarse =
        finding.kind() == FindingKind.PRUNED || finding.kind() == FindingKind.QUANTISED;
    OddUnits odd =
        OddUnits.of(
            matched,
            finding.tensor(),
            values.shape(),
            values.ours(),
            values.theirs(),
            values.roundoff(),
            coarse);
    boolean whole = finding.kind() != FindingKind.REPLACED && finding.unit() < 0;
    if (odd == null || (!whole && !odd.isAll())) {
      int rank = coarse || !whole ? 0 : lowRank(values);
      return new TensorLook(
          List.of(
              rank > 0
                  ? Finding.explained(FindingKind.LOW_RANK_DRIFT, finding.tensor(), rank)
                  : finding),
          null,
          null,
          rank > 0);
    }
    List<Finding> told = new ArrayList<>(odd.findings(matched, finding.tensor(), gathers));
    if (!odd.isAll()) {
      told.add(coarse ? 0 : told.size(), finding);
    } else if (values.roundoff() > 0 && finding.unit() < 0) {
      told.add(Finding.tensor(FindingKind.CAST, finding.tensor(), finding.size()));
    }
    return new TensorLook(told, null, null, false);
  }

  private static int lowRank(Values values) {
    Shape shape = values.shape();
    if (shape.rank() < 2) {
      return 0;
    }
    int length = values.ours().length;
    int last = shape.intLength(shape.rank() - 1);
    int rest = Math.toIntExact(shape.elements(1, shape.rank()));
    boolean byLast = Math.min(length / last, last) > Math.min(length / rest, rest);
    return LowRank.of(values.ours(), values.theirs(), byLast ? last : rest, values.roundoff());
  }

  /** Grids of the tensor as the reference has it, else as the suspect has it. */
  private static RoundedParts parts(Values values, int[][] gathers) {
    Shape shape = values.shape();
    float[] ours = values.ours();
    float[] theirs = values.theirs();
    double roundoff = values.roundoff();
    RoundedParts parts = RoundedParts.of(ours, theirs, shape, roundoff);
    if (parts != null || Stream.of(gathers).allMatch(Objects::isNull)) {
      return parts;
    }
    // Its first row and its first column mostly tell that it has none.
    if (!mayBeBlocks(values, gathers, 0) && !mayBeBlocks(values, gathers, shape.rank() - 1)) {
      return null;
    }
    int[] places = places(shape, gathers);
    return RoundedParts.blocks(put(ours, places), put(theirs, places), shape, roundoff);
  }

  /** Whether what the suspect has first on an axis does not rule out grids of blocks. */
  private static boolean mayBeBlocks(Values values, int[][] gathers, int axis) {
    Shape shape = values.shape();
    int first =
        gathers[axis] == null
            ? 0
            : IntStream.range(0, shape.intLength(axis))
                .filter(index -> gathers[axis][index] == 0)
                .findFirst()
                .orElseThrow();
    int[] others = IntStream.range(0, shape.rank()).filter(other -> other != axis).toArray();
    int[] places =
        places(
            Shape.of(Arrays.stream(others).mapToLong(shape::length).toArray()),
            Arrays.stream(others).mapToObj(other -> gathers[other]).toArray(int[][]::new));
    return RoundedParts.mayBeBlocks(
        put(RoundedParts.slice(values.ours(), shape, axis, first), places),
        put(RoundedParts.slice(values.theirs(), shape, axis, first), places),
        values.roundoff());
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
}
