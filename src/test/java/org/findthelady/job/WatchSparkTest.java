package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.findthelady.report.ModelRow;
import org.findthelady.run.OutputCheck;
import org.findthelady.spark.Cluster;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder that fills while it is watched. */
class WatchSparkTest {
  private static final Path MODELS = Path.of("jobs/models/abcrown");
  private static final long STEP_MILLIS = 150;

  @TempDir private Path folder;
  private final List<Audit.Result> results = new ArrayList<>();

  @BeforeEach
  void makeModels() throws IOException {
    Files.createDirectories(folder.resolve("in"));
    Files.copy(MODELS.resolve("mnist_6_100_nat.pth"), folder.resolve("own.pth"));
    job("");
  }

  private void job(String more) throws IOException {
    Files.writeString(
        folder.resolve("job.json"),
        "{\"name\": \"watched\", \"references\": [{\"path\": \"own.pth\"}],"
            + " \"suspects\": [{\"glob\": \"in/*\"}]%s}".formatted(more));
  }

  private void watch(double idleSeconds) throws IOException {
    try (Cluster cluster = Cluster.open("test")) {
      Watch.run(
          cluster,
          new Audit.Request(
              folder.resolve("job.json").toString(),
              folder.resolve("out").toString(),
              null,
              Map.of()),
          new Watch.Settings(
              Duration.ofMillis(STEP_MILLIS), Duration.ofMillis((long) (1000 * idleSeconds))),
          results::add);
    }
  }

  private List<String> ids(Audit.Result result) {
    return result.models().stream().map(row -> row.names().modelId()).toList();
  }

  @Test
  void auditsWhatLandsOnceItIsWholeAndEveryRunHasARowASuspect() throws Exception {
    byte[] model = Files.readAllBytes(MODELS.resolve("mnist_6_100_nat.pth"));
    CompletableFuture<Void> landing =
        CompletableFuture.runAsync(
            () -> {
              try {
                Files.copy(
                    MODELS.resolve("mnist_conv_small_nat.pth"), folder.resolve("in/other.pth"));
                try (OutputStream slow = Files.newOutputStream(folder.resolve("in/slow.pth"))) {
                  slow.write(model, 0, model.length / 2);
                  slow.flush();
                  Thread.sleep(5 * STEP_MILLIS);
                  slow.write(model, model.length / 2, model.length - model.length / 2);
                }
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    watch(3);
    landing.get();
    for (Audit.Result result : results) {
      assertThat(ids(result)).doesNotHaveDuplicates();
      assertThat(result.verdicts().values()).doesNotContain(Verdict.UNREADABLE);
    }
    Audit.Result last = results.get(results.size() - 1);
    assertThat(last.verdicts())
        .containsEntry("slow.pth", Verdict.IDENTICAL)
        .containsEntry("other.pth", Verdict.UNRELATED);
    assertThat(last.news().models()).extracting(row -> row.names().modelId()).contains("slow.pth");
    OutputCheck check = OutputCheck.of(new HadoopStore(), folder.resolve("out").toString());
    assertThat(check.faults()).isEmpty();
  }

  @Test
  void goesOnFromTheLastRunAndKeepsTwoOfItsOwn() throws Exception {
    Files.copy(MODELS.resolve("mnist_6_100_nat.pth"), folder.resolve("in/a.pth"));
    watch(0.5);
    for (String name : List.of("b", "c", "d")) {
      Files.copy(MODELS.resolve("mnist_6_100_nat.pth"), folder.resolve("in/" + name + ".pth"));
      int before = results.size();
      watch(0.5);
      assertThat(results.subList(before, results.size()))
          .anyMatch(result -> result.carried() == result.models().size() - 1);
    }
    assertThat(ids(results.get(results.size() - 1)))
        .containsExactly("a.pth", "b.pth", "c.pth", "d.pth");
  }

  @Test
  void aTornFileIsToldInTheEnd() throws Exception {
    byte[] model = Files.readAllBytes(MODELS.resolve("mnist_6_100_nat.pth"));
    Files.write(folder.resolve("in/torn.pth"), Arrays.copyOf(model, model.length / 2));
    watch(4);
    ModelRow row = results.get(0).models().get(0);
    assertThat(row.verdict()).isEqualTo(Verdict.UNREADABLE);
  }

  @Test
  void refusesJobsWhoseEveryRunWouldDoAllAgain() throws Exception {
    job(", \"incremental\": false");
    assertThatThrownBy(() -> watch(1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("incremental");
  }
}
