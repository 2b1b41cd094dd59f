package org.findthelady.match.basis;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.findthelady.match.kernel.LinearAssignment;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Structure;

/**
 * The rows of one tensor axis as blocks, one for each head: the axis is a key/value head, perhaps a
 * query head in it, then dimensions.
 *
 * @param tensor its name
 * @param axis that carries the heads
 * @param heads key/value heads
 * @param repeats query heads in each; 1 where the axis has none
 * @param size dimensions of a head
 */
record HeadBlocks(String tensor, int axis, int heads, int repeats, int size) {
  /**
   * Sees an axis as blocks.
   *
   * @param parent the group of key/value heads
   * @return null if the axis is made in another way
   */
  static HeadBlocks of(Structure structure, String tensor, int axis, String parent) {
    Axis seen = structure.axes(tensor).get(axis);
    if (seen.segments().size() != 1) {
      return null;
    }
    List<AxisFactor> factors = seen.segments().get(0).factors();
    boolean fits =
        factors.size() >= 2
            && factors.size() <= 3
            && parent.equals(factors.get(0).groupName())
            && (factors.size() == 2 || !factors.get(1).isFixed());
    return fits
        ? new HeadBlocks(
            tensor,
            axis,
            factors.get(0).size(),
            factors.size() == 3 ? factors.get(1).size() : 1,
            factors.get(factors.size() - 1).size())
        : null;
  }

  /** Rows of a head. */
  int[] rows(int head, int repeat) {
    int first = (head * repeats + repeat) * size;
    return IntStream.range(first, first + size).toArray();
  }

  RealMatrix block(MemoryWeights weights, int head, int repeat) {
    return Slices.of(weights, tensor, axis).matrix(rows(head, repeat));
  }

  void put(MemoryWeights weights, int head, int repeat, RealMatrix block) {
    Slices.of(weights, tensor, axis).put(rows(head, repeat), block);
  }

  /** Puts the suspect's heads, and the repeats in each, in another order. */
  void gather(MemoryWeights weights, int[] sources, int[][] repeatSources) {
    RealMatrix[] blocks = new RealMatrix[heads * repeats];
    for (int head = 0; head < heads; head++) {
      for (int repeat = 0; repeat < repeats; repeat++) {
        int from = repeats == 1 ? 0 : repeatSources[head][repeat];
        blocks[head * repeats + repeat] = block(weights, sources[head], from);
      }
    }
    for (int i = 0; i < blocks.length; i++) {
      put(weights, i / repeats, i % repeats, blocks[i]);
    }
  }

  /** How much of the spaces that two blocks' rows span they share, 0..1: no basis matters. */
  static double overlap(RealMatrix one, RealMatrix other) {
    int size = Math.min(one.getRowDimension(), one.getColumnDimension());
    RealMatrix shared = basis(one, size).transpose().multiply(basis(other, size));
    double norm = shared.getFrobeniusNorm();
    return norm * norm / size;
  }

  private static RealMatrix basis(RealMatrix rows, int size) {
    RealMatrix q = new QRDecomposition(rows.transpose()).getQ();
    return q.getSubMatrix(0, q.getRowDimension() - 1, 0, size - 1);
  }

  /** For each of {@code n} the other that is most alike, one to one. */
  static int[] pairs(int n, Likeness likeness) throws IOException {
    float[] scores = new float[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double score = likeness.of(i, j);
        scores[i * n + j] = Double.isFinite(score) ? (float) score : 0;
      }
    }
    return LinearAssignment.greatest(scores, n);
  }

  /** How alike two heads are. */
  interface Likeness {
    double of(int reference, int suspect);
  }
}
