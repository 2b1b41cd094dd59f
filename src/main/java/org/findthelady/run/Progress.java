package org.findthelady.run;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.findthelady.core.Pace;
import org.findthelady.fleet.Suspect;
import org.findthelady.pair.PairOutcome;
import org.findthelady.report.Words;

/** A line for every model as it finishes, and now and then how long the rest will take. */
public final class Progress {
  /**
   * Share of the work from which on a terminal shows the time left: the first models take longer.
   */
  private static final double LEAST_SHARE = 0.05;

  private final long models;
  private final List<Suspect> suspects;
  private final double total;
  private final Pace pace;
  private final Consumer<String> lines;
  private final LiveLine live;
  private boolean names = true;
  private long finished;
  private long here;
  private double work;
  private double before;

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

  /** Of pairs that no user has named: not a line for each, only how long the rest will take. */
  public static Progress ofPairs(List<Suspect> pairs, Consumer<String> lines) {
    LiveLine live = LiveLine.onTerminal().orElse(null);
    Progress progress = new Progress(pairs, new Pace(work(pairs)), lines, live);
    progress.names = false;
    return progress;
  }

  /** What suspects come to: bytes, and something for each one of them. */
  public static double work(List<Suspect> suspects) {
    return suspects.stream().mapToDouble(Progress::work).sum();
  }

  private static double work(Suspect suspect) {
    return (1 << 20) + (double) suspect.bytes() * suspect.pairs().size();
  }

  /** Says that the first suspect is begun: the time until then is not what suspects take. */
  public void begin() {
    before = work;
    pace.goOnFrom(work);
    if (live != null) {
      live.begin();
      live.show(new LiveLine.State(finished, models, 0, work / total, OptionalDouble.empty()), "");
    }
  }

  /** Says that a suspect is done. */
  public void finished(PairOutcome outcome, int index) {
    finished++;
    here++;
    work += work(suspects.get(index));
    if (live != null) {
      live.show(
          new LiveLine.State(finished, models, here, work / total, left()),
          names ? Words.printable(outcome.pair().id()) : "pairs of relatives");
      return;
    }
    if (names) {
      lines.accept(line(outcome));
    }
    pace.tell(work).ifPresent(lines);
  }

  private String line(PairOutcome outcome) {
    double speed = outcome.bytesRead() / Math.max(1e-9, outcome.seconds()) / 1e6;
    return String.format(
        Locale.ROOT,
        "%d of %d: %s %s, %.2f s, %.0f MB/s",
        finished,
        models,
        Words.printable(outcome.pair().id()),
        outcome.audited()
            ? outcome.verdict()
            : "NOT AUDITED (" + outcome.notAudited().cause() + ")",
        outcome.seconds(),
        speed);
  }

  private OptionalDouble left() {
    return work - before < LEAST_SHARE * (total - before)
        ? OptionalDouble.empty()
        : pace.secondsLeft(work);
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
