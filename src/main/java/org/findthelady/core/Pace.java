package org.findthelady.core;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/**
 * How far a long piece of work has come and how long it will take at this pace. Says nothing in the
 * first seconds, and then only every few seconds. Not thread-safe.
 */
public final class Pace {
  /** Time between two words. */
  public static final long QUIET_NANOS = 10_000_000_000L;

  private final double total;
  private final LongSupplier nanoTime;
  private long started;
  private long told;
  private double before;

  /**
   * @param total amount of work, in any unit
   */
  public Pace(double total) {
    this(total, System::nanoTime);
  }

  /**
   * @param nanoTime a clock
   */
  public Pace(double total, LongSupplier nanoTime) {
    this.total = total;
    this.nanoTime = nanoTime;
    this.started = nanoTime.getAsLong();
    this.told = started;
  }

  /**
   * Says that some of the work was done before: the time that is left is told from what is done
   * from now on.
   *
   * @param done of the total
   */
  public void goOnFrom(double done) {
    before = done;
    started = nanoTime.getAsLong();
    told = started;
  }

  /** Seconds that are left at this pace; empty if nothing was done yet, or all is. */
  public OptionalDouble secondsLeft(double done) {
    double seconds = (nanoTime.getAsLong() - started) / 1e9;
    return done <= before || done >= total
        ? OptionalDouble.empty()
        : OptionalDouble.of(seconds * (total - done) / (done - before));
  }

  /**
   * What to tell the user, if it is time to: "37 % done, about 2 min 10 s left".
   *
   * @param done of the total
   */
  public Optional<String> tell(double done) {
    long now = nanoTime.getAsLong();
    OptionalDouble left = secondsLeft(done);
    if (now - told < QUIET_NANOS || left.isEmpty()) {
      return Optional.empty();
    }
    told = now;
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%.0f %% done, about %s left",
            100 * done / total,
            words(left.getAsDouble())));
  }

  /** Seconds as people say them: "4 s", "2 min 10 s", "3 h 5 min". */
  public static String words(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    return whole < 3600
        ? whole / 60 + " min " + whole % 60 + " s"
        : whole / 3600 + " h " + whole / 60 % 60 + " min";
  }
}
