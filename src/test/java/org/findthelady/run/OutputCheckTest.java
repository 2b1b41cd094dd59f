package org.findthelady.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.findthelady.TestModels;
import org.findthelady.cli.Main;
import org.findthelady.core.UserException;
import org.findthelady.job.LocalPair;
import org.findthelady.storage.HadoopStore;
import org.findthelady.storage.TextFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputCheckTest {
  private final HadoopStore store = new HadoopStore();

  @TempDir private Path folder;

  private Path run;

  @BeforeEach
  void judgeAShuffledModel() throws IOException {
    Path model = TestModels.silero(folder);
    Path shuffled = folder.resolve("shuffled.safetensors");
    LocalPair.permute(model, shuffled, 7, null);
    run = folder.resolve("audits/run");
    RunReport.ofOne(store, run.toString(), LocalPair.resync(model, shuffled, null));
  }

  private List<String> faults() throws IOException {
    return OutputCheck.of(store, run.toString()).faults();
  }

  private void edit(String name, String from, String to) throws IOException {
    String text = Files.readString(run.resolve(name));
    assertThat(text).contains(from);
    Files.writeString(run.resolve(name), text.replace(from, to));
  }

  private List<String> lines(String table) throws IOException {
    List<String> lines = new ArrayList<>();
    TextFile.lines(store, run.resolve(table).toString(), lines::add);
    return lines;
  }

  private void write(String table, List<String> lines) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(run.resolve(table)))) {
      for (String line : lines) {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void findsNothingInARunAsItWasWritten() throws IOException {
    assertThat(faults()).isEmpty();
    assertThat(Main.run("verify-run", run.toString())).isZero();
  }

  @Test
  void seesCountsThatDoNotAddUp() throws IOException {
    edit("run.json", "\"audited\" : 1", "\"audited\" : 2");
    assertThat(faults()).singleElement().asString().contains("1 manifest lines, 2 counted");
    assertThat(Main.run("verify-run", run.toString())).isEqualTo(3);
  }

  @Test
  void seesAnotherVerdict() throws IOException {
    edit("models.jsonl", "\"PERMUTED\"", "\"IDENTICAL\"");
    assertThat(faults())
        .containsExactlyInAnyOrder(
            "run: run.json: 1 models are PERMUTED, models.jsonl has null",
            "run: run.json: 0 models are IDENTICAL, models.jsonl has 1");
  }

  @Test
  void seesALineThatIsGone() throws IOException {
    List<String> lines = lines("groups.jsonl.gz");
    write("groups.jsonl.gz", lines.subList(1, lines.size()));
    assertThat(faults())
        .hasSize(2)
        .anyMatch(fault -> fault.contains("groups.jsonl.gz: model"))
        .anyMatch(fault -> fault.contains("groups.jsonl.gz has " + (lines.size() - 1)));
    write("groups.jsonl.gz", List.of());
    assertThat(faults()).anyMatch(fault -> fault.contains("has 0 groups"));
  }

  @Test
  void seesParquetTablesThatAreNotWhole() throws IOException {
    Path findings = run.resolve("findings.parquet");
    byte[] whole = Files.readAllBytes(findings);
    Files.write(findings, new byte[0]);
    assertThat(faults()).containsExactly("run: findings.parquet: 0 bytes are no Parquet file");
    Files.write(findings, Arrays.copyOf(whole, whole.length - 1));
    assertThat(faults()).singleElement().asString().contains("findings.parquet: a Parquet footer");
    Files.write(findings, Files.readAllBytes(run.resolve("models.parquet")));
    assertThat(faults()).singleElement().asString().contains("findings.parquet: 1 rows");
  }

  @Test
  void seesALineThatWasCut() throws IOException {
    Path layers = run.resolve("layers.jsonl.gz");
    byte[] packed = Files.readAllBytes(layers);
    List<String> lines = lines("layers.jsonl.gz");
    for (int cut = 1; cut <= packed.length; cut += 7) {
      Files.write(layers, Arrays.copyOf(packed, packed.length - cut));
      assertThat(faults()).as("cut " + cut).anyMatch(f -> f.contains("layers.jsonl.gz line "));
    }
    lines.set(lines.size() - 1, lines.get(lines.size() - 1).substring(0, 40));
    write("layers.jsonl.gz", lines);
    assertThat(faults())
        .singleElement()
        .asString()
        .contains("layers.jsonl.gz line " + lines.size());
    Files.delete(layers);
    assertThat(faults()).containsExactly("run: layers.jsonl.gz: is missing");
  }

  @Test
  void seesFilesThatAreMissingOrDoNotBelong() throws IOException {
    Files.delete(run.resolve("models.parquet"));
    Files.createDirectory(run.resolve("other"));
    assertThat(faults())
        .containsExactlyInAnyOrder(
            "run: models.parquet: is missing", "run: other: does not belong to a finished run");
  }

  @Test
  void readsEveryPublishedFileBack() throws IOException {
    Path model = Files.createDirectories(run.resolve("models")).resolve("m");
    Files.writeString(model, "abc");
    String abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    Files.writeString(run.resolve("SHA256SUMS"), abc + "  models/m\n");
    assertThat(faults()).isEmpty();
    Files.writeString(model, "abd");
    assertThat(faults()).singleElement().asString().contains("the run wrote " + abc);
    Files.writeString(model, "abc");
    Files.writeString(run.resolve("models/other"), "");
    assertThat(faults()).containsExactly("run: models/other: stands in no SHA256SUMS");
  }

  @Test
  void readsNothingOutsideTheRun() throws IOException {
    Files.createDirectories(run.resolve("models"));
    Files.writeString(run.resolve("SHA256SUMS"), "00  models/../../../etc/passwd\n");
    assertThat(faults())
        .containsExactly("run: SHA256SUMS: 'models/../../../etc/passwd' is not below models/");
  }

  @Test
  void checksAllRunsOfAnOutputAndItsPointer() throws IOException {
    Path out = folder.resolve("out");
    Files.createDirectories(out.resolve("runs/cut"));
    Files.writeString(out.resolve("latest.json"), "{\"run\": \"runs/cut\"}");
    OutputCheck check = OutputCheck.of(store, out.toString());
    assertThat(check.runs())
        .containsExactly("cut: not finished; a rerun of its job goes on from there");
    assertThat(check.faults()).containsExactly("latest.json: 'runs/cut' is no finished run");
  }

  @Test
  void refusesAFolderWithoutRuns() {
    assertThatThrownBy(() -> OutputCheck.of(store, folder.toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("neither a run");
  }
}
