package org.findthelady.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
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
  @Test
  void saysEveryModelAndNowAndThenHowLongItTakes() {
    List<Suspect> suspects = new ArrayList<>();
    for (String id : List.of("a", "b\n", "c", "d")) {
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
    AtomicLong clock = new AtomicLong();
    List<String> lines = new ArrayList<>();
    Progress progress =
        new Progress(suspects, new Pace(Progress.work(suspects), clock::get), lines::add, null);
    progress.resumed(List.of(2));
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

  @Test
  void aTerminalHasOneLineThatIsWrittenOverItself() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    AtomicLong clock = new AtomicLong();
    LiveLine line = new LiveLine(new PrintStream(bytes, true, UTF_8), clock::get);
    clock.addAndGet(2_000_000_000L);
    line.show(new LiveLine.State(3, 8, 2, 0.25, OptionalDouble.of(6)), "b");
    assertThat(bytes.toString(UTF_8))
        .isEqualTo("\r\u001b[K[######..................] 3 of 8, 1.0 a second, about 6 s left  b");
    line.show(new LiveLine.State(8, 8, 7, 1, OptionalDouble.empty()), "h");
    assertThat(bytes.toString(UTF_8))
        .endsWith("8 of 8, 3.5 a second  h\r\u001b[K")
        .doesNotContain("\n");
  }
}
