package org.findthelady.match.basis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularMatrixException;
import org.findthelady.match.kernel.Thresholds;

/**
 * Two matrices of attention heads whose product alone counts, so that M on the rows of one and the
 * inverse transpose on those of the other cancel: values and what reads them, queries and keys. Any
 * invertible M; with rotary positions a turn and scale of each pair of dimensions.
 *
 * @param from blocks that M was applied to: a matrix, then its bias if it has one
 * @param to blocks that the inverse transpose was applied to
 * @param rotary whether dimensions are rotary
 */
record HeadPair(List<HeadBlocks> from, List<HeadBlocks> to, boolean rotary) {
  /** Whether these are queries and keys, which lie alike; values and what reads them do not. */
  boolean queriesAndKeys() {
    return from.get(0).axis() == to.get(0).axis();
  }

  /** Undoes the basis of a head; returns whether it had another one than the reference. */
  boolean undo(MemoryWeights reference, MemoryWeights suspect, int head) throws IOException {
    Head both = new Head(reference, suspect, head);
    return rotary ? both.turnBack() : both.unmix();
  }

  /** One head of both sides. */
  private final class Head {
    private final MemoryWeights reference;
    private final MemoryWeights suspect;
    private final int head;

    Head(MemoryWeights reference, MemoryWeights suspect, int head) {
      this.reference = reference;
      this.suspect = suspect;
      this.head = head;
    }

    /**
     * Undoes the basis that least squares give, or a mere order where that explains about as much.
     * Any few rows are nearer to others after least squares.
     */
    boolean unmix() throws IOException {
      RealMatrix ours = from.get(0).block(reference, head, 0);
      RealMatrix theirs = from.get(0).block(suspect, head, 0);
      try {
        RealMatrix squares = ours.multiply(ours.transpose());
        RealMatrix mix =
            theirs
                .multiply(ours.transpose())
                .multiply(new LUDecomposition(squares).getSolver().getInverse());
        RealMatrix order = order(mix);
        RealMatrix inverse = new LUDecomposition(mix).getSolver().getInverse();
        boolean mixed = gap(mix, inverse) < Thresholds.BASIS_GAIN * gap(order, order.transpose());
        apply(mixed ? mix : order, mixed ? inverse : order.transpose());
        return mixed && !isOrder(mix);
      } catch (SingularMatrixException e) {
        // A head whose rows are not independent has no one basis: it is left as it is.
        return false;
      }
    }

    private void apply(RealMatrix mix, RealMatrix inverse) {
      for (HeadBlocks blocks : from) {
        blocks.put(suspect, head, 0, inverse.multiply(blocks.block(suspect, head, 0)));
      }
      for (HeadBlocks blocks : to) {
        for (int repeat = 0; repeat < blocks.repeats(); repeat++) {
          RealMatrix block = blocks.block(suspect, head, repeat);
          blocks.put(suspect, head, repeat, mix.transpose().multiply(block));
        }
      }
    }

    /** Squared difference of both matrices once a basis is undone. */
    private double gap(RealMatrix mix, RealMatrix inverse) {
      double gap = gap(from.get(0), 0, inverse);
      for (int repeat = 0; repeat < to.get(0).repeats(); repeat++) {
        gap += gap(to.get(0), repeat, mix.transpose());
      }
      return gap;
    }

    private double gap(HeadBlocks blocks, int repeat, RealMatrix undone) {
      RealMatrix ours = blocks.block(reference, head, repeat);
      RealMatrix theirs = undone.multiply(blocks.block(suspect, head, repeat));
      double norm = ours.subtract(theirs).getFrobeniusNorm();
      return norm * norm;
    }

