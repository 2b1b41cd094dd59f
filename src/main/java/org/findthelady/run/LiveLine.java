package org.findthelady.run;

import java.io.Console;
import java.io.PrintStream;
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
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream out;
  private final LongSupplier nanoTime;
  private final long started;

  /**
   * @param nanoTime a clock
   */
  LiveLine(PrintStream out, LongSupplier nanoTime) {
    this.out = out;
    this.nanoTime = nanoTime;
    this.started = nanoTime.getAsLong();
  }

  /** A line on the error stream, if this process has a terminal. */
  public static Optional<LiveLine> onTerminal() {
    boolean wanted = hasTerminal() && !"dumb".equals(System.getenv("TERM"));
    return wanted ? Optional.of(new LiveLine(System.err, System::nanoTime)) : Optional.empty();
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

  /**
   * How far it is.
   *
   * @param here models that this process has done
   * @param share of the work that is done, 0 to 1
   * @param left seconds, if that can be said
   */
  record State(long finished, long models, long here, double share, OptionalDouble left) {}

  /**
   * Shows how far it is.
   *
   * @param last name of the newest model, safe for a terminal
   */
  void show(State state, String last) {
    double seconds = Math.max(1e-3, (nanoTime.getAsLong() - started) / 1e9);
    int full = (int) Math.round(BAR * state.share());
    String left =
        state.left().isPresent()
            ? ", about " + Pace.words(state.left().getAsDouble()) + " left"
            : "";
    String name = last.length() > WIDEST_NAME ? last.substring(0, WIDEST_NAME) : last;
    out.print(
        String.format(
            Locale.ROOT,
            "%s[%s%s] %d of %d, %.1f a second%s  %s",
            CLEAR,
            "#".repeat(full),
            ".".repeat(BAR - full),
            state.finished(),
            state.models(),
            state.here() / seconds,
            left,
            name));
    if (state.finished() == state.models()) {
      out.print(CLEAR);
    }
    out.flush();
  }
}
