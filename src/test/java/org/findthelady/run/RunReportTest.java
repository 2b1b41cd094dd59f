package org.findthelady.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.findthelady.candidate.Kin;
import org.findthelady.core.Verdict;
import org.findthelady.fleet.Audited;
import org.findthelady.match.MatchOptions;
import org.findthelady.pair.NotAudited;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.StructureChoice;
import org.findthelady.report.ModelRow;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunReportTest {
  @TempDir private Path folder;
  private final HadoopStore store = new HadoopStore();

  private static PairRequest pair(String id) {
    return new PairRequest(
        id,
        "/reference",
        "/" + id,
        StructureChoice.AUTOMATIC,
        MatchOptions.defaults(),
        new HadoopStore(),
        null,
        null);
  }

  /** The lock is held. */
  private static void held() {}

  private static PairOutcome judged(String id) {
    return PairOutcome.ended(pair(id), Verdict.UNREADABLE, "TRUNCATED: cut", "", 0.1);
  }

  private static PairOutcome missed(String id) {
    NotAudited why = new NotAudited(NotAudited.Cause.STORAGE, "/" + id + ": 503");
    return PairOutcome.notAudited(pair(id), why, "", 0.1);
  }

  private Path file(String name) {
    return folder.resolve("run").resolve(name);
  }

  @Test
  void aModelThatWasNotAuditedLeavesTheRunOpenAndIsTriedAgain() throws IOException {
    List<String> ids = List.of("a", "b", "c");
    String run = folder.resolve("run").toString();
    try (RunReport report = new RunReport(store, run, "id")) {
      report.accept(new Audited(judged("c"), Kin.UNKNOWN), 2);
      report.accept(new Audited(missed("b"), Kin.UNKNOWN), 1);
      report.accept(new Audited(judged("a"), Kin.UNKNOWN), 0);
      report.finish(new TreeMap<>(), RunReportTest::held);
      assertThat(report.notAudited()).extracting(PartialRun.Model::model).containsExactly("b");
      assertThat(report.models())
          .extracting(ModelRow::verdict)
          .containsExactly(Verdict.UNREADABLE, Verdict.UNREADABLE);
    }
    assertThat(RunFolder.finished(store, run)).isFalse();
    assertThat(file("partial.json"))
        .content()
        .contains("\"manifestLines\" : 3", "\"b\"", "\"STORAGE\"", "/b: 503")
        .doesNotContain("\"a\"");
    assertThat(Files.readAllLines(file("models.jsonl"))).hasSize(2);
    try (RunReport report = new RunReport(store, run, "id")) {
      assertThat(report.resume(ids)).containsExactly(0, 2);
      report.accept(new Audited(judged("b"), Kin.UNKNOWN), 1);
      report.finish(new TreeMap<>(), RunReportTest::held);
      assertThat(report.notAudited()).isEmpty();
    }
    assertThat(RunFolder.finished(store, run)).isTrue();
    assertThat(file("partial.json")).doesNotExist();
    assertThat(file("_staging")).doesNotExist();
    assertThat(Files.readAllLines(file("models.jsonl"))).hasSize(3);
  }

  @Test
  void aProcessThatSleptWhileAnotherTookItsRunOverTakesNothingAway() throws IOException {
    String run = folder.resolve("runs/id").toString();
    try (RunReport slept = new RunReport(store, run, "id")) {
      slept.accept(new Audited(missed("a"), Kin.UNKNOWN), 0);
      try (RunReport other = new RunReport(store, run, "id")) {
        other.accept(new Audited(judged("a"), Kin.UNKNOWN), 0);
        other.finish(new TreeMap<>(), RunReportTest::held);
      }
      assertThatThrownBy(() -> slept.finish(new TreeMap<>(), RunReportTest::held))
          .isInstanceOf(IOException.class);
    }
    OutputCheck check = OutputCheck.of(store, run);
    assertThat(check.faults()).isEmpty();
    assertThat(check.runs()).singleElement().asString().contains("a rerun removes it");
    RunFolder.tidy(store, run);
    assertThat(OutputCheck.of(store, run).runs()).singleElement().asString().doesNotContain("left");
  }

  @Test
  void nothingIsReplacedOnceTheLockIsLost() throws IOException {
    String run = folder.resolve("run").toString();
    try (RunReport report = new RunReport(store, run, "id")) {
      report.accept(new Audited(missed("a"), Kin.UNKNOWN), 0);
      Runnable lost =
          () -> {
            throw new LockedException("lost");
          };
      assertThatThrownBy(() -> report.finish(new TreeMap<>(), lost))
          .isInstanceOf(LockedException.class);
    }
    assertThat(file("")).isDirectoryNotContaining(path -> !path.endsWith("_staging"));
  }
}
