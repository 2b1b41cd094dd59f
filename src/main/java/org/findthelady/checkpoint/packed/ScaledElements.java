package org.findthelady.checkpoint.packed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.findthelady.checkpoint.ScaleKind;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * Elements of a byte each, FP8 or int8, with scales per tensor, row or block. The scale's name says
 * nothing of its direction: all spellings in use are multipliers, {@code weight_scale_inv} too.
 *
 * @see <a href="https://huggingface.co/deepseek-ai/DeepSeek-V3/blob/main/README_WEIGHTS.md">Blocks
 *     of DeepSeek-V3</a>
 */
final class ScaledElements implements PackingScheme {
  private static final String WEIGHT = ".weight";
  private static final int USUAL_BLOCK = 128;
  private static final List<DType> CODES =
      List.of(DType.F8_E4M3, DType.F8_E5M2, DType.F8_E4M3FNUZ, DType.F8_E5M2FNUZ, DType.I8);

  @Override
  public void find(PackedSearch search) {
    List<TensorInfo> without = new ArrayList<>();
    EnumSet<DType> scaled = EnumSet.noneOf(DType.class);
    for (TensorInfo codes : search.ending("")) {
      if (CODES.contains(codes.dtype()) && codes.shape().rank() > 0) {
        List<TensorInfo> scales = scales(search, codes);
        scales.forEach(scale -> take(search, codes, scale));
        if (!scales.isEmpty()) {
          scaled.add(codes.dtype());
        } else if (codes.dtype().floating() && codes.shape().rank() > 1) {
          without.add(codes);
        }
      }
    }
    // Where others of the type have a scale, one without has lost it: alone its codes say nothing.
    without.stream()
        .filter(codes -> scaled.contains(codes.dtype()))
        .forEach(
            codes -> search.undecoded(words(codes.dtype()) + " whose scale is missing", codes));
  }

  /** The tensor of a weight's scales under one of the spellings in use. */
  private static List<TensorInfo> scales(PackedSearch search, TensorInfo codes) {
    String name = codes.name();
    Stream<String> names =
        Stream.of(name + "_scale_inv", name + "_scale", name + ".scale", name + ".scale_weight");
    if (name.endsWith(WEIGHT)) {
      String layer = name.substring(0, name.length() - WEIGHT.length());
      Stream<String> own =
          codes.dtype() == DType.I8
              ? Stream.of(layer + ".SCB", layer + ".scale")
              : Stream.of(layer + ".scale_weight", layer + ".scale_inv", layer + ".scale");
      names = Stream.concat(names, own);
    }
    return names
        .flatMap(n -> search.tensor(n).stream())
        .filter(t -> isScale(t.dtype()))
        .limit(1)
        .toList();
  }

  private static boolean isScale(DType type) {
    return type == DType.F32
        || type == DType.F16
        || type == DType.BF16
        || type == DType.F8_E8M0
        || type == DType.U8;
  }

  private static void take(PackedSearch search, TensorInfo codes, TensorInfo scale) {
    Optional<Blocks> blocks = blocks(codes.shape(), scale.shape(), search.config());
    boolean vectorwise = scale.name().endsWith(".SCB");
    String type =
        (vectorwise ? "bitsandbytes int8" : words(codes.dtype()))
            + blocks.map(b -> ", a scale per " + unit(b)).orElse("");
    if (blocks.isEmpty()) {
      search.undecoded(
          "%s with scales %s for a weight %s".formatted(type, scale.shape(), codes.shape()), codes);
      return;
    }
    TensorInfo zero = search.tensor(codes.name() + "_zero_point", DType.I8, DType.I32).orElse(null);
    if (zero != null && zero.shape().elements() != blocks.get().count()) {
      search.undecoded(type + " with zero points " + zero.shape(), codes);
      return;
    }
    ScaledWeight weight =
        new ScaledWeight(
            PackedSearch.shown(codes.name(), codes, codes.shape().toArray()),
            type,
            vectorwise ? ScaleKind.LARGEST : ScaleKind.ANY,
            new Codes(plane(codes), levels(codes.dtype(), vectorwise ? 127 : 1)),
            blocks.get(),
            new StoredTerms(powers(scale), null, false),
            zero == null ? null : new StoredTerms(zero, null, false),
            null);
    String layer = codes.name().substring(0, codes.name().lastIndexOf('.') + 1);
    search.take(
        weight,
        search.tensor(layer + "weight_format").filter(t -> vectorwise).stream()
            .toArray(TensorInfo[]::new));
  }

