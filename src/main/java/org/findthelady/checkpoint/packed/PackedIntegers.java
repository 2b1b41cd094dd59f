package org.findthelady.checkpoint.packed;

import java.io.IOException;
import java.util.Arrays;
import org.findthelady.checkpoint.ScaleKind;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * Integers of a few bits in 32-bit words along rows, as compressed-tensors and MLX pack them: a
 * stream of bits, the lowest first.
 *
 * @see <a href="https://github.com/vllm-project/compressed-tensors">compressed-tensors</a>
 * @see <a
 *     href="https://ml-explore.github.io/mlx/build/html/python/_autosummary/mlx.core.quantize.html">MLX's
 *     affine quantisation</a>
 */
final class PackedIntegers implements PackingScheme {
  private static final String PACKED = "weight_packed";

  @Override
  public void find(PackedSearch search) throws IOException {
    for (TensorInfo codes : search.ending("." + PACKED)) {
      if (codes.dtype() == DType.I32 && codes.shape().rank() == 2) {
        compressed(search, codes);
      }
    }
    for (TensorInfo codes : search.ending(".weight")) {
      if (codes.dtype() == DType.U32 && codes.shape().rank() >= 2) {
        mlx(search, codes);
      }
    }
  }

  private static void compressed(PackedSearch search, TensorInfo codes) throws IOException {
    String layer = codes.name().substring(0, codes.name().length() - PACKED.length());
    TensorInfo shape = search.tensor(layer + "weight_shape", DType.I64, DType.I32).orElse(null);
    TensorInfo scales =
        search
            .tensor(layer + "weight_scale", DType.F32, DType.F16, DType.BF16)
            .filter(s -> s.shape().rank() == 2 && s.shape().length(0) == codes.shape().length(0))
            .orElse(null);
    boolean ordered = search.tensor(layer + "weight_g_idx").isPresent();
    if (shape == null || shape.shape().elements() != 2 || scales == null || ordered) {
      search.undecoded(
          "compressed-tensors integers" + (ordered ? " in groups by index" : ""), codes);
      return;
    }
    float[] lengths = search.floats(shape);
    long inputs = (long) lengths[1];
    long width = codes.shape().length(1);
    int bits = bits(width, inputs, search.config().number("", "num_bits"));
    long groups = scales.shape().length(1);
    if (lengths[0] != codes.shape().length(0) || bits == 0 || groups == 0 || inputs % groups != 0) {
      search.undecoded(
          "compressed-tensors integers, %d words for %d inputs in %d groups"
              .formatted(width, inputs, groups),
          codes);
      return;
    }
    int offset = 1 << (bits - 1);
    TensorInfo zero = search.tensor(layer + "weight_zero_point").orElse(null);
    int outputs = codes.shape().intLength(0);
    BitPlane plane = new BitPlane(codes, outputs, (int) inputs, bits, BitPlane.Order.ROWS);
    Terms zeros = null;
    if (zero != null && zero.dtype() == DType.I32) {
      BitPlane packed = new BitPlane(zero, outputs, (int) groups, bits, BitPlane.Order.COLUMNS);
      zeros = new PlaneTerms(packed, offset);
    } else if (zero != null) {
      zeros = new StoredTerms(zero, null, false);
    }
    search.take(
        new ScaledWeight(
            PackedSearch.shown(layer + "weight", codes, outputs, inputs),
            "compressed-tensors int%d, a scale for %d inputs".formatted(bits, inputs / groups),
            ScaleKind.FED_BACK,
            new Codes(plane, Codes.integers(bits, offset)),
            new Blocks(new long[] {outputs, inputs}, new long[] {1, inputs / groups}),
            new StoredTerms(scales, null, false),
            zeros,
            null),
        shape);
  }

