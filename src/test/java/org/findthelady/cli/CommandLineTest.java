package org.findthelady.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private JsonNode json(String... arguments) throws Exception {
    assertThat(run(arguments)).as(err.toString()).isZero();
    return new JsonMapper().readTree(out.toString());
  }

  private static List<CommandLine> commands(CommandLine parent) {
    return parent.getSubcommands().values().stream()
        .flatMap(c -> c.getSubcommands().isEmpty() ? Stream.of(c) : commands(c).stream())
        .toList();
  }

  @Test
  void theSummaryOfEveryCommandIsOneWholeSentence() {
    for (CommandLine command : commands(Main.commandLine())) {
      String[] lines = command.getCommandSpec().usageMessage().description();
      assertThat(lines[0]).as(command.getCommandName()).matches("[A-Z].{10,95}\\.");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"spark.submit.deployMode=cluster", "spark.kubernetes.submitInDriver=true"})
  void relativePathsOfADriverElsewhereAreRefused(String setting) throws Exception {
    String job = Files.writeString(folder.resolve("job.json"), "{}").toString();
    String[] property = setting.split("=");
    System.setProperty(property[0], property[1]);
    try {
      assertThat(run("audit", "--job", job, "--out", "audits")).isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).contains("--out audits").contains("hdfs:///audits");
      assertThat(run("audit", "--job", "jobs/none.json", "--out", "hdfs:///audits"))
          .isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).contains("--job jobs/none.json").contains("whole address");
      assertThat(run("evaluate", "--job", job, "--out", "sweep")).isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).contains("--out sweep").contains("whole address");
    } finally {
      System.clearProperty(property[0]);
    }
  }

  @Test
  void namesInAFileDoNotSteerTheTerminal() throws Exception {
    String header = "{\"a\\u001b[31m\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(12 + json.length).order(ByteOrder.LITTLE_ENDIAN);
    Path file = folder.resolve("model.safetensors");
    Files.write(file, bytes.putLong(json.length).put(json).array());
    String out = folder.resolve("out.safetensors").toString();
    assertThat(run("permute", "--in", file.toString(), "--out", out, "--seed", "1")).isEqualTo(2);
    assertThat(err.toString()).contains("a\\u001b[31m").doesNotContain("\u001b");
  }

  @Test
  void theReasonOfAVerdictDoesNotSteerTheTerminal() throws Exception {
    Path good = safetensors("good", "F32");
    Path bad = safetensors("bad", "\\u001b[2J");
    assertThat(run("resync", "--reference", good.toString(), "--suspect", bad.toString())).isZero();
    assertThat(out.toString()).contains("the unknown dtype '\\u001b[2J'").doesNotContain("\u001b");
  }

  private Path safetensors(String name, String dtype) throws Exception {
    String header =
        "{\"a\":{\"dtype\":\"%s\",\"shape\":[1],\"data_offsets\":[0,4]}}".formatted(dtype);
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(12 + json.length).order(ByteOrder.LITTLE_ENDIAN);
    Path file = folder.resolve(name + ".safetensors");
    return Files.write(file, bytes.putLong(json.length).put(json).array());
  }

  @Test
  void everyCommandPrintsJsonIfAsked() {
    for (CommandLine command : commands(Main.commandLine())) {
      if (!command.getCommandSpec().usageMessage().hidden()) {
        assertThat(command.getCommandSpec().optionsMap())
            .as(command.getCommandName())
            .containsKey("--json");
      }
    }
  }

  private String model() throws Exception {
    Path model = folder.resolve("model.th");
    if (Files.notExists(model)) {
      try (InputStream in =
          getClass().getResourceAsStream("/demo/resnet-cifar10/resnet20-12fca82f.th")) {
        Files.copy(in, model);
      }
    }
    return model.toString();
  }

  @Test
  void resultsOfAPairAreOneJsonObject() throws Exception {
    String shuffled = folder.resolve("shuffled.safetensors").toString();
    assertThat(json("permute", "--in", model(), "--out", shuffled, "--seed", "7", "--json"))
        .hasToString(
            """
            {"out":"%s","format":"safetensors","structure":"resnet-cifar","groups":12,\
            "neurons":400,"moved":388,"longest_cycle":46}"""
                .formatted(shuffled));
    JsonNode pair = json("resync", "--reference", model(), "--suspect", shuffled, "--json");
    assertThat(pair.path("verdict").asText()).isEqualTo("PERMUTED");
    assertThat(pair.path("moved").asInt()).isEqualTo(388);
    assertThat(pair.get("log10_p").isNull()).as("equal weights need no test").isTrue();
    assertThat(pair.path("tensors").size()).isEqualTo(97);
    assertThat(pair.has("run_id")).isFalse();
  }

  @Test
  void failOnNamesTheModelThatFails() throws Exception {
    String[] pair = {"resync", "--reference", model(), "--suspect", model(), "--fail-on", ""};
    pair[6] = "derived";
    assertThat(run(pair)).isZero();
    assertThat(err.toString()).doesNotContain("--fail-on");
    pair[6] = "derived,identical";
    assertThat(run(pair)).isEqualTo(ExitCode.FINDINGS);
    assertThat(err.toString()).contains("ftl: --fail-on: " + model() + " IDENTICAL");
  }

  @Test
  void aWatermarkThatIsNotThereFailsIfAsked() throws Exception {
    String key = Files.writeString(folder.resolve("key"), "secret").toString();
    List<String> detect =
        List.of(
            "watermark",
            "detect",
            "--in",
            model(),
            "--layer",
            "module.layer2.0.conv1.weight",
            "--key",
            key,
            "--json");
    JsonNode found = json(detect.toArray(String[]::new));
    assertThat(found.path("found").asBoolean(true)).isFalse();
    assertThat(found.path("change").isNull()).isTrue();
    List<String> strict = new ArrayList<>(detect);
    strict.add("--fail-if-missing");
    assertThat(run(strict.toArray(String[]::new))).isEqualTo(ExitCode.FINDINGS);
  }
}