  /**
   * Codes of a byte each in words, with a power of two for runs of each row.
   *
   * @param lengths of the plain weight
   * @param run codes that share a scale
   */
  static ScaledWeight bytes(
      TensorInfo codes, long[] lengths, DType type, TensorInfo scales, long run) {
    int last = lengths.length - 1;
    long[] blocks = new long[lengths.length];
    Arrays.fill(blocks, 1);
    blocks[last] = run;
    BitPlane plane =
        new BitPlane(
            codes,
            Math.toIntExact(codes.shape().elements(0, last)),
            Math.toIntExact(lengths[last]),
            8,
            BitPlane.Order.ROWS);
    return new ScaledWeight(
        PackedSearch.shown(codes.name(), codes, lengths),
        words(type) + ", a scale per block of 1 x " + run,
        ScaleKind.ANY,
        new Codes(plane, levels(type, 1)),
        new Blocks(lengths, blocks),
        new StoredTerms(powers(scales), null, false),
        null,
        null);
  }

  /** Bytes of a scale that has no floating-point type are powers of two. */
  static TensorInfo powers(TensorInfo scale) {
    return scale.dtype() == DType.U8 ? as(DType.F8_E8M0, scale) : scale;
  }

  /** The same bytes under another type of one byte. */
  static TensorInfo as(DType type, TensorInfo tensor) {
    return new TensorInfo(
        tensor.name(), type, tensor.shape(), tensor.file(), tensor.offset(), tensor.length());
  }

  private static BitPlane plane(TensorInfo codes) {
    Shape shape = codes.shape();
    int last = shape.rank() - 1;
    return new BitPlane(
        codes,
        Math.toIntExact(shape.elements(0, last)),
        shape.intLength(last),
        8,
        BitPlane.Order.ROWS);
  }

  private static float[] levels(DType type, float divisor) {
    byte[] all = new byte[256];
    for (int code = 0; code < 256; code++) {
      all[code] = (byte) code;
    }
    float[] levels = new float[256];
    Floats.decode(type, all, 0, levels, 0, 256);
    for (int code = 0; code < 256; code++) {
      levels[code] /= divisor;
    }
    return levels;
  }

  private static String words(DType type) {
    return type == DType.I8 ? "int8" : type.name().replace("F8_", "FP8 ");
  }

  private static String unit(Blocks blocks) {
    long[] block = blocks.blocks();
    if (blocks.count() == 1) {
      return "tensor";
    }
    if (Arrays.equals(block, 1, block.length, blocks.lengths(), 1, block.length)) {
      return block[0] == 1 ? "row" : "block of " + block[0] + " rows";
    }
    return "block of "
        + Arrays.stream(block)
            .skip(Math.max(0, block.length - 2))
            .mapToObj(Long::toString)
            .collect(Collectors.joining(" x "));
  }

  /** How scales of one shape go with a weight of another; empty if they do not. */
  static Optional<Blocks> blocks(Shape weight, Shape scale, QuantisationConfig config) {
    if (scale.elements() == 1) {
      return Optional.of(Blocks.whole(weight));
    }
    long[] lengths = weight.toArray();
    if (scale.rank() > lengths.length) {
      return Optional.empty();
    }
    long[] block = new long[lengths.length];
    for (int axis = 0; axis < block.length; axis++) {
      long count = axis < scale.rank() ? scale.length(axis) : 1;
      int said = axis < block.length - 2 ? 0 : config.block(block.length - 1 - axis);
      block[axis] = block(lengths[axis], count, said);
      if (block[axis] == 0) {
        return Optional.empty();
      }
    }
    return Optional.of(new Blocks(lengths, block));
  }

  private static long block(long length, long count, int said) {
    if (count == length) {
      return 1;
    }
    if (count == 1) {
      return length;
    }
    for (long size : new long[] {said, USUAL_BLOCK}) {
      if (size > 0 && (length + size - 1) / size == count) {
        return size;
      }
    }
    if (count < 1 || count > length) {
      return 0;
    }
    if (length % count == 0) {
      return length / count;
    }
    // At most one power of two cuts a length into so many pieces.
    long size = Long.highestOneBit(length / (count - 1));
    return (length + size - 1) / size == count ? size : 0;
  }
}