  /** Bits of a code; 0 if none fit. */
  private static int bits(long words, long inputs, int said) {
    for (int bits : new int[] {said, 4, 8, 2, 3, 5, 6, 7}) {
      if (bits >= 1 && bits <= 8 && (inputs * bits + 31) / 32 == words) {
        return bits;
      }
    }
    return 0;
  }

  private static void mlx(PackedSearch search, TensorInfo codes) {
    String layer = codes.name().substring(0, codes.name().length() - ".weight".length());
    TensorInfo scales = search.tensor(layer + ".scales").orElse(null);
    Shape shape = codes.shape();
    int last = shape.rank() - 1;
    if (scales == null
        || scales.shape().rank() != shape.rank()
        || scales.shape().elements(0, last) != shape.elements(0, last)
        || scales.shape().length(last) == 0) {
      return;
    }
    TensorInfo shifts = search.tensor(layer + ".biases", scales.dtype()).orElse(null);
    long bitsInGroup = 32 * shape.length(last) / scales.shape().length(last);
    if (scales.dtype() == DType.U8 && shifts == null) {
      floats(search, codes, scales, bitsInGroup);
      return;
    }
    int bits = search.config().number(layer, "bits");
    int group = search.config().number(layer, "group_size");
    boolean fits =
        shifts != null
            && shifts.shape().equals(scales.shape())
            && bits >= 1
            && bits <= 8
            && (long) bits * group == bitsInGroup
            && 32 * shape.length(last) % bits == 0;
    if (!fits) {
      search.undecoded(
          "MLX integers, %d bits to a group, which config.json does not explain"
              .formatted(bitsInGroup),
          codes);
      return;
    }
    search.take(affine(codes, scales, shifts, bits, group));
  }

  private static ScaledWeight affine(
      TensorInfo codes, TensorInfo scales, TensorInfo shifts, int bits, int group) {
    long[] lengths = codes.shape().toArray();
    int last = lengths.length - 1;
    lengths[last] = 32 * lengths[last] / bits;
    long[] blocks = new long[lengths.length];
    Arrays.fill(blocks, 1);
    blocks[last] = group;
    BitPlane plane =
        new BitPlane(
            codes,
            Math.toIntExact(codes.shape().elements(0, last)),
            Math.toIntExact(lengths[last]),
            bits,
            BitPlane.Order.ROWS);
    return new ScaledWeight(
        PackedSearch.shown(codes.name(), codes, lengths),
        "MLX int%d, a scale and a shift for %d inputs".formatted(bits, group),
        ScaleKind.ANY,
        new Codes(plane, Codes.integers(bits, 0)),
        new Blocks(lengths, blocks),
        new StoredTerms(scales, null, false),
        null,
        new StoredTerms(shifts, null, false));
  }

  /** MLX's MXFP4, NVFP4 and MXFP8, told apart by how many codes share a scale. */
  private static void floats(
      PackedSearch search, TensorInfo codes, TensorInfo scales, long bitsInGroup) {
    long[] lengths = codes.shape().toArray();
    if (bitsInGroup == 8 * 32) {
      lengths[lengths.length - 1] *= 4;
      search.take(ScaledElements.bytes(codes, lengths, DType.F8_E4M3, scales, 32));
      return;
    }
    lengths[lengths.length - 1] *= 8;
    TensorInfo shown = PackedSearch.shown(codes.name(), codes, lengths);
    if (bitsInGroup == 4 * 32) {
      StoredTerms powers = new StoredTerms(ScaledElements.powers(scales), null, false);
      search.take(FourBitFloats.weight("MXFP4", shown, codes, powers, 32));
    } else if (bitsInGroup == 4 * 16) {
      StoredTerms halves = new StoredTerms(ScaledElements.as(DType.F8_E4M3, scales), null, false);
      search.take(FourBitFloats.weight("NVFP4 of MLX", shown, codes, halves, 16));
    } else {
      search.undecoded("MLX floats, %d bits to a group".formatted(bitsInGroup), codes);
    }
  }
}
