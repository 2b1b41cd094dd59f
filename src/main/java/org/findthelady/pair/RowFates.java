package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.findthelady.align.Counterpart;
import org.findthelady.align.RowExcerpt;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.match.verdict.Findings;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Structure;

/**
 * What became of the rows of tables whose rows have a place that no structure lets move, such as
 * the tokens of a vocabulary: removed, added, moved.
 */
final class RowFates {
  /** Numbers of one table that are read again at most: 128 MiB. */
  private static final long MOST_ELEMENTS = 1 << 25;

  /** Products of rows that are held against each other at most. */
  private static final double MOST_PRODUCTS = 2e10;

  private static final int MOST_ROWS = 1 << 15;

  private static final int NAMED = 8;

  /** What is told of a table as a whole, and better once its rows are paired. */
  private static final Set<FindingKind> WHOLE =
      EnumSet.of(
          FindingKind.WEIGHTS_CHANGED,
          FindingKind.PRUNED,
          FindingKind.QUANTISED,
          FindingKind.CAST,
          FindingKind.NOT_FINITE,
          FindingKind.REPLACED,
          FindingKind.LOW_RANK_DRIFT,
          FindingKind.TENSOR_SCALED,
          FindingKind.UNIT_SCALED,
          FindingKind.UNIT_SIGN_TURNED,
          FindingKind.UNIT_CHANGED);

  private final MatchedPair matched;
  private final List<Finding> findings;
  private final StringBuilder words = new StringBuilder();

  private RowFates(MatchedPair matched, List<Finding> findings) {
    this.matched = matched;
    this.findings = new ArrayList<>(findings);
  }

  /** Looks at the tables of a pair that was matched. */
  static RowFates of(MatchedPair matched, List<Finding> findings) throws IOException {
    RowFates fates = new RowFates(matched, findings);
    PairContext context = matched.context();
    try (TensorReader ours = PairReaders.reference(context);
        TensorReader theirs = PairReaders.suspect(context)) {
      for (Counterpart pair : context.alignment().counterparts()) {
        if (fates.mayTell(pair)) {
          fates.look(pair, ours, theirs);
        }
      }
    }
    return fates;
  }

  private boolean mayTell(Counterpart pair) {
    TensorInfo our = pair.reference().source();
    TensorInfo their = pair.suspect().source();
    boolean part =
        (pair.reference().excerpt() instanceof RowExcerpt
                || pair.suspect().excerpt() instanceof RowExcerpt)
            && !pair.reference().isPart()
            && !pair.suspect().isPart();
    List<Axis> axes = matched.context().structure().axes(pair.name());
    boolean table =
        our.shape().rank() == 2
            && their.shape().rank() == 2
            && pair.reference().order() == null
            && pair.suspect().order() == null
            && our.dtype().floating()
            && their.dtype().floating()
            && our.shape().elements() <= MOST_ELEMENTS
            && their.shape().elements() <= MOST_ELEMENTS
            && Math.max(our.shape().length(0), their.shape().length(0)) <= MOST_ROWS;
    table &= matched.context().structure().stackOf(pair.name()).isEmpty();
    boolean anchored = axes.size() == 2 && axes.get(0).isFrozen() && !axes.get(1).isFrozen();
    return table && (part || (anchored && differs(pair.name())));
  }

  /** Whether a table differs by more than a small change of each row does. */
  private boolean differs(String name) {
    return matched.tensors().stream()
        .filter(tensor -> tensor.tensor().equals(name))
        .anyMatch(tensor -> !tensor.sameValues() && tensor.keptEqual() < tensor.kept());
  }

  private void look(Counterpart pair, TensorReader ours, TensorReader theirs) throws IOException {
    Shape shape = pair.reference().source().shape();
    int width = shape.intLength(1);
    float[] a = ours.readFloats(pair.reference().source());
    float[] b = theirs.readFloats(pair.suspect().source());
    Structure structure = matched.context().structure();
    int[] columns =
        structure.axes(pair.name()).isEmpty()
            ? null
            : structure.gathers(pair.name(), matched.resync())[1];
    float[] there = columns == null ? b : gathered(b, columns);
    RowPairing rows = RowPairing.of(a, there, width, MOST_PRODUCTS);
    if (rows != null && !rows.isPlain()) {
      tell(pair.name(), rows);
      findings.addAll(rest(pair, rows, a, there, new int[][] {null, columns}));
    }
  }

