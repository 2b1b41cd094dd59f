package org.findthelady.checkpoint.packed;

import java.util.Arrays;
import java.util.Optional;
import org.findthelady.checkpoint.ScaleKind;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * FP4 E2M1, two codes to a byte, the first one lowest: MXFP4 (a power of two for 32 elements) and
 * NVFP4 (an E4M3 scale for 16, and a scale of the whole tensor, which some multiply with and some
 * divide by).
 *
 * @see <a
 *     href="https://www.opencompute.org/documents/ocp-microscaling-formats-mx-v1-0-spec-final-pdf">OCP
 *     microscaling formats</a>
 */
final class FourBitFloats implements PackingScheme {
  private static final String BLOCKS = "_blocks";
  private static final String PACKED = "weight_packed";
  private static final String WEIGHT = "weight";

  @Override
  public void find(PackedSearch search) {
    search.ending(BLOCKS).forEach(codes -> blocks(search, codes));
    search.ending("." + PACKED).forEach(codes -> packed(search, codes));
    search.ending("." + WEIGHT).forEach(codes -> twoLevels(search, codes));
  }

  /** Blocks of 16 bytes on an axis of their own, as gpt-oss has them. */
  private static void blocks(PackedSearch search, TensorInfo codes) {
    String name = codes.name().substring(0, codes.name().length() - BLOCKS.length());
    Shape shape = codes.shape();
    int rank = shape.rank();
    search
        .tensor(name + "_scales", DType.U8, DType.F8_E8M0)
        .filter(s -> codes.dtype() == DType.U8 && rank >= 3 && shape.length(rank - 1) == 16)
        .filter(
            s ->
                Arrays.equals(
                    s.shape().toArray(), 0, s.shape().rank(), shape.toArray(), 0, rank - 1))
        .ifPresent(
            scales -> {
              long[] lengths = Arrays.copyOf(shape.toArray(), rank - 1);
              lengths[rank - 2] = Math.multiplyExact(lengths[rank - 2], 32L);
              search.take(
                  weight(
                      "MXFP4",
                      PackedSearch.shown(name, codes, lengths),
                      codes,
                      powers(scales),
                      32));
            });
  }

  private static StoredTerms powers(TensorInfo scales) {
    return new StoredTerms(ScaledElements.powers(scales), null, false);
  }

  /** As compressed-tensors has them: the scale of the whole tensor is a divisor. */
  private static void packed(PackedSearch search, TensorInfo codes) {
    String layer = codes.name().substring(0, codes.name().length() - PACKED.length());
    TensorInfo scales =
        search
            .tensor(layer + "weight_scale", DType.U8, DType.F8_E8M0, DType.F8_E4M3)
            .filter(s -> codes.dtype() == DType.U8 && fits(codes, s))
            .orElse(null);
    if (scales == null) {
      return;
    }
    long block = 2 * last(codes) / last(scales);
    TensorInfo shown = PackedSearch.shown(layer + WEIGHT, codes, doubled(codes));
    TensorInfo whole = search.tensor(layer + "weight_global_scale", DType.F32).orElse(null);
    if (scales.dtype() != DType.F8_E4M3 && block == 32) {
      search.take(weight("MXFP4", shown, codes, powers(scales), block));
    } else if (scales.dtype() == DType.F8_E4M3 && isOne(whole)) {
      search.take(
          weight(
              "NVFP4 with a divisor of the tensor",
              shown,
              codes,
              new StoredTerms(scales, whole, true),
              block));
    } else {
      search.undecoded("packed floats with scales for %d codes".formatted(block), codes);
    }
  }

  /** As ModelOpt has them: the scale of the whole tensor is a multiplier. */
  private static void twoLevels(PackedSearch search, TensorInfo codes) {
    Optional<TensorInfo> scales = search.tensor(codes.name() + "_scale", DType.F8_E4M3);
    TensorInfo whole = search.tensor(codes.name() + "_scale_2", DType.F32).orElse(null);
    if (codes.dtype() != DType.U8 || scales.isEmpty()) {
      return;
    }
    if (!fits(codes, scales.get()) || !isOne(whole)) {
      search.undecoded("NVFP4 without a scale of the whole tensor", codes);
      return;
    }
    search.take(
        weight(
            "NVFP4 with a multiplier of the tensor",
            PackedSearch.shown(codes.name(), codes, doubled(codes)),
            codes,
            new StoredTerms(scales.get(), whole, false),
            2 * last(codes) / last(scales.get())));
  }

  /** One scale for runs of one length of each row. */
  private static boolean fits(TensorInfo codes, TensorInfo scales) {
    int rank = codes.shape().rank();
    return rank >= 2
        && scales.shape().rank() == rank
        && codes.shape().elements(0, rank - 1) == scales.shape().elements(0, rank - 1)
        && last(scales) > 0
        && 2 * last(codes) % last(scales) == 0;
  }

  private static boolean isOne(TensorInfo tensor) {
    return tensor != null && tensor.shape().elements() == 1;
  }

  private static long last(TensorInfo tensor) {
    return tensor.shape().length(tensor.shape().rank() - 1);
  }

  private static long[] doubled(TensorInfo codes) {
    long[] lengths = codes.shape().toArray();
    lengths[lengths.length - 1] = Math.multiplyExact(lengths[lengths.length - 1], 2L);
    return lengths;
  }

  /** A weight of E2M1 codes with a scale for runs of each row. */
  static ScaledWeight weight(
      String scheme, TensorInfo shown, TensorInfo codes, StoredTerms scales, long block) {
    Shape shape = shown.shape();
    int last = shape.rank() - 1;
    long[] blocks = new long[shape.rank()];
    Arrays.fill(blocks, 1);
    blocks[last] = block;
    BitPlane plane =
        new BitPlane(
            codes,
            Math.toIntExact(shape.elements(0, last)),
            shape.intLength(last),
            4,
            BitPlane.Order.ROWS);
    return new ScaledWeight(
        shown,
        scheme,
        scales.stored().dtype() == DType.F8_E8M0
            ? ScaleKind.POWER_OF_TWO
            : ScaleKind.LARGEST_AS_E4M3,
        new Codes(plane, levels()),
        new Blocks(shape.toArray(), blocks),
        scales,
        null,
        null);
  }

  /** All sixteen codes of E2M1. */
  static float[] levels() {
    byte[] pairs = new byte[8];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = (byte) (2 * i | (2 * i + 1) << 4);
    }
    float[] levels = new float[16];
    Floats.decode(DType.F4, pairs, 0, levels, 0, 16);
    return levels;
  }
}
