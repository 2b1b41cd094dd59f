package org.findthelady.fleet;

import java.io.IOException;
import java.util.List;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.match.kernel.Blas;

/**
 * How fast one slot works.
 *
 * @param bytesPerSecond read, decoded and compared
 * @param flopsPerSecond multiplied and added
 */
public record Rates(double bytesPerSecond, double flopsPerSecond) {
  /** From the command to the first task. */
  public static final double START_SECONDS = 3;

  /** Opening, aligning and judging a small pair of which the structure is known. */
  static final double SECONDS_A_PAIR = 0.008;

  /** The same where the structure is found from the weights: 1,000 networks of 6 tensors. */
  static final double SECONDS_A_FOUND_PAIR = 0.04;

  private static final double SECONDS_A_TASK = 0.005;

  /** Decoding and comparing in memory, as measured on one core of the machine in the README. */
  private static final double COMPARED_BYTES_PER_SECOND = 8e8;

  private static final int PIECE_BYTES = 1 << 20;
  private static final int ROUNDS = 4;
  private static final long MOST_READ_BYTES = 32L << 20;

  /**
   * Measures for a moment what is not given.
   *
   * @param suspects the first that can be opened is read, up to 32 MiB of it
   */
  public static Rates measured(
      Store store, List<Suspect> suspects, Double bytesPerSecond, Double flopsPerSecond)
      throws IOException {
    return new Rates(
        bytesPerSecond == null ? compared(store, suspects) : bytesPerSecond,
        flopsPerSecond == null ? Blas.measuredFlops() : flopsPerSecond);
  }

  private static double compared(Store store, List<Suspect> suspects) throws IOException {
    for (Suspect suspect : suspects) {
      try {
        Checkpoint checkpoint = Checkpoints.open(store, suspect.pairs().get(0).suspect());
        double read = readBytesPerSecond(store, checkpoint.files().get(0));
        return 1 / (1 / read + 1 / COMPARED_BYTES_PER_SECOND);
      } catch (CheckpointException e) {
        // the audit says what is wrong with it
      }
    }
    return COMPARED_BYTES_PER_SECOND;
  }

  private static double readBytesPerSecond(Store store, FileInfo file) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    long bytes = Math.max(1, Math.min(file.length(), MOST_READ_BYTES / ROUNDS));
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long started = System.nanoTime();
      try (SeekableInput input = store.open(file)) {
        for (long at = 0; at < Math.min(bytes, file.length()); at += PIECE_BYTES) {
          input.readFully(at, piece, 0, (int) Math.min(PIECE_BYTES, file.length() - at));
        }
      }
      best = Math.max(best, bytes * 1e9 / Math.max(1, System.nanoTime() - started));
    }
    return best;
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
