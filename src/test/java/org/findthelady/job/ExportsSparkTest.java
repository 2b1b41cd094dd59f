package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.findthelady.cli.Main;
import org.findthelady.report.Attestations;
import org.findthelady.report.OutputSchemas;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an audit writes for other programs is what their definitions say. */
class ExportsSparkTest {
  private static final Path MODELS = Path.of("jobs/models/abcrown");

  @TempDir private Path folder;

  @Test
  void everyOutputOfARunIsValid() throws Exception {
    Path suspects = Files.createDirectories(folder.resolve("found \u00fc#1"));
    Files.copy(MODELS.resolve("mnist_6_100_nat.pth"), folder.resolve("own.pth"));
    Files.copy(MODELS.resolve("mnist_6_100_nat.pth"), suspects.resolve("a copy?.pth"));
    Files.copy(MODELS.resolve("mnist_conv_small_nat.pth"), suspects.resolve("other.pth"));
    Files.write(suspects.resolve("cut.pth"), new byte[] {'P', 'K', 3, 4, 5});
    Files.createSymbolicLink(suspects.resolve("gone.pth"), folder.resolve("nowhere"));
    Path job =
        Files.writeString(
            folder.resolve("job.json"),
            """
            {"name": "exports", "references": [{"path": "own.pth"}],
             "suspects": [{"folder": "found \u00fc#1"}]}
            """);

    int code =
        Main.run(
            "audit",
            "--job=" + job,
            "--out=" + folder.resolve("out"),
            "--sarif=" + folder.resolve("audit.sarif"),
            "--junit=" + folder.resolve("audit.xml"),
            "--bom=" + folder.resolve("bom.json"),
            "--statements=" + folder.resolve("statements"));

    assertThat(code).as("one is missing").isEqualTo(6);
    assertThat(OutputSchemas.ofSarif(read("audit.sarif"))).isEmpty();
    assertThat(OutputSchemas.ofBom(read("bom.json"))).isEmpty();
    OutputSchemas.requireJunit(read("audit.xml"));
    assertThat(read("statements/cut.pth.intoto.json"))
        .as("which reference a file that cannot be read would fit")
        .contains("\"reference_id\" : \"undecided\"");
    List<Path> statements;
    try (Stream<Path> files = Files.list(folder.resolve("statements"))) {
      statements = files.sorted().toList();
    }
    assertThat(statements).hasSize(6);
    for (Path statement : statements) {
      if (statement.toString().endsWith(".vsa.json")) {
        Attestations.summary(Files.readString(statement));
      } else {
        Attestations.statement(Files.readString(statement));
      }
    }
  }

  private String read(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }
}
