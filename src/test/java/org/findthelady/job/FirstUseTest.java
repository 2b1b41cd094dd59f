package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.findthelady.TestModels;
import org.findthelady.cli.Main;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user names wrongly is told at once, by its name, with exit code 2. */
class FirstUseTest {
  @TempDir private Path folder;
  private Path model;

  @BeforeEach
  void makeModel() {
    model = TestModels.resnet20(folder);
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  private String existing(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private static void refused(String named, String... arguments) {
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    PrintStream before = System.err;
    int code;
    try {
      System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
      code = Main.run(arguments);
    } finally {
      System.setErr(before);
    }
    String told = errors.toString(StandardCharsets.UTF_8);
    assertThat(code).as(told).isEqualTo(2);
    assertThat(told).contains(named).doesNotContain("\tat ");
    assertThat(told.lines().filter(line -> line.startsWith("ftl: "))).hasSize(1);
  }

  private void resyncRefuses(String named, String... more) {
    List<String> arguments = new ArrayList<>(List.of("resync", "--reference", model.toString()));
    if (!Arrays.asList(more).contains("--suspect")) {
      arguments.addAll(List.of("--suspect", model.toString()));
    }
    arguments.addAll(List.of(more));
    refused(named, arguments.toArray(String[]::new));
  }

  @Test
  void aPathWhereNothingIs() {
    resyncRefuses(at("typo.th"), "--suspect", at("typo.th"));
    resyncRefuses(at("truth.json"), "--truth", at("truth.json"));
    resyncRefuses(at("graph.onnx"), "--graph", at("graph.onnx"));
    refused(at("typo.th"), "inspect", at("typo.th"));
    refused(
        at("typo.th"),
        "permute",
        "--seed",
        "1",
        "--in",
        at("typo.th"),
        "--out",
        at("out.safetensors"));
    refused(at("no-job.json"), "audit", "--job", at("no-job.json"), "--out", at("runs"));
  }

  @Test
  void aMistypedArchitecture() throws IOException {
    resyncRefuses("nope", "--architecture", "nope");
    resyncRefuses(at("nope.json"), "--architecture", at("nope.json"));
    String broken = existing("broken.json", "{");
    resyncRefuses(broken, "--architecture", broken);
    refused("nope", "inspect", model.toString(), "--architecture", "nope");
  }

  @Test
  void anArchitectureOfAnotherNetwork() {
    String fault = model + ": the architecture bert does not fit its 97 tensors";
    resyncRefuses(fault, "--architecture", "bert");
    refused(fault, "diff", model.toString(), model.toString(), "--architecture", "bert");
    refused(fault, "inspect", model.toString(), "--architecture", "bert");
  }

  @Test
  void aFileThatIsNoTruth() throws IOException {
    String truth = existing("bad.json", "{}");
    resyncRefuses(truth, "--truth", truth);
  }

  @Test
  void anOutputThatCannotBeMade() throws IOException {
    String file = existing("file", "");
    for (String option : List.of("--out", "--permutation", "--report")) {
      resyncRefuses(file + "/below", option, file + "/below");
      resyncRefuses(file, option, file);
    }
    refused(file + "/x", "permute", "--seed", "1", "--in", model.toString(), "--out", file + "/x");
  }

  @Test
  void anOutputAmongWhatIsRead() throws IOException {
    Files.createDirectories(folder.resolve("suspect"));
    resyncRefuses(at("suspect"), "--suspect", at("suspect"), "--report", at("suspect/report"));
  }

  @Test
  void anErrorInAJobFile() throws IOException {
    String start = "{\"name\": \"job\", \"references\": [{\"id\": \"r\", \"path\": \"";
    String end = "\"}], \"suspects\": [{\"path\": \"%s\"%s}]}";
    String out = at("runs");
    String job = existing("a.json", start + "gone.th" + end.formatted(model, ""));
    refused(at("gone.th"), "audit", "--job", job, "--out", out);
    job = existing("b.json", start + model + end.formatted("gone.th", ""));
    refused(at("gone.th"), "audit", "--job", job, "--out", out);
    existing("bad.json", "[]");
    job = existing("c.json", start + model + end.formatted(model, ", \"truth\": \"bad.json\""));
    refused(at("bad.json"), "audit", "--job", job, "--out", out);
    job =
        existing(
            "d.json", start + model + "\", \"architecture\": \"nope" + end.formatted(model, ""));
    refused("nope", "audit", "--job", job, "--out", out);
    job = existing("e.json", start + model + end.formatted(model, ""));
    String file = existing("file", "");
    refused(file, "audit", "--job", job, "--out", file);
  }

  @Test
  void allMistakesOfAJobAndOfItsManifestsForAPlanToo() throws IOException {
    existing("list.jsonl", "{\"path\": \"x\", \"reference\": \"ownd\"}\n{\"pth\": \"y\"}\n");
    String job =
        existing(
            "m.json",
            """
            {"name": "m", "references": [{"id": "owned", "path": "%s"}],
             "suspects": [{"manifest": "list.jsonl"},
              {"path": "gone.th"}]}
            """
                .formatted(model));
    for (String command : List.of("audit", "plan")) {
      List<String> arguments = new ArrayList<>(List.of(command, "--job", job));
      if (command.equals("audit")) {
        arguments.addAll(List.of("--out", at("runs")));
      }
      for (String named :
          List.of(
              "line 2: suspects[0].manifest: manifest " + at("list.jsonl") + ": 3 mistakes",
              "line 1: there is no reference 'ownd', only [owned]; did you mean 'owned'?",
              "line 2: unknown key 'pth'; did you mean 'path'?",
              "line 3: suspects[1].path: " + at("gone.th"))) {
        refused(named, arguments.toArray(String[]::new));
      }
    }
  }

  @Test
  void anOptionThatThereIsNot() {
    refused("unknown: --jb", "audit", "--jb", "x");
    refused("See ftl audit --help", "audit", "--jb", "x");
    refused("Possible solutions: --job", "audit", "--job", "x", "--jobb");
    refused("Did you mean: ftl audit", "adit");
  }

  @Test
  void aNameThatDoesNotFitTheWrittenFormat() throws IOException {
    refused(
        "safetensors", "permute", "--seed", "1", "--in", model.toString(), "--out", at("out.th"));
    assertThat(folder.resolve("out.th")).doesNotExist();
    assertThat(
            Main.run(
                "permute", "--seed", "1", "--in", model.toString(), "--out", at("out.safetensors")))
        .isZero();
    resyncRefuses("onnx", "--out", at("out.onnx"));
  }

  @Test
  void anAddressOnTheWeb() {
    refused("not supported", "inspect", "https://example.com/model.safetensors");
    refused("not supported", "inspect", "hf://org/model");
    resyncRefuses("not supported", "--suspect", "https://example.com/model.safetensors");
  }

  @Test
  void aRegistryThatIsNamedWrongly() throws IOException {
    String job =
        existing(
            "r.json",
            """
            {"name": "r", "references": [{"mlflow": "owned@champion", "server": "http://h:1"}],
             "suspects": [{"mlflow": "models:/found", "server": "sqlite:///x.db", "tag": true}]}
            """);
    refused("2 mistakes", "audit", "--job", job, "--out", at("runs"));
    refused("models:/NAME@ALIAS", "audit", "--job", job, "--out", at("runs"));
    refused("mlflow server", "audit", "--job", job, "--out", at("runs"));
    refused("must be at least", "audit", "--job", job, "--out", at("runs"), "--watch", "0");
    refused("--watch", "audit", "--job", job, "--out", at("runs"), "--idle", "5");
  }

  @Test
  void layersThatFitNoTensor() {
    String[] perturb = {
      "perturb", "--in", model.toString(), "--out", at("out.safetensors"), "--noise", "0.1"
    };
    List<String> arguments = new ArrayList<>(Arrays.asList(perturb));
    arguments.addAll(List.of("--layers", "konv*"));
    refused("konv*", arguments.toArray(String[]::new));
    assertThat(folder.resolve("out.safetensors")).doesNotExist();
  }
}
