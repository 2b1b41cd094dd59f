package org.findthelady.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.findthelady.TestModels;
import org.findthelady.core.Verdict;
import org.findthelady.run.OutputCheck;
import org.findthelady.spark.Cluster;
import org.findthelady.storage.HadoopStore;
import org.findthelady.storage.TestS3;
import org.findthelady.storage.TestS3.Trouble;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reruns and watches of a bucket whose state lies in the bucket too. */
class S3StateIT {
  private static final String OUT = "s3a://bucket/out";
  private static final int MODELS = 5;

  @TempDir private static Path folder;
  private static Cluster cluster;
  private TestS3 s3;

  @BeforeAll
  static void makeModels() throws IOException {
    Path model = TestModels.silero(folder);
    for (int i = 0; i < MODELS; i++) {
      LocalPair.permute(model, folder.resolve("m%d.safetensors".formatted(i)), i, null);
    }
    cluster = Cluster.open("state");
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void start() throws IOException {
    s3 = new TestS3();
    s3.put("mine.safetensors", Files.readAllBytes(folder.resolve("silero_vad_16k.safetensors")));
    job(true);
  }

  private void job(boolean resync) {
    s3.put(
        "job.json",
        """
        {"name": "nightly", "resync": %s, "references": [{"path": "mine.safetensors"}],
         "suspects": [{"glob": "found/*"}]}
        """
            .formatted(resync)
            .getBytes(UTF_8));
  }

  @AfterEach
  void stop() {
    s3.close();
  }

  private void land(int as, int content) throws IOException {
    s3.put(
        "found/m%d.safetensors".formatted(as),
        Files.readAllBytes(folder.resolve("m%d.safetensors".formatted(content))));
  }

  private Audit.Request request() {
    return new Audit.Request("s3a://bucket/job.json", OUT, null, s3.properties());
  }

  private Audit.Result run() throws IOException {
    s3.forgetRequests();
    return Audit.run(request(), cluster);
  }

  /** The suspects of which bytes were asked for since the requests were forgotten. */
  private Set<String> read() {
    return s3.requests().stream()
        .filter(request -> request.startsWith("GET found/"))
        .map(request -> request.replaceAll("GET found/(m\\d).*", "$1"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The folders of the job's state. */
  private Set<String> kept() {
    return s3.keys().stream()
        .filter(key -> key.matches("out/state/nightly/.*/.*"))
        .map(key -> key.split("/")[3])
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void assertWhole(Audit.Result result, int models) throws IOException {
    assertThat(result.notAudited()).isEmpty();
    assertThat(result.models()).hasSize(models);
    assertThat(OutputCheck.of(new HadoopStore(s3.properties()), OUT).faults()).isEmpty();
    assertThat(new String(s3.get("out/latest.json"), UTF_8)).contains(result.runId());
  }

  @Test
  void onlyWhatIsNewOrOtherwiseIsReadAgain() throws IOException {
    for (int i = 0; i < 3; i++) {
      land(i, i);
    }
    assertWhole(run(), 3);
    land(3, 3);
    Audit.Result second = run();
    assertThat(second.unchanged()).hasSize(3);
    assertThat(read()).containsExactly("m3");
    assertWhole(second, 4);
    byte[] reference = s3.get("mine.safetensors");
    for (int i = 0; i < 4; i++) {
      String key = "out/runs/%s/models/m%d.safetensors".formatted(second.runId(), i);
      assertThat(s3.get(key)).isEqualTo(reference);
    }

    land(0, 0); // the same bytes once more
    land(1, 4); // others, and as many
    s3.remove("found/m2.safetensors");
    Audit.Result third = run();
    assertThat(third.unchanged()).containsExactlyInAnyOrder("m0.safetensors", "m3.safetensors");
    assertThat(read()).containsExactly("m1");
    assertWhole(third, 3);
    assertThat(kept()).containsExactly(third.runId());
  }

  @Test
  void aRunThatIsNotWholeKeepsWhatItHasUntilItIs() throws IOException {
    for (int i = 0; i < 3; i++) {
      land(i, i);
    }
    s3.disturb(request -> request.startsWith("GET found/m1") ? Trouble.FORBIDDEN : null);
    for (int again = 0; again < 3; again++) {
      Audit.Result partial = run();
      assertThat(partial.notAudited()).hasSize(1);
      assertThat(partial.models()).hasSize(2);
      assertThat(kept()).as("one state").hasSize(1);
      assertThat(read()).isSubsetOf(again == 0 ? Set.of("m0", "m1", "m2") : Set.of("m1"));
    }
    s3.disturb(request -> null);
    assertWhole(run(), 3);
    assertThat(read()).containsExactly("m1");

    land(3, 3);
    Audit.Result next = run();
    assertThat(next.carried()).isEqualTo(3);
    assertThat(read()).containsExactly("m3");
    assertWhole(next, 4);
    assertThat(kept()).containsExactly(next.runId());
  }

  @Test
  void aBucketIsWatchedAndEachObjectIsReadOnce() throws Exception {
    job(false);
    land(0, 0);
    List<Audit.Result> results = new ArrayList<>();
    s3.forgetRequests();
    Watch.run(
        cluster,
        request(),
        new Watch.Settings(Duration.ofMillis(200), Duration.ofSeconds(3)),
        result -> {
          results.add(result);
          landNext(results.size());
        });

    Audit.Result last = results.get(results.size() - 1);
    assertWhole(last, 2);
    assertThat(last.verdicts())
        .containsOnlyKeys("m1.safetensors", "m3.safetensors")
        .allSatisfy((id, verdict) -> assertThat(verdict).isEqualTo(Verdict.PERMUTED));
    assertThat(results.stream().mapToInt(r -> r.models().size() - r.carried()).sum())
        .as("audited once each")
        .isEqualTo(3);
    assertThat(read()).as("read since the last one landed").containsExactly("m3");
    assertThat(kept()).containsExactly(last.runId());
    assertThat(s3.keys().stream().filter(key -> key.endsWith("/run.json")))
        .as("a watch keeps two runs")
        .hasSizeLessThanOrEqualTo(2);
  }

  /** One lands after the first run; after the second another one, and the first goes. */
  private void landNext(int runs) {
    try {
      if (runs == 1) {
        land(1, 1);
      } else if (runs == 2) {
        s3.forgetRequests();
        s3.remove("found/m0.safetensors");
        land(3, 3);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
