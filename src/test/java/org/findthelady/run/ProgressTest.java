package org.findthelady.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.findthelady.core.Pace;
import org.findthelady.core.Verdict;
import org.findthelady.fleet.Suspect;
import org.findthelady.match.MatchOptions;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.StructureChoice;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final String CLEAR = "\r\u001b[K";
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TerminalStream terminal = new TerminalStream(new PrintStream(bytes, true, UTF_8));

  @Test
  void saysEveryModelAndNowAndThenHowLongItTakes() {
    List<Suspect> suspects = suspects("a", "b\n", "c", "d");
    AtomicLong clock = new AtomicLong();
    List<String> lines = new ArrayList<>();
    Progress progress =
        new Progress(suspects, new Pace(Progress.work(suspects), clock::get), lines::add, null);
    clock.addAndGet(100 * Pace.QUIET_NANOS);
    progress.resumed(List.of(2));
    clock.addAndGet(100 * Pace.QUIET_NANOS);
    progress.begin();
    for (int index : new int[] {3, 0, 1}) {
      clock.addAndGet(Pace.QUIET_NANOS * 2 / 3);
      PairRequest pair = suspects.get(index).pairs().get(0);
      progress.finished(PairOutcome.ended(pair, Verdict.UNREADABLE, "no", "", 0.25), index);
    }
    assertThat(lines)
        .containsExactly(
            "2 of 4: d UNREADABLE, 0.25 s, 0 MB/s",
            "3 of 4: a UNREADABLE, 0.25 s, 0 MB/s",
            "75 % done, about 7 s left",
            "4 of 4: b\\u000a UNREADABLE, 0.25 s, 0 MB/s");
  }

  private static List<Suspect> suspects(String... ids) {
    List<Suspect> suspects = new ArrayList<>();
    for (String id : ids) {
      PairRequest pair =
          new PairRequest(
              id,
              "reference",
              id,
              StructureChoice.AUTOMATIC,
              MatchOptions.defaults(),
              new HadoopStore(),
              null,
              null);
      suspects.add(new Suspect(List.of(pair), List.of("r"), List.of(), 7 << 20, List.of()));
    }
    return suspects;
  }

  /** What was written since the last time. */
  private String written() {
    String text = bytes.toString(UTF_8);
    bytes.reset();
    return text;
  }

  @Test
  void aTerminalHasOneLineThatIsWrittenOverItselfAndNeverWrapped() {
    AtomicLong clock = new AtomicLong();
    LiveLine line = new LiveLine(terminal, clock::get);
    clock.addAndGet(2_000_000_000L);
    line.show(new LiveLine.State(3, 8, 2, 0.25, OptionalDouble.of(6)), "b");
    assertThat(written())
        .isEqualTo(
            CLEAR
                + "\u001b[?7l[######..................] 3 of 8, 1.0 a second, about 6 s left  b"
                + "\u001b[?7h");
    line.show(new LiveLine.State(8, 8, 7, 1, OptionalDouble.empty()), "h");
    assertThat(written()).isEqualTo(CLEAR);
    line.begin();
    line.show(new LiveLine.State(3, 8, 0, 0.25, OptionalDouble.empty()), "");
    assertThat(written()).contains("] 3 of 8\u001b");
    clock.addAndGet(20_000_000_000L);
    line.show(new LiveLine.State(5, 8, 2, 0.25, OptionalDouble.empty()), "c");
    assertThat(written()).contains("] 5 of 8, 10 s each  c\u001b");
  }

  @Test
  void theTimeLeftIsToldOnceSomeOfTheWorkIsDone() {
    List<Suspect> suspects =
        suspects(IntStream.range(0, 40).mapToObj(i -> "m" + i).toArray(String[]::new));
    AtomicLong clock = new AtomicLong();
    Progress progress =
        new Progress(
            suspects,
            new Pace(Progress.work(suspects), clock::get),
            line -> {},
            new LiveLine(terminal, clock::get));
    progress.begin();
    assertThat(written()).contains("[........................] 0 of 40\u001b");
    for (int index = 0; index < 2; index++) {
      clock.addAndGet(1_000_000_000L);
      PairRequest pair = suspects.get(index).pairs().get(0);
      progress.finished(PairOutcome.ended(pair, Verdict.UNREADABLE, "no", "", 0.25), index);
    }
    assertThat(written())
        .contains(
            "1 of 40, 1.0 a second  m0\u001b", "2 of 40, 1.0 a second, about 38 s left  m1\u001b");
  }

  @Test
  void pairsThatNobodyNamedAreNotToldOneByOne() {
    List<String> lines = new ArrayList<>();
    List<Suspect> pairs = suspects("a", "b");
    Progress progress = Progress.ofPairs(pairs, lines::add);
    progress.begin();
    PairRequest pair = pairs.get(0).pairs().get(0);
    progress.finished(PairOutcome.ended(pair, Verdict.UNREADABLE, "no", "", 0.25), 0);
    assertThat(lines).isEmpty();
  }

  @Test
  void whatOthersWriteStandsAboveTheLine() {
    terminal.println("first");
    assertThat(written()).isEqualTo("first\n");
    terminal.show("line");
    terminal.println("a warning");
    assertThat(written()).endsWith("line\u001b[?7h" + CLEAR + "a warning\n");
    terminal.println("another");
    assertThat(written()).isEqualTo("another\n");
  }

  @Test
  void aSilencedProcessShowsNoLine() {
    PrintStream before = System.err;
    try {
      System.setErr(new PrintStream(bytes, true, UTF_8));
      TerminalStream errors = TerminalStream.ofErrors();
      assertThat(TerminalStream.ofErrors()).isSameAs(errors).isSameAs(System.err);
      errors.show("seen");
      System.setErr(new PrintStream(OutputStream.nullOutputStream(), true, UTF_8));
      errors.println("Interrupted.");
      errors.show("not seen");
    } finally {
      System.setErr(before);
    }
    assertThat(written()).contains("seen").endsWith(CLEAR + "Interrupted.\n");
  }
}
