package org.findthelady.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.report.JsonLinesReader;
import org.findthelady.report.ModelRow;
import org.findthelady.storage.DigestingStore;
import org.findthelady.storage.HadoopStore;
import org.findthelady.storage.TestS3;
import org.findthelady.storage.TextFile;

/** A fleet on disk and on S3, and what an undisturbed audit of it gives. */
final class SoakFleet implements Closeable {
  static final int MODELS = 12;
  private static final String FLEET = "fleet";
  private static final String JOB =
      """
      {"name": "soak", "resync": true, "incremental": false,
       "references": [{"id": "mine", "path": "resnet20.th"}],
       "suspects": [{"glob": "models/*.safetensors"}]}
      """;

  private final Path folder;
  private final TestS3 s3 = new TestS3();
  private Map<String, String> verdicts;
  private Map<String, String> digests;
  private long millis;

  private SoakFleet(Path folder) throws IOException {
    this.folder = folder;
  }

  /** Makes the fleet and audits it once. */
  static SoakFleet in(Path folder) throws IOException, InterruptedException {
    SoakFleet fleet = new SoakFleet(folder);
    Path models = folder.resolve(FLEET);
    if (!Files.exists(models)) {
      Bench.run("fleet", "--out", models.toString(), "--models", Integer.toString(MODELS));
    }
    fleet.freshJob(models);
    try (Stream<Path> files = Files.walk(models)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        fleet.s3.put(models.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    String out = folder.resolve("undisturbed-" + System.nanoTime()).toString();
    long start = System.nanoTime();
    SoakChild child =
        SoakChild.audit(folder, List.of(), List.of(), models + "/job.json", out, Map.of());
    if (child.exit() != 0) {
      throw new IllegalStateException(child.errors());
    }
    fleet.millis = (System.nanoTime() - start) / 1_000_000;
    fleet.verdicts = verdicts(new HadoopStore(), run(new HadoopStore(), out));
    fleet.digests = digests(new HadoopStore(), run(new HadoopStore(), out));
    System.out.printf("%d models, undisturbed %d ms%n", fleet.verdicts.size(), fleet.millis);
    return fleet;
  }

  private void freshJob(Path models) throws IOException {
    Files.writeString(models.resolve("job.json"), JOB);
  }

  Path folder() {
    return folder;
  }

  Path models() {
    return folder.resolve(FLEET);
  }

  TestS3 s3() {
    return s3;
  }

  /** Milliseconds that an undisturbed audit takes. */
  long millis() {
    return millis;
  }

  /** The verdict of each model. */
  Map<String, String> verdicts() {
    return verdicts;
  }

  /** SHA-256 of each re-synchronised model. */
  Map<String, String> digests() {
    return digests;
  }

  /** The only run of an output folder. */
  static String run(Store store, String out) throws IOException {
    return store.list(out + "/runs").get(0).path();
  }

  static Map<String, String> verdicts(Store store, String run) throws IOException {
    Map<String, String> verdicts = new TreeMap<>();
    String rows = TextFile.read(store, run + "/models.jsonl");
    for (String line : rows.lines().toList()) {
      ModelRow row = JsonLinesReader.row(ModelRow.class, line);
      verdicts.put(row.names().modelId(), row.verdict().toString());
    }
    return verdicts;
  }

  /** SHA-256 of what is below {@code models}, read anew; empty if there is nothing. */
  static Map<String, String> digests(Store store, String run) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    String models = run + "/models";
    if (store.stat(models).isPresent()) {
      addDigests(store, models, models.length() + 1, digests);
    }
    return digests;
  }

  private static void addDigests(Store store, String folder, int from, Map<String, String> digests)
      throws IOException {
    for (FileInfo file : store.list(folder)) {
      if (file.folder()) {
        addDigests(store, file.path(), from, digests);
      } else {
        digests.put(file.path().substring(from), DigestingStore.sha256(store, file));
      }
    }
  }

  /** Puts the fleet's job file as it was. */
  void restore() throws IOException {
    s3.put("job.json", JOB.getBytes(UTF_8));
    freshJob(models());
  }

  @Override
  public void close() {
    s3.close();
  }
}