  /** What else was done to the rows that both sides have: these are one tensor, in order. */
  private List<Finding> rest(
      Counterpart pair, RowPairing rows, float[] ours, float[] theirs, int[][] gathers)
      throws IOException {
    int[] pairs = rows.theirs();
    int[] both = IntStream.range(0, pairs.length).filter(row -> pairs[row] >= 0).toArray();
    int width = ours.length / pairs.length;
    float[] one = new float[both.length * width];
    float[] other = new float[one.length];
    for (int i = 0; i < both.length; i++) {
      System.arraycopy(ours, both[i] * width, one, i * width, width);
      System.arraycopy(theirs, pairs[both[i]] * width, other, i * width, width);
    }
    TensorComparison comparison = new TensorComparison(pair.name(), true);
    comparison.add(one, other, one.length);
    comparison.bytesDiffer();
    comparison.finish();
    if (both.length == 0 || comparison.sameValues()) {
      return List.of();
    }
    Shape shape = Shape.of(both.length, width);
    DType stored = pair.suspect().source().dtype();
    TensorLook.Numbers numbers = new TensorLook.Numbers(shape, one, other, stored, gathers);
    return SecondLook.at(
            matched,
            Findings.of(matched.match(), comparison, matched.facts()),
            List.of(new TensorInfo(pair.name(), stored, shape, 0, 0, stored.bytes(shape))),
            asked ->
                asked.stream()
                    .map(some -> TensorLook.of(matched, some.finding(), numbers))
                    .toList())
        .findings()
        .stream()
        .map(found -> found.ofRow(both, pairs))
        .toList();
  }

  private static float[] gathered(float[] values, int[] columns) {
    float[] gathered = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int column = i % columns.length;
      gathered[i] = values[i - column + columns[column]];
    }
    return gathered;
  }

  private void tell(String table, RowPairing rows) {
    int[] pairs = rows.theirs();
    int[] moved = moved(pairs);
    int[] removed = IntStream.range(0, pairs.length).filter(i -> pairs[i] < 0).toArray();
    int[] added = rows.added();
    findings.removeIf(f -> f.tensor().equals(table) && WHOLE.contains(f.kind()));
    add(FindingKind.ROW_MOVED, table, moved, pairs);
    add(FindingKind.ROW_REMOVED, table, removed, pairs);
    add(FindingKind.ROW_ADDED, table, added, null);
    double relative = rows.relativeDifference();
    words.append(
        String.format(
            Locale.ROOT,
            "; of the rows of '%s' %s; all others %s",
            table,
            List.of(some("moved", moved), some("removed", removed), some("added", added)).stream()
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", ")),
            relative == 0
                ? "are the reference's"
                : String.format(Locale.ROOT, "differ by %.3g", relative)));
  }

  /**
   * Rows at another index, or, if that is less than half of them, those that others went past: rows
   * that make room for one that was moved keep their order.
   */
  private static int[] moved(int[] pairs) {
    boolean[] keeps = Rising.of(pairs);
    int[] past = IntStream.range(0, pairs.length).filter(i -> pairs[i] >= 0 && !keeps[i]).toArray();
    int[] away =
        IntStream.range(0, pairs.length).filter(i -> pairs[i] >= 0 && pairs[i] != i).toArray();
    return 2 * past.length < away.length ? past : away;
  }

  private void add(FindingKind kind, String table, int[] rows, int[] pairs) {
    if (rows.length > Thresholds.NAMED_UNITS) {
      findings.add(Finding.explained(kind, table, rows.length));
      return;
    }
    for (int row : rows) {
      boolean ours = kind != FindingKind.ROW_ADDED;
      int source = ours ? pairs[row] : row;
      findings.add(new Finding(kind, table, "", ours ? row : -1, source, 1, true, 1));
    }
  }

  private static String some(String what, int[] rows) {
    return rows.length == 0
        ? ""
        : Arrays.stream(rows)
            .limit(NAMED)
            .mapToObj(String::valueOf)
            .collect(
                Collectors.joining(
                    ", ",
                    rows.length + " were " + what + " (",
                    rows.length > NAMED ? ", ...)" : ")"));
  }

  /** Whether rows were moved, removed or added. */
  boolean any() {
    return !words.isEmpty();
  }

  /** All findings, those of rows in place of what is told of their tables as a whole. */
  List<Finding> findings() {
    return findings;
  }

  /** In words; empty if there is nothing to tell. */
  String words() {
    return words.toString();
  }
}
