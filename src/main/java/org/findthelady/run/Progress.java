package org.findthelady.run;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.findthelady.core.Pace;
import org.findthelady.fleet.Suspect;
import org.findthelady.pair.PairOutcome;
import org.findthelady.report.Words;

/** A line for every model as it finishes, and now and then how long the rest will take. */
public final class Progress {
  private final long models;
  private final List<Suspect> suspects;
  private final double total;
  private final Pace pace;
  private final Consumer<String> lines;
  private final LiveLine live;
  private long finished;
  private long here;
  private double work;

  /**
   * @param pace over the {@link #work} of all suspects
   * @param lines receives what is to be told
   * @param live a terminal's line, which is told instead; null if there is no terminal
   */
  public Progress(List<Suspect> suspects, Pace pace, Consumer<String> lines, LiveLine live) {
    this.live = live;
    this.models = suspects.size();
    this.suspects = suspects;
    this.total = work(suspects);
    this.pace = pace;
    this.lines = lines;
  }

  /** What suspects come to: bytes, and something for each one of them. */
  public static double work(List<Suspect> suspects) {
    return suspects.stream().mapToDouble(Progress::work).sum();
  }

  private static double work(Suspect suspect) {
    return (1 << 20) + (double) suspect.bytes() * suspect.pairs().size();
  }

  /** Says that a suspect is done. */
  public void finished(PairOutcome outcome, int index) {
    finished++;
    here++;
    work += work(suspects.get(index));
    if (live != null) {
      live.show(
          new LiveLine.State(finished, models, here, work / total, pace.secondsLeft(work)),
          Words.printable(outcome.pair().id()));
      return;
    }
    double speed = outcome.bytesRead() / Math.max(1e-9, outcome.seconds()) / 1e6;
    lines.accept(
        String.format(
            Locale.ROOT,
            "%d of %d: %s %s, %.2f s, %.0f MB/s",
            finished,
            models,
            Words.printable(outcome.pair().id()),
            outcome.audited()
                ? outcome.verdict()
                : "NOT AUDITED (" + outcome.notAudited().cause() + ")",
            outcome.seconds(),
            speed));
    pace.tell(work).ifPresent(lines);
  }

  /** Says that suspects were done by an earlier run already. */
  public void resumed(List<Integer> indices) {
    for (int index : indices) {
      finished++;
      work += work(suspects.get(index));
    }
    pace.goOnFrom(work);
  }
}
