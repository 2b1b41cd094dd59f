package org.findthelady.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.findthelady.TestModels;
import org.findthelady.cli.Main;
import org.findthelady.core.Verdict;
import org.findthelady.run.OutputCheck;
import org.findthelady.run.PartialRun;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An S3 that refuses, fails, is busy, resets connections, sends half of what it promised or is
 * slow: while models are read and while our own output is written.
 */
class S3FaultIT {
  private static final String OUT = "s3a://bucket/out";
  private static final int MODELS = 4;
  private static final String TROUBLED = "m001.safetensors";

  @TempDir private static Path folder;
  private static Cluster cluster;
  private TestS3 s3;

  @BeforeAll
  static void makeFleet() throws IOException {
    Path model = TestModels.silero(folder);
    for (int i = 0; i < MODELS; i++) {
      LocalPair.permute(model, folder.resolve("m%03d.safetensors".formatted(i)), i, null);
    }
    cluster = Cluster.open("faults");
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void fill() throws IOException {
    s3 = new TestS3();
    s3.put("mine.safetensors", Files.readAllBytes(folder.resolve("silero_vad_16k.safetensors")));
    for (int i = 0; i < MODELS; i++) {
      String name = "m%03d.safetensors".formatted(i);
      s3.put("found/" + name, Files.readAllBytes(folder.resolve(name)));
    }
    s3.put(
        "job.json",
        """
        {"name": "faults", "resync": true, "incremental": false,
         "references": [{"id": "mine", "path": "mine.safetensors"}],
         "suspects": [{"glob": "found/*"}]}
        """
            .getBytes(UTF_8));
  }

  @AfterEach
  void stop() {
    s3.close();
  }

  private Audit.Result audit() throws IOException {
    return Audit.run(
        new Audit.Request("s3a://bucket/job.json", OUT, null, s3.properties()), cluster);
  }

  @ParameterizedTest
  @EnumSource(
      value = Trouble.class,
      names = {"FORBIDDEN", "BUSY", "SHORT"})
  void aModelThatCannotBeReadIsNotAuditedUntilItCan(Trouble trouble) throws IOException {
    s3.disturb(request -> request.startsWith("GET found/" + TROUBLED) ? trouble : null);
    assertOneIsMissing(audit(), trouble == Trouble.FORBIDDEN ? "ACCESS_DENIED" : "STORAGE");
    assertARerunIsWhole();
  }

  @ParameterizedTest
  @EnumSource(
      value = Trouble.class,
      names = {"ERROR", "RESET"})
  void aModelThatCannotBeWrittenIsNotAuditedUntilItCan(Trouble trouble) throws IOException {
    s3.disturb(request -> request.matches("PUT out/.*/" + TROUBLED + " .*") ? trouble : null);
    assertOneIsMissing(audit(), "OUTPUT");
    assertARerunIsWhole();
  }

  @Test
  void tablesThatCannotBeWrittenLeaveNothingThatCounts() throws IOException {
    s3.disturb(
        request -> request.matches("PUT out/runs/[^/]*/_staging/.*") ? Trouble.FORBIDDEN : null);
    assertThatThrownBy(this::audit).hasMessageContaining(OUT);
    assertThat(s3.keys()).noneMatch(key -> key.endsWith("run.json") || key.endsWith("latest.json"));
    assertARerunIsWhole();
  }

  @Test
  void whatFailsOnceIsTriedAgain() throws IOException {
    Trouble[] some = {Trouble.SHORT, Trouble.ERROR, Trouble.BUSY, Trouble.RESET, Trouble.SLOW};
    Set<String> asked = ConcurrentHashMap.newKeySet();
    s3.disturb(
        request ->
            request.matches("(GET found|PUT out/runs/[^/]*/models).*") && asked.add(request)
                ? some[asked.size() % some.length]
                : null);
    assertWhole(audit());
    assertThat(asked).hasSizeGreaterThanOrEqualTo(2 * MODELS);
  }

  @Test
  void aPointerThatCannotBeWrittenLeavesAFinishedRunThatARerunPointsTo() throws IOException {
    s3.disturb(request -> request.startsWith("PUT out/latest.json") ? Trouble.FORBIDDEN : null);
    assertThatThrownBy(this::audit).hasMessageContaining("latest.json");
    assertThat(s3.keys())
        .noneMatch(key -> key.endsWith("latest.json"))
        .anyMatch(key -> key.endsWith("run.json"));
    assertARerunIsWhole();
    assertThat(s3.keys()).anyMatch(key -> key.endsWith("latest.json"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET job.json.*", "GET .*list-type.*", "GET mine.*", ".*"})
  void whatIsRefusedAtTheStartIsToldWithItsPathAndLeavesNothing(String requests)
      throws IOException {
    s3.disturb(request -> request.matches(requests) ? Trouble.FORBIDDEN : null);
    assertThatThrownBy(this::audit)
        .hasMessageContaining("s3a://bucket/")
        .hasMessageContaining("403");
    assertThat(s3.keys()).noneMatch(key -> key.startsWith("out/"));
    assertARerunIsWhole();
  }

  @Test
  void aStorageThatRefusesIsNoUnreadableCheckpoint() {
    s3.disturb(request -> Trouble.FORBIDDEN);
    List<String> words = new ArrayList<>(List.of("inspect", "s3a://bucket/mine.safetensors"));
    s3.properties().forEach((key, value) -> words.addAll(List.of("--storage", key + "=" + value)));
    assertThat(Main.run(words.toArray(String[]::new))).isEqualTo(6);
  }

  private void assertOneIsMissing(Audit.Result result, String cause) throws IOException {
    assertThat(result.notAudited())
        .extracting(PartialRun.Model::cause)
        .extracting(Enum::name)
        .containsExactly(cause);
    assertThat(result.notAudited().get(0).model()).isEqualTo(TROUBLED);
    assertThat(result.models())
        .hasSize(MODELS - 1)
        .allMatch(row -> row.verdict() == Verdict.PERMUTED);
    assertThat(s3.keys()).noneMatch(key -> key.endsWith("run.json") || key.endsWith("latest.json"));
    OutputCheck check = check();
    assertThat(check.faults()).isEmpty();
    assertThat(check.noneFinished()).isTrue();
    assertThat(check.runs())
        .singleElement()
        .asString()
        .contains("not whole; 3 of 4 models judged, 3 published files read back, all as promised;")
        .contains("not audited: %s (%s);".formatted(TROUBLED, cause));
    String model =
        s3.keys().stream().filter(key -> key.contains("/models/m002")).findFirst().orElseThrow();
    byte[] bytes = s3.get(model);
    s3.put(model, new byte[bytes.length]);
    assertThat(check().faults()).singleElement().asString().contains("m002").contains("SHA-256");
    s3.put(model, bytes);
  }

  /** What verify-run says of the output. */
  private OutputCheck check() throws IOException {
    return OutputCheck.of(new HadoopStore(s3.properties()), OUT);
  }

  /** Those that were done before are not read again. */
  private void assertARerunIsWhole() throws IOException {
    s3.disturb(request -> null);
    assertWhole(audit());
  }

  private void assertWhole(Audit.Result result) throws IOException {
    assertThat(result.notAudited()).isEmpty();
    assertThat(result.models()).hasSize(MODELS).allMatch(row -> row.verdict() == Verdict.PERMUTED);
    assertThat(check().faults()).isEmpty();
    byte[] reference = s3.get("mine.safetensors");
    List<String> written =
        s3.keys().stream().filter(key -> key.contains("/models/")).collect(Collectors.toList());
    assertThat(written).hasSize(MODELS).allMatch(key -> key.startsWith("out/runs/"));
    written.forEach(key -> assertThat(s3.get(key)).isEqualTo(reference));
  }
}
