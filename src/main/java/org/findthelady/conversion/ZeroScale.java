package org.findthelady.conversion;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.findthelady.checkpoint.Levels;
import org.findthelady.checkpoint.ScaleKind;
import org.findthelady.core.DType;

/** What scale a scheme gives to a block of zeros. */
@FunctionalInterface
interface ZeroScale {
  /** The largest of the smallest powers of two that compilers write: code 1 of E8M0. */
  double LEAST_POWER = 0x1p-126;

  /**
   * Least numbers of float32, float16 and E4M3, and their distances from 1 to the next number,
   * float64's and BF16's too.
   */
  List<Double> LIMITS =
      List.of(
          0x1p-128,
          0x1p-127,
          LEAST_POWER,
          0x1p-14,
          0x1p-6,
          0x1p-52,
          0x1p-23,
          0x1p-10,
          0x1p-7,
          0x1p-3);

  /** The smallest E4M3 number, the smallest normal one, an eighth and 1, in steps of the first. */
  List<Double> E4M3_STEPS = List.of(1.0, 8.0, 64.0, 512.0);

  /** Half of float16's smallest number. */
  double HALF_STEP = 0x1p-25;

  /** What compilers add for numbers that would be divided by zero: 1e-15 to 1. */
  int LEAST_TEN = -15;

  /** Of schemes that know no other. */
  ZeroScale NONE = scale -> scale == 0;

  /** Whether a scale is usual, in steps where scales have a smallest one. */
  boolean isUsual(double scale);

  /** The scale of one of ggml's types. */
  static ZeroScale of(DType type) {
    return type == DType.MXFP4 ? scale -> scale <= 0x1p-127 : NONE;
  }

  /** The scale of a packed weight. */
  static ZeroScale of(ScaleKind kind, Levels levels) {
    return switch (kind) {
      case LARGEST, LARGEST_CODED -> NONE;
      case POWER_OF_TWO -> scale -> scale <= LEAST_POWER || scale == 1;
      default -> constant(levels);
    };
  }

  /**
   * Zero, or a constant of a compiler: a power of ten or a limit of a type, as it is or over the
   * largest level or the number of levels; GPTQ takes -1 and 1 for the ends of a block of zeros.
   */
  private static ZeroScale constant(Levels levels) {
    Units units = new Units(levels.units());
    double[] parts = {1, units.largest(), units.range(), units.range() / 2};
    double[] usual =
        DoubleStream.concat(
                LIMITS.stream().mapToDouble(limit -> limit),
                IntStream.rangeClosed(LEAST_TEN, 0).mapToDouble(ten -> Math.pow(10, ten)))
            .flatMap(number -> DoubleStream.of(parts).map(part -> number / part))
            .toArray();
    double relative = levels.roundoff() * (1 + 1e-3);
    double absolute = relative > 0x1p-12 ? HALF_STEP : 0;
    boolean steps = levels.scaleStep() > 0;
    return scale ->
        scale == 0
            || (steps ? E4M3_STEPS.stream().mapToDouble(step -> step) : DoubleStream.of(usual))
                .anyMatch(number -> Math.abs(scale - number) <= relative * number + absolute);
  }
}
