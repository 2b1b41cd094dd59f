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
 * @param scalars centred members, all of which are also summed up exactly
 * @param whole whether that is all the evidence; then scalars are folded too
 * @param width numbers per row of all the evidence
 * @param length sums per sketch
 */
public record SketchTask(
    String group,
    List<Evidence> folded,
    List<Evidence> scalars,
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
    scalars = List.copyOf(scalars);
  }

  @Override
  public List<String> reads() {
    return folded.stream().map(Evidence::tensor).toList();
  }

  @Override
  public SketchResult run(Structure structure, Weights reference, Weights suspect)
      throws IOException {
    Group matched = structure.group(group);
    SketchBuilder folding = new SketchBuilder(structure, matched, length, seed);
    folding.add(reference, suspect, folded, resync);
    List<SketchBuilder.Scalars> centred = new ArrayList<>();
    for (Evidence scalar : scalars) {
      centred.add(
          SketchBuilder.Scalars.read(structure, matched, reference, suspect, scalar, resync));
    }
    if (whole) {
      folding.add(centred);
    }
    folding.finish();
    SketchScores scores = new SketchScores(folding.here(), folding.there(), KEEP);
    return result(matched.units(), folding, scores, centred);
  }

  private SketchResult result(
      int units, SketchBuilder folding, SketchScores scores, List<SketchBuilder.Scalars> centred) {
    float[] rowBounds = bounds(scores.rows(), units);
    float[] columnBounds = bounds(scores.columns(), units);
    boolean[] resolved = new boolean[units];
    for (int row = 0; row < units; row++) {
      int best = scores.rows().index(row, 0);
      double low = FisherZ.away(scores.rows().score(row, 0), length, -LOWER);
      resolved[row] =
          best >= 0
              && scores.columns().index(best, 0) == row
              && low > rowBounds[row]
              && low > columnBounds[best];
    }
    double[] dots = new double[units];
    double[] rowSquares = new double[units];
    double[] columnSquares = new double[units];
    for (SketchBuilder.Scalars scalar : centred) {
      for (int column = 0; column < scalar.columns(); column++) {
        int at = column * units;
        for (int unit = 0; unit < units; unit++) {
          double a = scalar.here()[at + unit];
          double b = scalar.there()[at + unit];
          rowSquares[unit] += scalar.weight() * a * a;
          columnSquares[unit] += scalar.weight() * b * b;
          if (resolved[unit]) {
            dots[unit] += scalar.weight() * a * scalar.there()[at + scores.rows().index(unit, 0)];
          }
        }
      }
    }
    return new SketchResult(
        new SketchResult.Side(scores.rows(), rowBounds, folding.here().squares()),
        new SketchResult.Side(scores.columns(), columnBounds, folding.there().squares()),
        resolved,
        whole,
        new SketchResult.ScalarSums(dots, rowSquares, columnSquares),
        scores.spread(),
        width);
  }

  /** The highest cosine that a pair whose estimate is no better than the second best can have. */
  private float[] bounds(TopLists lists, int units) {
    float[] bounds = new float[units];
    for (int item = 0; item < units; item++) {
      bounds[item] =
          Math.nextUp(
              (float) FisherZ.away(lists.score(item, 1), length, Thresholds.SKETCH_DEVIATIONS));
    }
    return bounds;
  }
}
