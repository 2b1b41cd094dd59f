package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.findthelady.TestModels;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.run.LockedException;
import org.findthelady.run.OutputCheck;
import org.findthelady.spark.Cluster;
import org.findthelady.storage.DigestingStore;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An HDFS whose namenode goes away while models are read from it and written to it. */
class NamenodeIT {
  private static final int MODELS = 12;
  private static final int ONLY = 0;

  /** A namenode that is back within this time is waited for: two thirds of what a lock lasts. */
  private static final Duration LEAST_WAIT = Duration.ofSeconds(20);

  @TempDir private static Path folder;
  private static MiniDFSCluster hdfs;

  /** Folder of everything; a namenode keeps its port. */
  private static String root;

  private static Cluster cluster;
  private static SortedMap<String, String> whole;

  @BeforeAll
  static void makeFleet() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set("hdfs.minidfs.basedir", folder.resolve("hdfs").toString());
    configuration.set("dfs.replication", "1");
    hdfs = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
    hdfs.waitActive();
    root = "hdfs://127.0.0.1:" + hdfs.getNameNodePort() + "/fleet";
    cluster = Cluster.open("namenode");
    HadoopStore store = store();
    Path model = TestModels.silero(folder);
    store.replace(root + "/mine.safetensors", Files.readAllBytes(model));
    for (int i = 0; i < MODELS; i++) {
      Path copy = folder.resolve("m%02d.safetensors".formatted(i));
      LocalPair.permute(model, copy, i, null);
      store.replace(root + "/found/" + copy.getFileName(), Files.readAllBytes(copy));
    }
    String job =
        """
        {"name": "namenode", "resync": true, "incremental": false,
         "references": [{"id": "mine", "path": "mine.safetensors"}],
         "suspects": [{"glob": "found/*"}]}
        """;
    store.replace(root + "/job.json", job.getBytes(StandardCharsets.UTF_8));
    audit("whole", Map.of());
    whole = digests("whole");
    assertThat(whole).hasSizeGreaterThan(MODELS);
  }

  @AfterAll
  static void stop() {
    cluster.close();
    hdfs.shutdown();
  }

  @AfterEach
  void bringBack() throws IOException {
    hdfs.restartNameNode(true);
  }

  @Test
  void aNamenodeThatComesBackIsWaitedFor() throws Exception {
    CompletableFuture<Duration> away =
        CompletableFuture.supplyAsync(
            () -> {
              stopWhenAModelIsVisible("back");
              long stopped = System.nanoTime();
              try {
                hdfs.restartNameNode(true);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              return Duration.ofNanos(System.nanoTime() - stopped);
            });
    try {
      audit("back", Map.of());
    } catch (IOException | RuntimeException e) {
      assumeTrue(away.get().compareTo(LEAST_WAIT) < 0, "this machine took too long to start it");
      throw e;
    }
    assertIsWhole("back");
  }

  @Test
  void aNamenodeThatIsLostEndsTheRunAndARerunIsWhole() throws Exception {
    CompletableFuture<Void> trouble =
        CompletableFuture.runAsync(() -> stopWhenAModelIsVisible("lost"));

    Map<String, String> once = Map.of("dfs.client.retry.policy.enabled", "false");
    assertThatThrownBy(() -> audit("lost", once)).hasMessageContaining(root);

    trouble.get();
    hdfs.restartNameNode(true);
    HadoopStore store = store();
    assertThat(store.stat(root + "/lost/latest.json")).isEmpty();
    assertThat(OutputCheck.of(store, root + "/lost").faults()).isEmpty();
    auditOnceTheLeaseHasEnded("lost");
    assertIsWhole("lost");
  }

  /** Stops it in the middle: models are visible, the run is not. */
  private static void stopWhenAModelIsVisible(String out) {
    try {
      FileStatus[] models = {};
      while (models.length == 0) {
        models = hdfs.getFileSystem().globStatus(path(out, "models/*"));
      }
      assertThat(hdfs.getFileSystem().globStatus(path(out, "run.json"))).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    hdfs.shutdownNameNode(ONLY);
  }

  private static org.apache.hadoop.fs.Path path(String out, String below) {
    return new org.apache.hadoop.fs.Path("%s/%s/runs/*/%s".formatted(root, out, below));
  }

  private static HadoopStore store() {
    return new HadoopStore();
  }

  /** The lock could not be given up, and its holder, this process, lives on. */
  private static void auditOnceTheLeaseHasEnded(String out) throws Exception {
    while (true) {
      try {
        audit(out, Map.of());
        return;
      } catch (LockedException e) {
        Thread.sleep(1000);
      }
    }
  }

  private static void audit(String out, Map<String, String> storage) throws IOException {
    String job = root + "/job.json";
    Audit.Result result =
        Audit.run(new Audit.Request(job, root + "/" + out, null, storage), cluster);
    assertThat(result.notAudited()).isEmpty();
  }

  private static void assertIsWhole(String out) throws IOException {
    assertThat(OutputCheck.of(store(), root + "/" + out).faults()).isEmpty();
    assertThat(digests(out)).isEqualTo(whole);
  }

  /** SHA-256 of every file of the only run, but for that of the times. */
  private static SortedMap<String, String> digests(String out) throws IOException {
    SortedMap<String, String> digests = new TreeMap<>();
    String run = store().list(root + "/" + out + "/runs").get(0).path();
    addDigests(run, run.length(), digests);
    digests.remove("/timing.json");
    return digests;
  }

  private static void addDigests(String path, int from, SortedMap<String, String> digests)
      throws IOException {
    for (FileInfo file : store().list(path)) {
      if (file.folder()) {
        addDigests(file.path(), from, digests);
      } else {
        digests.put(file.path().substring(from), DigestingStore.sha256(store(), file));
      }
    }
  }
}
