package org.findthelady.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.findthelady.bench.Bench;
import org.findthelady.pair.StructureChoice;
import org.findthelady.run.OutputCheck;
import org.findthelady.storage.HadoopStore;
import org.findthelady.storage.TestS3;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a large model on S3 asks of its store when several executors work on it. */
class S3ExecutorsIT {
  /** The most that a store may send of a pair, for each of its bytes. */
  private static final double MOST = 2.2;

  /**
   * Both executors are there before the first task, however busy the machine is, and stay at it.
   */
  private static final List<String> SETTINGS =
      List.of(
          "-Dspark.cores.max=2",
          "-Dspark.scheduler.minRegisteredResourcesRatio=1",
          "-Dspark.scheduler.maxRegisteredResourcesWaitingTime=10min",
          "-Dspark.locality.wait=10min",
          "-Dspark.executorEnv.AWS_EXECUTION_ENV=executor");

  @TempDir private Path folder;

  @Test
  void aLargeNoisedModelIsReadLittleMoreThanTwiceByTwoExecutors() throws Exception {
    try (TestS3 s3 = new TestS3()) {
      long bytes = pair(s3);
      s3.put(
          "job.json",
          """
          {"name": "large", "resync": true, "references": [{"id": "mine", "path": "mine"}],
           "suspects": [{"glob": "found"}]}
          """
              .getBytes(UTF_8));
      List<String> settings = new ArrayList<>(SETTINGS);
      s3.properties().forEach((key, value) -> settings.add("-Dspark.hadoop." + key + "=" + value));

      Submission done =
          Submission.of(
              folder,
              "local-cluster[2,1,1024]",
              settings,
              List.of("audit", "--job", "s3a://bucket/job.json", "--out", "s3a://bucket/out"));

      assertThat(done.exit()).as(done.errors()).isZero();
      assertThat(done.output()).contains("DERIVED");
      Map<String, Long> sent = s3.bytesByProgram();
      assertThat(sent.get("executor")).as(sent.toString()).isGreaterThan(bytes / 2);
      assertThat(s3.bytesSent()).as(sent.toString()).isLessThanOrEqualTo((long) (MOST * bytes));
      assertThat(s3.keys().stream().filter(key -> key.endsWith("/models/found/model.safetensors")))
          .hasSize(1);
      assertThat(OutputCheck.of(new HadoopStore(s3.properties()), "s3a://bucket/out").faults())
          .isEmpty();
    }
  }

  /** Puts a Llama and a shuffled copy with noise there; returns the bytes of both. */
  private long pair(TestS3 s3) throws Exception {
    Path llama = folder.resolve("llama");
    Path suspect = folder.resolve("suspect");
    Bench.run(
        ("llama --layers 4 --width 1024 --mlp 2816 --heads 16 --kv-heads 16 --vocabulary 8000 --out "
                + llama)
            .split(" "));
    Perturb.run(
        new Permute.Request(
            llama.toString(), suspect.toString(), 1, null, StructureChoice.AUTOMATIC, Map.of()),
        Perturb.Settings.noise(0.1, true));
    for (String name : List.of("config.json", "model.safetensors")) {
      s3.put("mine/" + name, Files.readAllBytes(llama.resolve(name)));
      s3.put("found/" + name, Files.readAllBytes(suspect.resolve(name)));
    }
    s3.forgetRequests();
    return 2 * Files.size(llama.resolve("model.safetensors"));
  }
}
