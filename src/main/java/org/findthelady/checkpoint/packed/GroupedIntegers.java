package org.findthelady.checkpoint.packed;

import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * GPTQ and AWQ: integers of a few bits in 32-bit words, inputs first. GPTQ packs inputs, AWQ
 * outputs. GPTQ's first format stores zero points less one.
 *
 * @see <a href="https://github.com/AutoGPTQ/AutoGPTQ">AutoGPTQ</a>
 * @see <a href="https://github.com/casper-hansen/AutoAWQ">AutoAWQ</a>
 */
final class GroupedIntegers implements PackingScheme {
  private static final String CODES = ".qweight";

  @Override
  public void find(PackedSearch search) {
    for (TensorInfo codes : search.ending(CODES)) {
      String layer = codes.name().substring(0, codes.name().length() - CODES.length());
      TensorInfo zeros = search.tensor(layer + ".qzeros", DType.I32).orElse(null);
      TensorInfo scales =
          search.tensor(layer + ".scales", DType.F16, DType.BF16, DType.F32).orElse(null);
      boolean plain =
          codes.dtype() == DType.I32
              && codes.shape().rank() == 2
              && zeros != null
              && zeros.shape().rank() == 2
              && scales != null
              && scales.shape().rank() == 2
              && zeros.shape().length(0) == scales.shape().length(0)
              && zeros.shape().length(0) > 0;
      if (!plain || !take(search, layer, codes, zeros, scales)) {
        search.undecoded("integers in groups, neither GPTQ nor AWQ as known", codes);
      }
    }
  }

  /** Whether they are one of the two; what contradicts that is named. */
  private static boolean take(
      PackedSearch search, String layer, TensorInfo codes, TensorInfo zeros, TensorInfo scales) {
    Shape shape = codes.shape();
    long outputs = scales.shape().length(1);
    long zeroBits = 32 * zeros.shape().length(1);
    int bits = (int) Math.min(9, outputs == 0 ? 9 : zeroBits / outputs);
    if (bits < 1 || bits > 8 || zeroBits < outputs * bits) {
      return false;
    }
    boolean gptq = shape.length(1) == outputs;
    long inputs = gptq ? 32 * shape.length(0) / bits : shape.length(0);
    if (!gptq && (bits != 4 || 8 * shape.length(1) != outputs)) {
      return false;
    }
    TensorInfo groups = search.tensor(layer + ".g_idx").filter(g -> gptq).orElse(null);
    if (groups != null
        && (groups.dtype() != DType.I32 || !groups.shape().equals(Shape.of(inputs)))) {
      search.undecoded(
          "GPTQ integers with groups %s %s for %d inputs"
              .formatted(groups.dtype(), groups.shape(), inputs),
          codes);
      return true;
    }
    int rows = Math.toIntExact(inputs);
    int columns = Math.toIntExact(outputs);
    int lines = zeros.shape().intLength(0);
    BitPlane.Order order = gptq ? BitPlane.Order.COLUMNS : BitPlane.Order.ROWS_EVEN_FIRST;
    BitPlane.Order zeroOrder = gptq ? BitPlane.Order.ROWS : BitPlane.Order.ROWS_EVEN_FIRST;
    search.take(
        new GroupedWeight(
            PackedSearch.shown(layer + ".weight", codes, outputs, inputs),
            "%s int%d, %d groups of inputs%s"
                .formatted(gptq ? "GPTQ" : "AWQ", bits, lines, groups == null ? "" : " by index"),
            new BitPlane(codes, rows, columns, bits, order),
            new BitPlane(zeros, lines, columns, bits, zeroOrder),
            gptq && !search.config().plainZeros() ? 1 : 0,
            scales,
            groups));
    return true;
  }
}
