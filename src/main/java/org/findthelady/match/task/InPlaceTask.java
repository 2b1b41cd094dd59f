package org.findthelady.match.task;

import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.special.Gamma;
import org.findthelady.match.kernel.Blas;
import org.findthelady.match.kernel.NormalTail;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.EvidenceReader;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * Tests whether units of a suspect that was not shuffled are more like the reference's unit of the
 * same number than like others (method 3.11). Units of a network that was trained apart are
 * exchangeable: their order says nothing. So the sum of the scores in place is that of a random
 * order, whose mean and variance are known exactly (Hoeffding, Annals of Mathematical Statistics
 * 1951). Scores are normal scores of the cosines' ranks, so that a few very like pairs, which
 * networks trained apart do have, cannot make the sum large.
 *
 * @param evidence weight matrices of the group, no biases and no normalisation parameters
 * @param units those looked at, whole instances of a nested group in a row
 * @param block how many of them may change places: those of an instance
 * @param elements numbers of a weight matrix of which no more need be read
 * @param panelBytes working memory
 */
public record InPlaceTask(
    String group, List<Evidence> evidence, int[] units, int block, long elements, long panelBytes)
    implements MatchTask<InPlaceTask.Found> {

  /**
   * What was found.
   *
   * @param logP natural logarithm of the probability that units in random order are as alike in
   *     place; NaN where nothing could be tested
   * @param units tested
   */
  public record Found(double logP, int units) implements Serializable {}

  public InPlaceTask {
    evidence = List.copyOf(evidence);
    if (block < 1 || units.length % block != 0) {
      throw new IllegalArgumentException(
          group + ": " + units.length + " units in blocks of " + block);
    }
  }

  @Override
  public List<String> reads() {
    return evidence.stream().map(Evidence::tensor).toList();
  }

  @Override
  public Found run(Structure structure, Weights reference, Weights suspect) throws IOException {
    float[] products = new float[units.length * block];
    double[] here = new double[units.length];
    double[] there = new double[units.length];
    Group tested = structure.group(group);
    for (Evidence member : evidence) {
      add(
          member,
          reader(structure, reference, tested, member),
          reader(structure, suspect, tested, member),
          new Sums(products, here, there));
    }
    double sum = 0;
    double variance = 0;
    double orders = 0;
    int count = 0;
    for (int first = 0; first < units.length; first += block) {
      int[] kept = kept(here, there, first);
      if (kept.length >= 2) {
        double[] scores = scores(products, here, there, first, kept);
        sum += centre(scores, kept.length);
        variance += squares(scores) / (kept.length - 1);
        orders += Gamma.logGamma(kept.length + 1.0);
        count += kept.length;
      }
    }
    if (count < Thresholds.FEWEST_UNITS || !(variance > 0)) {
      return new Found(Double.NaN, 0);
    }
    return new Found(Math.max(NormalTail.log(sum / Math.sqrt(variance)), -orders), count);
  }

  private EvidenceReader reader(
      Structure structure, Weights weights, Group tested, Evidence member) {
    return new EvidenceReader(
        structure,
        weights,
        tested,
        member.tensor(),
        member.axis(),
        GroupPermutations.identity(),
        units.clone());
  }

  /** Sums over what was read: products within blocks, squares of rows. */
  private record Sums(float[] products, double[] here, double[] there) {}

  /** Adds evenly spread parts of a member, of which enough is read. */
  private void add(Evidence member, EvidenceReader here, EvidenceReader there, Sums sums)
      throws IOException {
    int limit = (int) Math.max(1, Math.min(here.width(), panelBytes / (8L * units.length)));
    int stride = (int) Math.max(1, here.elementsRead() / elements);
    if (stride > 1) {
      limit = (int) Math.max(1, Math.min(limit, here.width() / stride / 8));
    }
    float[] a = new float[0];
    float[] b = new float[0];
    for (int part = 0; part < here.parts(limit); part += stride) {
      int depth = here.columns(limit, part);
      // A row more than is read: a block may begin within the first one.
      if (a.length < units.length * (depth + 1L)) {
        a = new float[Math.multiplyExact(units.length, depth + 1)];
        b = new float[a.length];
      }
      here.read(limit, part, 0, units.length, a);
      there.read(limit, part, 0, units.length, b);
      addProducts(member, here.byColumn(), depth, a, b, sums);
    }
  }

  private void addProducts(
      Evidence member, boolean byColumn, int depth, float[] a, float[] b, Sums sums) {
    int lead = byColumn ? units.length : depth;
    for (int first = 0; first < units.length; first += block) {
      int at = first * (byColumn ? 1 : depth);
      Blas.addProduct(
          byColumn,
          block,
          block,
          depth,
          member.weight(),
          new Blas.Matrix(a, at, lead),
          new Blas.Matrix(b, at, lead),
          new Blas.Matrix(sums.products(), first * block, block));
    }
    ScoreBlock.addSquares(a, units.length, depth, byColumn, member.weight(), sums.here(), 0);
    ScoreBlock.addSquares(b, units.length, depth, byColumn, member.weight(), sums.there(), 0);
  }

  /** Units of a block that are numbers other than zero on both sides. */
  private int[] kept(double[] here, double[] there, int first) {
    return IntStream.range(first, first + block)
        .filter(i -> here[i] > 0 && there[i] > 0 && Double.isFinite(here[i] + there[i]))
        .toArray();
  }

  /** Normal scores of the ranks of a block's cosines; equal cosines get their mean rank. */
  private double[] scores(float[] products, double[] here, double[] there, int first, int[] kept) {
    int n = kept.length;
    double[] cosines = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double product = products[kept[i] * block + kept[j] - first];
        cosines[i * n + j] = product / Math.sqrt(here[kept[i]]) / Math.sqrt(there[kept[j]]);
      }
    }
    double[] sorted = cosines.clone();
    if (isFlat(cosines, n)) {
      return new double[sorted.length];
    }
    Arrays.sort(sorted);
    double[] scores = new double[sorted.length];
    for (int from = 0; from < sorted.length; ) {
      int to = from + 1;
      while (to < sorted.length && sorted[to] == sorted[from]) {
        to++;
      }
      Arrays.fill(scores, from, to, NormalTail.quantile((from + to) / 2.0 / sorted.length));
      from = to;
    }
    double[] found = new double[sorted.length];
    for (int i = 0; i < found.length; i++) {
      found[i] = scores[Arrays.binarySearch(sorted, cosines[i])];
    }
    return found;
  }

  /** Whether cosines differ by no more than rounding, row and column means beside. */
  private static boolean isFlat(double[] cosines, int n) {
    double[] centred = cosines.clone();
    centre(centred, n);
    return !(squares(centred)
        > Thresholds.COSINE_ROUNDING * Thresholds.COSINE_ROUNDING * centred.length);
  }

  private static double squares(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return sum;
  }

  /** Takes row and column means off, and returns the sum of the diagonal after that. */
  private static double centre(double[] scores, int n) {
    double[] rows = new double[n];
    double[] columns = new double[n];
    double all = 0;
    for (int i = 0; i < scores.length; i++) {
      rows[i / n] += scores[i] / n;
      columns[i % n] += scores[i] / n;
      all += scores[i] / n / n;
    }
    double diagonal = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] += all - rows[i / n] - columns[i % n];
      diagonal += i / n == i % n ? scores[i] : 0;
    }
    return diagonal;
  }
}