    /**
     * Turns back each pair of dimensions, and the other side the other way round; left as they are
     * where that explains little.
     */
    boolean turnBack() {
      List<HeadBlocks> all = new ArrayList<>(from);
      all.addAll(to);
      List<RealMatrix> kept = new ArrayList<>();
      for (HeadBlocks blocks : all) {
        for (int repeat = 0; repeat < blocks.repeats(); repeat++) {
          kept.add(blocks.block(suspect, head, repeat));
        }
      }
      RealMatrix same = MatrixUtils.createRealIdentityMatrix(from.get(0).size());
      double before = gap(same, same);
      boolean changed = false;
      for (int pair = 0; pair < from.get(0).size() / 2; pair++) {
        changed |= turnBack(pair);
      }
      if (gap(same, same) < Thresholds.BASIS_GAIN * before) {
        return changed;
      }
      int at = 0;
      for (HeadBlocks blocks : all) {
        for (int repeat = 0; repeat < blocks.repeats(); repeat++) {
          blocks.put(suspect, head, repeat, kept.get(at++));
        }
      }
      return false;
    }

    /** Turns a pair back; returns whether it had another angle or size than noise makes. */
    private boolean turnBack(int pair) {
      Slices ours = from.get(0).slices(reference);
      Slices theirs = from.get(0).slices(suspect);
      int first = from.get(0).rows(head, 0)[pair];
      int second = first + from.get(0).size() / 2;
      double squares = ours.dot(first, ours, first) + ours.dot(second, ours, second);
      double others = theirs.dot(first, theirs, first) + theirs.dot(second, theirs, second);
      double re = (theirs.dot(first, ours, first) + theirs.dot(second, ours, second)) / squares;
      double im = (theirs.dot(second, ours, first) - theirs.dot(first, ours, second)) / squares;
      double size = re * re + im * im;
      if (!(size > 0 && Double.isFinite(size))) {
        return false;
      }
      from.forEach(blocks -> rotate(blocks, 0, pair, re / size, -im / size));
      for (HeadBlocks blocks : to) {
        for (int repeat = 0; repeat < blocks.repeats(); repeat++) {
          rotate(blocks, repeat, pair, re, -im);
        }
      }
      double noise =
          Thresholds.TURN_DEVIATIONS
              * Math.sqrt(Math.max(0, others / squares - size) / (2 * ours.width()));
      double least = 1 - Thresholds.PLAIN_ORDER;
      return re < 0
          || Math.abs(im) > least * Math.sqrt(size) + noise
          || Math.abs(Math.sqrt(size) - 1) > least + noise;
    }

    /** Multiplies a pair of the suspect's rows, taken as complex numbers. */
    private void rotate(HeadBlocks blocks, int repeat, int pair, double re, double im) {
      Slices rows = blocks.slices(suspect);
      int first = blocks.rows(head, repeat)[pair];
      int second = first + blocks.size() / 2;
      for (int i = 0; i < rows.width(); i++) {
        double x = rows.get(first, i);
        double y = rows.get(second, i);
        rows.set(first, i, re * x - im * y);
        rows.set(second, i, im * x + re * y);
      }
    }
  }

  /** The order of dimensions that is nearest to a basis. */
  private static RealMatrix order(RealMatrix mix) throws IOException {
    int size = mix.getRowDimension();
    float[] sizes = new float[size * size];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = (float) Math.abs(mix.getEntry(i % size, i / size));
    }
    int[] sources = HeadBlocks.pairs(size, sizes);
    RealMatrix order = MatrixUtils.createRealMatrix(size, size);
    for (int i = 0; i < size; i++) {
      order.setEntry(sources[i], i, 1);
    }
    return order;
  }

  /** Whether dimensions were put in another order and nothing else: neither mixed nor scaled. */
  private static boolean isOrder(RealMatrix mix) {
    for (double[] row : mix.getData()) {
      double norm = MatrixUtils.createRealVector(row).getNorm();
      double largest = Arrays.stream(row).max().orElse(0);
      if (!(largest >= Thresholds.PLAIN_ORDER * Math.max(1, norm)
          && norm <= 1 / Thresholds.PLAIN_ORDER)) {
        return false;
      }
    }
    return true;
  }
}
