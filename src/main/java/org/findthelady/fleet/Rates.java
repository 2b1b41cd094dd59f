package org.findthelady.fleet;

import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.UserException;
import org.findthelady.match.kernel.Blas;
import org.findthelady.pair.PairRequest;

/**
 * How fast one slot works.
 *
 * @param bytesPerSecond read, decoded and compared
 * @param flopsPerSecond multiplied and added
 */
public record Rates(double bytesPerSecond, double flopsPerSecond) {
  /** From the command to the first task of Spark. */
  public static final double START_SECONDS = 3;

  /** The same of a pair that is done without Spark. */
  public static final double START_OF_A_PAIR_SECONDS = 1;

  /** What the driver does of a model while others are audited: rows, tables, the page. */
  public static final double SECONDS_A_MODEL = 0.01;

  /** Opening, aligning and judging a small pair of which the structure is known. */
  static final double SECONDS_A_PAIR = 0.008;

  /** The same where the structure is found from the weights: 1,000 networks of 6 tensors. */
  static final double SECONDS_A_FOUND_PAIR = 0.04;

  private static final double SECONDS_A_TASK = 0.005;

  /** Decoding and comparing in memory, as measured on one core of the machine in the README. */
  private static final double COMPARED_BYTES_PER_SECOND = 8e8;

  /**
   * Measures for a moment what is not given.
   *
   * @param suspects a tensor of the first that can be compared is compared
   */
  public static Rates measured(
      List<Suspect> suspects, Double bytesPerSecond, Double flopsPerSecond) {
    return new Rates(
        bytesPerSecond == null ? compared(suspects) : bytesPerSecond,
        flopsPerSecond == null ? Blas.measuredFlops() : flopsPerSecond);
  }

  private static double compared(List<Suspect> suspects) {
    for (Suspect suspect : suspects) {
      PairRequest pair = suspect.pairs().get(0);
      try {
        OptionalDouble rate = PairWork.bytesPerSecond(pair);
        if (rate.isPresent()) {
          return rate.getAsDouble();
        }
      } catch (CheckpointException | UserException | IOException e) {
        // the audit says what is wrong with it
      }
    }
    return COMPARED_BYTES_PER_SECOND;
  }

  /**
   * Seconds of one slot.
   *
   * @param overhead seconds that pairs take however small they are
   */
  public double seconds(double overhead, long tasks, long bytes, double flops) {
    return overhead + tasks * SECONDS_A_TASK + bytes / bytesPerSecond + flops / flopsPerSecond;
  }
}
