package org.findthelady.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.findthelady.TestModels;
import org.findthelady.bench.Bench;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.core.CheckpointException;
import org.findthelady.pair.StructureChoice;
import org.findthelady.run.OutputCheck;
import org.findthelady.spark.Cluster;
import org.findthelady.storage.DigestingStore;
import org.findthelady.storage.HadoopStore;
import org.findthelady.storage.TestS3;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a fleet on S3 asks of its store. */
class S3EconomyIT {
  private static final String JOB = "s3a://bucket/job.json";
  private static final String OUT = "s3a://bucket/out";

  @TempDir private Path folder;
  private TestS3 s3;

  @BeforeEach
  void start() throws IOException {
    s3 = new TestS3();
    s3.put("mine/model.safetensors", Files.readAllBytes(TestModels.silero(folder)));
  }

  @AfterEach
  void stop() {
    s3.close();
  }

  private void suspects(int from, int to) throws IOException {
    Path model = folder.resolve("silero_vad_16k.safetensors");
    for (int i = from; i < to; i++) {
      Path shuffled = folder.resolve("shuffled%d.safetensors".formatted(i));
      LocalPair.permute(model, shuffled, i, null);
      s3.put("found/m%03d.safetensors".formatted(i), Files.readAllBytes(shuffled));
    }
  }

  /** A job of that name: one of another name takes nothing over from it. */
  private Audit.Result audit(String name, boolean resync) throws IOException {
    String job =
        """
        {"name": "%s", "resync": %s,
         "references": [{"id": "mine", "path": "mine/model.safetensors"}],
         "suspects": [{"glob": "found/*.safetensors"}]}
        """
            .formatted(name, resync);
    s3.put("job.json", job.getBytes(UTF_8));
    s3.forgetRequests();
    try (Cluster cluster = Cluster.open("economy")) {
      return Audit.run(new Audit.Request(JOB, OUT, null, s3.properties()), cluster);
    }
  }

  /** Requests that each further model costs. */
  private double requestsAModel(boolean resync) throws IOException {
    suspects(0, 4);
    audit("few", resync);
    long few = s3.requests().size();
    suspects(4, 24);
    audit("many", resync);
    return (s3.requests().size() - few) / 20.0;
  }

  @Test
  void aReportOfASmallModelCostsFewRequests() throws IOException {
    assertThat(requestsAModel(false)).isLessThanOrEqualTo(4);
  }

  @Test
  void aSmallModelIsWrittenBackWithFewRequests() throws IOException {
    assertThat(requestsAModel(true)).isLessThanOrEqualTo(5);
    List<String> written = s3.keys().stream().filter(key -> key.contains("/models/m")).toList();
    assertThat(written).hasSize(4 + 24);
    byte[] reference = s3.get("mine/model.safetensors");
    written.forEach(key -> assertThat(s3.get(key)).isEqualTo(reference));
    assertThat(s3.keys()).noneMatch(key -> key.contains("_staging"));
    assertThat(OutputCheck.of(new HadoopStore(s3.properties()), OUT).faults()).isEmpty();
  }

  /**
   * A Llama of 70 MB, spread over the threads of one executor. It is read to be matched, compared,
   * looked at again and written, and every byte is sent once; the first pages of a file, from which
   * headers and samples are read, may be sent again.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1})
  void aLargeModelIsReadAndWrittenBackForLittleMoreThanItsBytes(double noise) throws IOException {
    Path llama = folder.resolve("llama");
    Path suspect = folder.resolve("suspect");
    Bench.run(
        ("llama --layers 2 --width 1024 --mlp 2816 --heads 16 --kv-heads 16 --vocabulary 4500 --out "
                + llama)
            .split(" "));
    Perturb.run(
        new Permute.Request(
            llama.toString(), suspect.toString(), 1, null, StructureChoice.AUTOMATIC, Map.of()),
        Perturb.Settings.noise(noise > 0 ? noise : null, true));
    byte[] reference = Files.readAllBytes(llama.resolve("model.safetensors"));
    for (String name : List.of("config.json", "model.safetensors")) {
      s3.put("mine/" + name, Files.readAllBytes(llama.resolve(name)));
      s3.put("found/" + name, Files.readAllBytes(suspect.resolve(name)));
    }
    audit("large", true);
    List<String> written = s3.keys().stream().filter(key -> key.contains("/models/m")).toList();
    assertThat(written).hasSize(1);
    if (noise == 0) {
      assertThat(s3.get(written.get(0))).isEqualTo(reference);
    }
    // A copy that the store made in one piece of what came in two has a tag of another kind.
    double readBack = noise == 0 ? 0.5 : 0;
    assertThat(s3.bytesSent() / (2.0 * reference.length)).isLessThanOrEqualTo(1.25 + readBack);
    assertThat(s3.keys()).noneMatch(key -> key.contains("_staging"));
    assertThat(OutputCheck.of(new HadoopStore(s3.properties()), OUT).faults()).isEmpty();
  }

  @Test
  void whatATryLeftThatDidNotCountIsNotInTheRun() throws IOException {
    suspects(0, 1);
    String run = audit("left", true).run().substring("s3a://bucket/".length());
    s3.keys().stream()
        .filter(key -> key.startsWith("out/") && !key.contains("/models/"))
        .forEach(s3::remove);
    s3.put(run + "/models/left", new byte[1]);
    s3.put(run + "/models/m000.safetensors", new byte[1]);
    audit("left", true);
    assertThat(s3.get(run + "/models/m000.safetensors"))
        .isEqualTo(s3.get("mine/model.safetensors"));
    assertThat(OutputCheck.of(new HadoopStore(s3.properties()), OUT).faults()).isEmpty();
  }

  @Test
  void anObjectThatWasReplacedAfterItWasListedIsNotRead() throws IOException {
    HadoopStore store = new HadoopStore(s3.properties());
    FileInfo listed = store.list("s3a://bucket/mine").get(0);
    byte[] other = s3.get("mine/model.safetensors");
    other[other.length - 1]++;
    s3.put("mine/model.safetensors", other);
    assertThatThrownBy(() -> DigestingStore.sha256(store, listed))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("another file than when it was planned")
        .extracting(e -> ((CheckpointException) e).reason())
        .isEqualTo(CheckpointException.Reason.CHANGED_DURING_RUN);
  }
}
