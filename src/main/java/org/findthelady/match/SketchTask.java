package org.findthelady.match;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/**
 * Matches a large root group through sketches: candidates by products of sketches, then their exact
 * cosines in a second pass. A row is resolved when its best exact cosine is above what any
 * candidate that was not looked at can have, at {@value #SIGMAS} standard errors of Fisher's z.
 *
 * @param length sums per sketch
 */
record SketchTask(
    String group,
    List<Evidence> evidence,
    Assignment resync,
    int leaves,
    long width,
    int length,
    long seed,
    long blockBytes)
    implements MatchTask<SketchResult> {
  private static final double SIGMAS = 7;
  private static final int KEEP = 3;

  SketchTask {
    evidence = List.copyOf(evidence);
  }

  @Override
  public SketchResult run(Structure structure, Weights reference, Weights suspect)
      throws IOException {
    Group matched = structure.group(group);
    Sketch here = new Sketch(leaves, length, seed);
    Sketch there = new Sketch(leaves, length, seed);
    Panels panels = new Panels(structure, matched, reference, suspect, evidence, resync);
    panels.forEach(
        blockBytes / 4,
        (member, columns, byColumn, a, b, number) -> {
          here.add(a, columns, byColumn, member.weight(), number);
          there.add(b, columns, byColumn, member.weight(), number);
        });
    SketchScores scores = new SketchScores(here, there, KEEP, blockBytes / 4);
    Pairing pairs = new Pairing(scores.rows(), scores.columns());
    panels.forEach(
        blockBytes / 4,
        (member, columns, byColumn, a, b, number) ->
            pairs.add(a, b, leaves, columns, byColumn, member.weight()));
    return result(here, there, scores, pairs);
  }

  private SketchResult result(Sketch here, Sketch there, SketchScores scores, Pairing pairs) {
    TopLists rows = new TopLists(leaves, KEEP + 1);
    TopLists columns = new TopLists(leaves, KEEP + 1);
    double[] bounds = new double[leaves];
    Arrays.setAll(bounds, row -> bound(scores.rows().last(row)));
    double[] columnBounds = new double[leaves];
    Arrays.setAll(columnBounds, column -> bound(scores.columns().last(column)));
    boolean[] resolved = new boolean[leaves];
    pairs.forEach(
        (row, column, product) -> {
          double squares = here.squares()[row] * there.squares()[column];
          double cosine = squares == 0 ? 0 : product / Math.sqrt(squares);
          float score = Double.isFinite(cosine) ? (float) cosine : ScoreBlock.IMPOSSIBLE;
          rows.offer(row, column, score);
          columns.offer(column, row, score);
        });
    for (int row = 0; row < leaves; row++) {
      int best = rows.index(row, 0);
      resolved[row] =
          best >= 0 && rows.score(row, 0) > bounds[row] && rows.score(row, 0) > columnBounds[best];
    }
    return new SketchResult(
        rows, columns, bounds, resolved, here.squares(), there.squares(), scores.spread(), width);
  }

  /** The highest cosine that a pair whose estimate is no better than this one can have. */
  private double bound(double estimate) {
    double clipped = Math.max(-0.999999, Math.min(0.999999, estimate));
    double z = 0.5 * Math.log((1 + clipped) / (1 - clipped)) + SIGMAS / Math.sqrt(length - 3);
    return Math.tanh(z);
  }

  @Override
  public String description() {
    return "Sketching %s: %d x %d to %d".formatted(group, leaves, width, length);
  }

  @Override
  public long bytes() {
    return 16 * width * leaves;
  }

  @Override
  public double flops() {
    return 2.0 * leaves * leaves * length + 8.0 * leaves * width;
  }
}
