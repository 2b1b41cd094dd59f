package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.Verdict;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.rows.EqualTensor;
import org.findthelady.match.rows.Weights;
import org.findthelady.match.verdict.Judgement;

/**
 * Layers of the reference in a suspect that is no copy as a whole, whatever order they are in:
 * which numbers a row holds is what no shuffle of rows or columns changes. Rows of a network that
 * was trained apart hold none of them alike.
 */
final class CopiedRows {
  /** Numbers of all tensors that are read again at most. */
  private static final long MOST_ELEMENTS = 1 << 26;

  private static final int NAMED = 3;

  private final Weights reference;
  private final Weights suspect;
  private final List<String> copied = new ArrayList<>();
  private double numbers;

  private CopiedRows(Weights reference, Weights suspect) {
    this.reference = reference;
    this.suspect = suspect;
  }

  /** The judgement of a pair that is no copy as a whole, once its layers were looked at. */
  static Judgement judge(PairContext context, MatchOptions options, Judgement judgement)
      throws IOException {
    try (PairReaders readers = new PairReaders(context, options)) {
      CopiedRows rows = new CopiedRows(readers.referenceWeights(0), readers.suspectWeights(0));
      long left = MOST_ELEMENTS;
      for (TensorInfo tensor : context.compared()) {
        left -= tensor.shape().elements();
        boolean weights =
            tensor.shape().rank() > 1 && !context.structure().isCompanion(tensor.name());
        if (left >= 0 && weights) {
          rows.look(tensor.name());
        }
      }
      return rows.numbers < Thresholds.EQUAL_WHOLE
          ? judgement
          : new Judgement(Verdict.DERIVED, judgement.reason() + rows.words());
    }
  }

  private void look(String tensor) throws IOException {
    boolean both = reference.has(tensor) && suspect.has(tensor);
    if (!both || !reference.shape(tensor).equals(suspect.shape(tensor))) {
      return;
    }
    Shape shape = reference.shape(tensor);
    int rows = 1;
    int block = 1;
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.intLength(axis) >= rows) {
        rows = shape.intLength(axis);
        block = Math.toIntExact(shape.elements(axis + 1, shape.rank()));
      }
    }
    int count = Math.toIntExact(shape.elements());
    if (rows < Thresholds.COPIED_ROWS || count / rows < Thresholds.COPIED_VALUES) {
      return;
    }
    float[] values = new float[count];
    reference.read(tensor, 0, values, 0, count);
    Set<Long> sums = new HashSet<>();
    for (int row = 0; row < rows; row++) {
      float[] ours = row(values, row, rows, block);
      if (isRich(ours)) {
        sums.add(sum(ours));
      }
    }
    suspect.read(tensor, 0, values, 0, count);
    int same = 0;
    for (int row = 0; row < rows && !sums.isEmpty(); row++) {
      same += sums.contains(sum(row(values, row, rows, block))) ? 1 : 0;
    }
    if (same > Thresholds.COPIED_SHARE * rows && !EqualTensor.isRule(reference, tensor)) {
      copied.add(tensor);
      numbers += (double) same * count / rows;
    }
  }

  /** The numbers at one index of an axis of {@code rows}. */
  private static float[] row(float[] values, int row, int rows, int block) {
    float[] numbers = new float[values.length / rows];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = values[(i / block * rows + row) * block + i % block];
    }
    return numbers;
  }

  /** Whether half of the numbers are different ones: few values make rows alike by chance. */
  private static boolean isRich(float[] row) {
    float[] sorted = row.clone();
    Arrays.sort(sorted);
    int different = 1;
    for (int i = 1; i < sorted.length; i++) {
      different += sorted[i] == sorted[i - 1] ? 0 : 1;
    }
    return different >= Thresholds.COPIED_VALUES && 2 * different >= row.length;
  }

  /** A sum over the row's numbers, in whatever order they are (SplitMix64's mixing). */
  private static long sum(float[] row) {
    long sum = 0;
    for (float value : row) {
      long mixed = Float.floatToIntBits(value) * 0x9E3779B97F4A7C15L;
      mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
      mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
      sum += mixed ^ (mixed >>> 31);
    }
    return sum;
  }

  private String words() {
    String names = String.join(", ", copied.subList(0, Math.min(NAMED, copied.size())));
    return "; all the same, rows of %d tensors hold the reference's own numbers: %s%s"
        .formatted(copied.size(), names, copied.size() > NAMED ? ", ..." : "");
  }
}
