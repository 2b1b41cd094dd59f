package org.findthelady.match.task;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.findthelady.match.kernel.FisherZ;
import org.findthelady.match.kernel.SketchScores;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.kernel.TopLists;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * Finds the candidates of a large root group through sketches of both sides, in one streaming pass.
 * A row is resolved when its best candidate's cosine, estimated {@value #LOWER} standard errors
 * low, is above what any other's can be at {@link Thresholds#SKETCH_DEVIATIONS} standard errors.
 * What its cosine is exactly shows when the tensors are compared.
 *
 * @param folded members that are folded
 * @param terms centred members, all of which are also summed up exactly
 * @param whole whether that is all the evidence; then terms are folded too
 * @param width numbers per row of all the evidence
 * @param length sums per sketch
 */
public record SketchTask(
    String group,
    List<Evidence> folded,
    List<Evidence> terms,
    boolean whole,
    GroupPermutations resync,
    long width,
    int length,
    long seed)
    implements MatchTask<SketchResult> {
  private static final double LOWER = 2;
  private static final int KEEP = 3;

  public SketchTask {
    folded = List.copyOf(folded);
    terms = List.copyOf(terms);
  }

  @Override
  public SketchResult run(Structure structure, Weights reference, Weights suspect)
      throws IOException {
    Group matched = structure.group(group);
    SketchBuilder folding = new SketchBuilder(structure, matched, length, seed);
    folding.add(reference, suspect, folded, resync);
    List<SketchBuilder.Terms> centred = new ArrayList<>();
    for (Evidence term : terms) {
      centred.add(SketchBuilder.Terms.read(structure, matched, reference, suspect, term, resync));
    }
    if (whole) {
      folding.add(centred);
    }
    folding.finish();
    SketchScores scores = new SketchScores(folding.here(), folding.there(), KEEP);
    return result(matched.leaves(), folding, scores, centred);
  }

  private SketchResult result(
      int leaves, SketchBuilder folding, SketchScores scores, List<SketchBuilder.Terms> centred) {
    float[] rowBounds = bounds(scores.rows(), leaves);
    float[] columnBounds = bounds(scores.columns(), leaves);
    boolean[] resolved = new boolean[leaves];
    for (int row = 0; row < leaves; row++) {
      int best = scores.rows().index(row, 0);
      double low = FisherZ.away(scores.rows().score(row, 0), length, -LOWER);
      resolved[row] =
          best >= 0
              && scores.columns().index(best, 0) == row
              && low > rowBounds[row]
              && low > columnBounds[best];
    }
    double[] dots = new double[leaves];
    double[] rowSquares = new double[leaves];
    double[] columnSquares = new double[leaves];
    for (SketchBuilder.Terms term : centred) {
      for (int column = 0; column < term.columns(); column++) {
        int at = column * leaves;
        for (int leaf = 0; leaf < leaves; leaf++) {
          double a = term.here()[at + leaf];
          double b = term.there()[at + leaf];
          rowSquares[leaf] += term.weight() * a * a;
          columnSquares[leaf] += term.weight() * b * b;
          if (resolved[leaf]) {
            dots[leaf] += term.weight() * a * term.there()[at + scores.rows().index(leaf, 0)];
          }
        }
      }
    }
    return new SketchResult(
        new SketchResult.Side(scores.rows(), rowBounds, folding.here().squares()),
        new SketchResult.Side(scores.columns(), columnBounds, folding.there().squares()),
        resolved,
        whole,
        new SketchResult.Terms(dots, rowSquares, columnSquares),
        scores.spread(),
        width);
  }

  /** The highest cosine that a pair whose estimate is no better than the second best can have. */
  private float[] bounds(TopLists lists, int leaves) {
    float[] bounds = new float[leaves];
    for (int item = 0; item < leaves; item++) {
      bounds[item] =
          Math.nextUp(
              (float) FisherZ.away(lists.score(item, 1), length, Thresholds.SKETCH_DEVIATIONS));
    }
    return bounds;
  }
}
