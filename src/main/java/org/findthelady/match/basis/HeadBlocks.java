package org.findthelady.match.basis;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.RealMatrix;
import org.findthelady.core.Shape;
import org.findthelady.match.kernel.Blas;
import org.findthelady.match.kernel.LinearAssignment;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Segment;

/**
 * The rows of one segment of a tensor axis as blocks, one for each head: a key/value head, perhaps
 * a query head in it, then dimensions. A bias has rows of one number.
 *
 * @param tensor its name
 * @param axis that carries the heads
 * @param segment of the axis
 * @param offset index of the segment's first row
 * @param inner the group of dimensions, or null where they are fixed
 * @param sizes of the digits
 */
record HeadBlocks(String tensor, int axis, int segment, int offset, String inner, Sizes sizes) {
  /**
   * @param heads key/value heads
   * @param repeats query heads in each; 1 where the segment has none
   * @param size dimensions of a head
   */
  record Sizes(int heads, int repeats, int size) {}

  /**
   * Sees a segment as blocks.
   *
   * @param offset index of the segment's first row
   * @param parent the group of key/value heads
   * @return null if the segment is made in another way
   */
  static HeadBlocks of(
      String tensor, int axis, int segment, int offset, Segment seen, String parent) {
    List<AxisFactor> factors = seen.factors();
    boolean fits =
        factors.size() >= 2
            && factors.size() <= 3
            && parent.equals(factors.get(0).groupName())
            && (factors.size() == 2 || !factors.get(1).isFixed());
    if (!fits) {
      return null;
    }
    AxisFactor last = factors.get(factors.size() - 1);
    int repeats = factors.size() == 3 ? factors.get(1).size() : 1;
    Sizes sizes = new Sizes(factors.get(0).size(), repeats, last.size());
    return new HeadBlocks(tensor, axis, segment, offset, last.groupName(), sizes);
  }

  int heads() {
    return sizes.heads();
  }

  int repeats() {
    return sizes.repeats();
  }

  int size() {
    return sizes.size();
  }

  /** Whether this is a bias. */
  boolean isBias(MemoryWeights weights) {
    return weights.shape(tensor).rank() == 1;
  }

  /** Rows of a head. */
  int[] rows(int head, int repeat) {
    int first = offset + (head * repeats() + repeat) * size();
    return IntStream.range(first, first + size()).toArray();
  }

  Slices slices(MemoryWeights weights) {
    return Slices.of(weights, tensor, axis);
  }

  RealMatrix block(MemoryWeights weights, int head, int repeat) {
    return slices(weights).matrix(rows(head, repeat));
  }

  void put(MemoryWeights weights, int head, int repeat, RealMatrix block) {
    slices(weights).put(rows(head, repeat), block);
  }

  /** Puts the suspect's heads, and the repeats in each, in another order. */
  void gather(MemoryWeights weights, int[] sources, int[][] repeatSources) {
    RealMatrix[] blocks = new RealMatrix[heads() * repeats()];
    for (int head = 0; head < heads(); head++) {
      for (int repeat = 0; repeat < repeats(); repeat++) {
        int from = repeats() == 1 ? 0 : repeatSources[head][repeat];
        blocks[head * repeats() + repeat] = block(weights, sources[head], from);
      }
    }
    for (int i = 0; i < blocks.length; i++) {
      put(weights, i / repeats(), i % repeats(), blocks[i]);
    }
  }

  /**
   * Orthonormal rows that span the space of each head's rows: [heads * repeats * size x width].
   * What depends on rows before it is zero.
   */
  float[] spaces(MemoryWeights weights) {
    Shape shape = weights.shape(tensor);
    int width = shape.intLength(1 - axis);
    float[] spaces = new float[heads() * repeats() * size() * width];
    IntStream.range(0, heads() * repeats())
        .parallel()
        .forEach(
            head -> {
              Slices slices = slices(weights);
              int[] rows = rows(head / repeats(), head % repeats());
              for (int i = 0; i < rows.length; i++) {
                int at = (head * size() + i) * width;
                for (int k = 0; k < width; k++) {
                  spaces[at + k] = (float) slices.get(rows[i], k);
                }
                orthogonal(spaces, head * size(), head * size() + i, width);
              }
            });
    return spaces;
  }

  /**
   * Takes off a row what lies along the rows from {@code first} on, twice, and gives it length one.
   */
  private static void orthogonal(float[] rows, int first, int row, int width) {
    double before = Math.sqrt(dot(rows, row, row, width));
    for (int round = 0; round < 2; round++) {
      for (int other = first; other < row; other++) {
        float along = (float) dot(rows, row, other, width);
        for (int k = 0; k < width; k++) {
          rows[row * width + k] -= along * rows[other * width + k];
        }
      }
    }
    double norm = Math.sqrt(dot(rows, row, row, width));
    float factor = norm > before * LEAST_OWN ? (float) (1 / norm) : 0;
    for (int k = 0; k < width; k++) {
      rows[row * width + k] *= factor;
    }
  }

  /** Share of a row that others must not explain, so that it counts as a direction of its own. */
  private static final double LEAST_OWN = 1e-4;

  private static double dot(float[] rows, int one, int two, int width) {
    float dot = 0;
    for (int k = 0; k < width; k++) {
      dot += rows[one * width + k] * rows[two * width + k];
    }
    return dot;
  }

  /**
   * How much of the spaces that blocks span they share, 0..1, whatever their bases.
   *
   * @param ours the first of {@code count} blocks of {@code size} rows
   * @return [count x count]
   */
  static float[] overlaps(float[] spaces, int ours, float[] others, int theirs, int[] shape) {
    int count = shape[0];
    int size = shape[1];
    int width = shape[2];
    int rows = count * size;
    float[] products = new float[rows * rows];
    Blas.addProduct(
        false,
        rows,
        rows,
        width,
        1,
        new Blas.Matrix(spaces, ours * size * width, width),
        new Blas.Matrix(others, theirs * size * width, width),
        Blas.Matrix.of(products, rows));
    float[] overlaps = new float[count * count];
    for (int i = 0; i < products.length; i++) {
      int pair = i / rows / size * count + i % rows / size;
      overlaps[pair] += products[i] * products[i] / size;
    }
    return overlaps;
  }

  /** For each of {@code n} the other that is most alike, one to one. */
  static int[] pairs(int n, float[] likeness) throws IOException {
    float[] scores = likeness.clone();
    for (int i = 0; i < scores.length; i++) {
      scores[i] = Float.isFinite(scores[i]) ? scores[i] : 0;
    }
    return LinearAssignment.greatest(scores, n);
  }
}
