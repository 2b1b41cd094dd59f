package org.findthelady.run;

import java.io.Console;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;
import org.findthelady.core.Pace;

/**
 * One line on a terminal that says how far a run is: a bar, models, models a second, and the time
 * that is left. It is written over itself. Not thread-safe.
 */
public final class LiveLine {
  private static final int BAR = 24;
  private static final int WIDEST_NAME = 24;

  /** Models a second from which on their number is told, and below which the time of each one. */
  private static final double SLOW = 0.2;

  private final TerminalStream out;
  private final LongSupplier nanoTime;
  private long started;

  /**
   * @param nanoTime a clock
   */
  LiveLine(TerminalStream out, LongSupplier nanoTime) {
    this.out = out;
    this.nanoTime = nanoTime;
    this.started = nanoTime.getAsLong();
  }

  /** A line on the error stream, if this process has a terminal. */
  public static Optional<LiveLine> onTerminal() {
    boolean wanted = hasTerminal() && !"dumb".equals(System.getenv("TERM"));
    return wanted
        ? Optional.of(new LiveLine(TerminalStream.ofErrors(), System::nanoTime))
        : Optional.empty();
  }

  /** Newer Java has a console without a terminal too, and a method that tells. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean hasTerminal() {
    Console console = System.console();
    try {
      return console != null
          && Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  /** The models are begun only now: what was done until then is not of their rate. */
  void begin() {
    started = nanoTime.getAsLong();
  }

  /**
   * How far it is.
   *
   * @param here models that this process has done
   * @param share of the work that is done, 0 to 1
   * @param left seconds, if that can be said
   */
  record State(long finished, long models, long here, double share, OptionalDouble left) {}

  /**
   * Shows how far it is, or takes the line away when all is done.
   *
   * @param last name of the newest model, safe for a terminal; empty if there is none
   */
  void show(State state, String last) {
    if (state.finished() == state.models()) {
      out.clear();
      return;
    }
    int full = (int) Math.round(BAR * state.share());
    String left =
        state.left().isPresent()
            ? ", about " + Pace.words(state.left().getAsDouble()) + " left"
            : "";
    String name = last.length() > WIDEST_NAME ? last.substring(0, WIDEST_NAME) : last;
    String line =
        String.format(
            Locale.ROOT,
            "[%s%s] %d of %d%s%s  %s",
            "#".repeat(full),
            ".".repeat(BAR - full),
            state.finished(),
            state.models(),
            rate(state.here()),
            left,
            name);
    out.show(line.stripTrailing());
  }

  private String rate(long done) {
    double seconds = Math.max(1e-3, (nanoTime.getAsLong() - started) / 1e9);
    if (done == 0) {
      return "";
    }
    return done / seconds < SLOW
        ? ", %s each".formatted(Pace.words(seconds / done))
        : String.format(Locale.ROOT, ", %.1f a second", done / seconds);
  }
}
