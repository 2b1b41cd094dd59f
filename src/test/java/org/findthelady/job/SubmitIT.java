package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.findthelady.TestModels;
import org.findthelady.core.Verdict;
import org.findthelady.report.ModelRow;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar that users submit, on two executor processes: the same bytes as on local Spark. */
class SubmitIT {
  @TempDir private Path folder;

  @Test
  void localClusterGivesTheSameBytesAsLocalSpark() throws Exception {
    Path job = fleet();
    String local = submit("local[2]", job, "local");
    String cluster = submit("local-cluster[2,1,1024]", job, "cluster");

    List<ModelRow> rows = Audit.rows(new HadoopStore(), run("cluster").toString());
    assertThat(rows).extracting(ModelRow::verdict).doesNotContain(Verdict.UNDECIDED).hasSize(4);
    assertThat(rows)
        .filteredOn(row -> row.modelId().startsWith("shuffled"))
        .allMatch(row -> row.verdict() == Verdict.PERMUTED)
        .hasSize(3);
    assertThat(cluster).contains("PERMUTED");
    assertThat(local.replace("/local/", "/cluster/")).isEqualTo(cluster);
    try (Stream<Path> files = Files.walk(run("local"))) {
      List<Path> made = files.filter(Files::isRegularFile).toList();
      assertThat(made).hasSizeGreaterThan(13);
      for (Path file : made) {
        if (!file.endsWith("timing.json")) {
          Path twin = run("cluster").resolve(run("local").relativize(file));
          assertThat(Files.mismatch(file, twin)).as(file.toString()).isEqualTo(-1);
        }
      }
    }
  }

  private Path fleet() throws IOException {
    TestModels.llama(folder);
    TestModels.resnet20(folder);
    StringBuilder manifest = new StringBuilder("{\"path\": \"resnet20-12fca82f.th\"}\n");
    for (int seed = 1; seed <= 3; seed++) {
      String in = folder.resolve(seed == 1 ? "llama" : "resnet20-12fca82f.th").toString();
      String out = folder.resolve("shuffled" + seed).toString();
      Permute.run(
          new Permute.Request(in, out, seed, null, StructureChoice.AUTOMATIC, java.util.Map.of()));
      manifest.append("shuffled").append(seed).append('\n');
    }
    Files.writeString(folder.resolve("manifest"), manifest);
    return Files.writeString(
        folder.resolve("job.json"),
        """
        {"name": "cluster", "resync": true, "suspects": [{"manifest": "manifest"}],
         "references": [{"id": "llama", "path": "llama"},
                        {"id": "resnet20", "path": "resnet20-12fca82f.th"}]}
        """);
  }

  private Path run(String out) throws IOException {
    try (Stream<Path> runs = Files.list(folder.resolve(out).resolve("runs"))) {
      return runs.findFirst().orElseThrow();
    }
  }

  /** Runs SparkSubmit as the launcher script of a Spark distribution does. */
  private String submit(String master, Path job, String out) throws Exception {
    Path target = Path.of("target").toAbsolutePath();
    Path home = Files.createDirectories(folder.resolve("spark-home"));
    if (!Files.exists(home.resolve("jars"))) {
      Files.createSymbolicLink(home.resolve("jars"), target.resolve("jars"));
      Files.createDirectories(home.resolve("conf"));
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("deploy/local/jvm.options").toAbsolutePath());
    command.add("-Dlog4j2.configurationFile=" + Path.of("conf/log4j2.properties").toAbsolutePath());
    command.addAll(List.of("-cp", home.resolve("conf") + File.pathSeparator + home + "/jars/*"));
    command.addAll(List.of("org.apache.spark.deploy.SparkSubmit", "--master", master));
    command.addAll(List.of("--conf", "spark.ui.enabled=false"));
    command.addAll(List.of("--class", "org.findthelady.cli.Main", target + "/ftl.jar"));
    command.addAll(List.of("audit", "--job", job.toString()));
    command.addAll(List.of("--out", folder.resolve(out).toString()));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    File errors = folder.resolve(out + ".err").toFile();
    Process process = builder.redirectError(errors).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(() -> read(errors)).isZero();
    return output;
  }

  private static String read(File file) {
    try {
      return Files.readString(file.toPath());
    } catch (IOException e) {
      return e.toString();
    }
  }
}
