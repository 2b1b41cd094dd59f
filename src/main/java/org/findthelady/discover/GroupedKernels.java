package org.findthelady.discover;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.findthelady.core.Shape;
import org.findthelady.match.kernel.Thresholds;

/**
 * Kernels of grouped convolutions whose groups trade places, or have an order of their own each.
 * Then no single order lies along an axis of the kernel: output unit {@code b * D + d} reads input
 * {@code b * C + c} of group {@code b} alone. Orders of inputs and outputs that other tensors carry
 * are tried on the kernel together.
 */
final class GroupedKernels {
  /** Groups at most; a depthwise kernel has an order along one axis and is no matter here. */
  private static final int MOST_GROUPS = 256;

  /** Output units that are looked at, and numbers of each. */
  private static final int ROWS = 64;

  private static final int WIDTH = 1024;

  /**
   * A kernel whose groups have orders of their own.
   *
   * @param groups how many
   * @param inputs the order of its inputs; null if they stay
   * @param outputs the order of its outputs; null if they stay
   * @param logP as {@link Tie#logP()}
   */
  record Grouped(int groups, UnitOrder inputs, UnitOrder outputs, double logP) {
    /** Those that move, one at least. */
    List<UnitOrder> orders() {
      return Stream.of(inputs, outputs).filter(Objects::nonNull).toList();
    }
  }

  private final PairedTensors tensors;
  private final AxisTable table;
  private final SplittableRandom random;
  private final Map<String, Grouped> found = new LinkedHashMap<>();

  GroupedKernels(PairedTensors tensors, AxisTable table, SplittableRandom random) {
    this.tensors = tensors;
    this.table = table;
    this.random = random;
  }

  /** What was found, by tensor. */
  Map<String, Grouped> found() {
    return found;
  }

  /** Orders of inputs and outputs that are tried together, and how well they fit. */
  private record Trial(int groups, OrderLayout inputs, OrderLayout outputs, double cosine) {}

  /**
   * Looks at a kernel that no order explains.
   *
   * @param cosine of its numbers in the order that was found
   */
  void look(String tensor, double cosine) throws IOException {
    Shape shape = table.shape(tensor);
    if (shape.rank() < 3 || shape.elements() > PairedTensors.SMALL * 16) {
      return;
    }
    int outputs = shape.intLength(0);
    int each = shape.intLength(1);
    Trial best = null;
    int trials = 0;
    for (OrderLayout inputs : table.layouts()) {
      int groups = inputs.length() / each;
      boolean fits =
          inputs.length() % each == 0
              && groups > 1
              && groups <= MOST_GROUPS
              && outputs % groups == 0
              && outputs > groups;
      int[] blocks = fits ? blocks(inputs.sources(), groups) : null;
      for (OrderLayout of : blocks == null ? List.<OrderLayout>of() : outputs(outputs)) {
        if (Arrays.equals(blocks, blocks(of.sources(), groups))) {
          trials++;
          double tried = cosine(tensor, groups, inputs.sources(), of.sources());
          best =
              best == null || tried > best.cosine() ? new Trial(groups, inputs, of, tried) : best;
        }
      }
    }
    if (best != null
        && best.cosine() > cosine
        && !(best.inputs().isInPlace() && best.outputs().isInPlace())) {
      accept(tensor, best, trials);
    }
  }

  private List<OrderLayout> outputs(int length) {
    return table.layouts().stream().filter(layout -> layout.length() == length).toList();
  }

  private void accept(String tensor, Trial best, int trials) throws IOException {
    Shape shape = table.shape(tensor);
    int each = shape.intLength(1);
    int[] inner = best.inputs().sources();
    for (int block = 0; block < best.groups(); block++) {
      int[] order = UnitOrder.random(each, random);
      int[] own = inner.clone();
      for (int c = 0; c < each; c++) {
        inner[block * each + c] = own[block * each + order[c]];
      }
    }
    double usual = cosine(tensor, best.groups(), inner, best.outputs().sources());
    long numbers = Math.min(shape.elements(), (long) ROWS * WIDTH);
    double chance =
        Chance.ofCorrelation(best.cosine() - Math.max(0, usual), (int) numbers) + Math.log(trials);
    if (best.cosine() < Thresholds.KERNEL_COSINE || chance >= Thresholds.ORDER_LOG_P) {
      return;
    }
    UnitOrder inputs = table.whole(best.inputs());
    UnitOrder outputs = table.whole(best.outputs());
    if (inputs != outputs) {
      found.put(tensor, new Grouped(best.groups(), inputs, outputs, chance));
    }
  }

  /**
   * Which block of the suspect each block of the reference is; null if units leave their blocks.
   */
  private static int[] blocks(int[] sources, int groups) {
    int size = sources.length / groups;
    int[] blocks = new int[groups];
    for (int i = 0; i < sources.length; i++) {
      int block = Math.floorDiv(sources[i], size);
      if (i % size == 0) {
        blocks[i / size] = block;
      }
      if (block < 0 || block != blocks[i / size]) {
        return null;
      }
    }
    return blocks;
  }

  /** The cosine of some of the kernel's numbers once inputs and outputs are put in order. */
  private double cosine(String tensor, int groups, int[] inputs, int[] outputs) throws IOException {
    Shape shape = table.shape(tensor);
    int each = shape.intLength(1);
    int kernel = (int) shape.elements(2, shape.rank());
    int width = each * kernel;
    int perGroup = outputs.length / groups;
    int step = Math.max(1, outputs.length / ROWS);
    float[] our = new float[width];
    float[] their = new float[width];
    double dot = 0;
    double ours = 0;
    double theirs = 0;
    for (int row = 0; row < outputs.length; row += step) {
      tensors.read(false, tensor, (long) row * width, our, 0, width);
      tensors.read(true, tensor, (long) outputs[row] * width, their, 0, width);
      int first = row / perGroup * each;
      int from = inputs[first] / each * each;
      for (int c = 0; c < Math.min(each, Math.max(1, WIDTH / kernel)); c++) {
        int source = inputs[first + c] - from;
        for (int k = 0; k < kernel; k++) {
          double a = our[c * kernel + k];
          double b = their[source * kernel + k];
          dot += a * b;
          ours += a * a;
          theirs += b * b;
        }
      }
    }
    return ours * theirs > 0 ? dot / Math.sqrt(ours * theirs) : 0;
  }
}
