package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.findthelady.TestModels;
import org.findthelady.bench.SoakChild;
import org.findthelady.pair.StructureChoice;
import org.findthelady.run.OutputCheck;
import org.findthelady.spark.Cluster;
import org.findthelady.storage.DigestingStore;
import org.findthelady.storage.HadoopStore;
import org.findthelady.storage.HaltingFileSystem;
import org.findthelady.storage.TextFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The driver is killed at every named point, then the same command is run again. There was a
 * finished run before, of which some models are taken over. Between the two nothing half-done may
 * be visible, and after the second everything is as if nothing had happened.
 */
class KillPointIT {
  private static final int BEFORE = 3;
  private static final int MODELS = 20;

  /** Whether every point is tried, which takes a quarter of an hour. */
  private static final boolean ALL = "all".equals(System.getenv("FTL_KILL_POINTS"));

  /** Points that are tried in every build. */
  private static final Set<KillPoint> SAMPLE =
      EnumSet.of(
          KillPoint.LOCK_CLAIMED,
          KillPoint.STAGED_HALF,
          KillPoint.PUBLISHED,
          KillPoint.STATE_INDEX,
          KillPoint.FIRST_TABLE,
          KillPoint.SUMMARY);

  private static final HadoopStore STORE = new HadoopStore();

  @TempDir private static Path folder;
  private static Cluster cluster;
  private static SortedMap<String, String> whole;
  private static String run;
  private static String earlier;

  @BeforeAll
  static void makeFleet() throws IOException {
    cluster = Cluster.open("kills");
    Files.createDirectories(folder.resolve("models"));
    Path reference = TestModels.silero(folder);
    Files.writeString(
        folder.resolve("job.json"),
        """
        {"name": "kills", "resync": true, "suspects": [{"glob": "models/*"}],
         "references": [{"id": "silero", "path": "%s"}]}
        """
            .formatted(reference.getFileName()));
    for (int seed = 1; seed <= MODELS; seed++) {
      String model = folder.resolve("models/m%02d.safetensors".formatted(seed)).toString();
      Permute.run(
          new Permute.Request(
              reference.toString(), model, seed, null, StructureChoice.AUTOMATIC, Map.of()));
      if (seed == BEFORE) {
        earlier = audit(folder.resolve("before")).runId();
      }
    }
    copy(folder.resolve("before"), folder.resolve("whole"));
    run = audit(folder.resolve("whole")).runId();
    whole = digests(folder.resolve("whole/runs").resolve(run));
    assertThat(whole).hasSizeGreaterThan(MODELS);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @AfterEach
  void clean() throws IOException {
    STORE.delete(out().toString());
  }

  @ParameterizedTest
  @EnumSource(KillPoint.class)
  void aRerunOnTheSameHostGoesOn(KillPoint point) throws Exception {
    assumeTrue(ALL || SAMPLE.contains(point), "FTL_KILL_POINTS=all runs it");
    killAndRunAgain(point, List.of());
  }

  /** A lock that was left there is waited for: half a minute each, so most are done on request. */
  @ParameterizedTest
  @EnumSource(KillPoint.class)
  void aRerunOnAnotherHostGoesOn(KillPoint point) throws Exception {
    assumeTrue(ALL || point == KillPoint.SUMMARY, "FTL_KILL_POINTS=all runs it");
    assumeTrue(canBeElsewhere(), "needs root, for a host name of its own");
    killAndRunAgain(point, SoakChild.ELSEWHERE);
  }

  private static boolean canBeElsewhere() throws InterruptedException {
    try {
      return new ProcessBuilder(
                  Stream.concat(SoakChild.ELSEWHERE.stream(), Stream.of("true")).toList())
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private static Path out() {
    return folder.resolve("out");
  }

  private static Audit.Result audit(Path out) throws IOException {
    String job = folder.resolve("job.json").toString();
    return Audit.run(
        new Audit.Request(
            HaltingFileSystem.ROOT + job,
            HaltingFileSystem.ROOT + out,
            null,
            HaltingFileSystem.PROPERTIES),
        cluster);
  }

  private void killAndRunAgain(KillPoint point, List<String> host) throws Exception {
    copy(folder.resolve("before"), out());

    SoakChild killed =
        SoakChild.audit(
            folder,
            host,
            List.of("-Dftl.test.halt.at=" + point.change()),
            HaltingFileSystem.ROOT + folder.resolve("job.json"),
            HaltingFileSystem.ROOT + out(),
            HaltingFileSystem.PROPERTIES);

    assertThat(killed.exit()).as(killed.errors()).isEqualTo(HaltingFileSystem.HALTED);
    assertNothingHalfVisible(point);
    Audit.Result again = audit(out());
    assertThat(again.runId()).isEqualTo(run);
    assertThat(again.models()).hasSize(MODELS);
    assertThat(digests(out().resolve("runs").resolve(run))).isEqualTo(whole);
    assertThat(pointed()).isEqualTo(run);
    assertThat(OutputCheck.of(STORE, out().toString()).faults()).isEmpty();
  }

  private static void assertNothingHalfVisible(KillPoint point) throws IOException {
    assertThat(OutputCheck.of(STORE, out().toString()).faults()).isEmpty();
    assertThat(pointed()).isEqualTo(point == KillPoint.POINTED ? run : earlier);
    Path models = out().resolve("runs").resolve(run).resolve("models");
    if (Files.exists(models)) {
      digests(models)
          .forEach((name, digest) -> assertThat(digest).isEqualTo(whole.get("models/" + name)));
    }
  }

  private static String pointed() throws IOException {
    return TextFile.read(STORE, out().resolve("latest.json").toString())
        .replaceAll("(?s).*\"runId\": \"([^\"]+)\".*", "$1");
  }

  /** SHA-256 of every file below, but for that of the times. */
  private static SortedMap<String, String> digests(Path root) throws IOException {
    SortedMap<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = root.relativize(file).toString();
        if (!name.equals("timing.json")) {
          digests.put(name, DigestingStore.sha256(STORE, file.toString()));
        }
      }
    }
    return digests;
  }
}
