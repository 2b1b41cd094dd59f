package org.findthelady.job;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.findthelady.experiment.PaperNetworks;
import org.findthelady.pair.StructureChoice;
import org.findthelady.report.JsonText;
import org.findthelady.spark.Cluster;
import org.findthelady.structure.derive.OnnxTracer;
import org.findthelady.structure.graph.GraphFiller;

/** Builds a small fleet from the two real networks that come with the program, and audits it. */
public final class Demo {
  private static final List<String> RESNET = List.of("resnet20-12fca82f.th");
  private static final List<String> LLAMA = List.of("config.json", "model.safetensors");

  private Demo() {}

  /**
   * What came out.
   *
   * @param unexpected models whose verdict is not the one that they were built to get
   */
  public record Result(Audit.Result audit, List<String> unexpected, double seconds) {
    /** Whether every verdict is the one that the model was built to get. */
    public boolean asExpected() {
      return unexpected.isEmpty();
    }

    /** For programs. */
    public String json() {
      ObjectNode root = audit.tree();
      ArrayNode wrong = root.putArray("unexpected");
      unexpected.forEach(wrong::add);
      return JsonText.of(root.put("seconds", seconds));
    }

    /** For people. */
    public String text() {
      String end =
          asExpected() ? "Every verdict is right." : "WRONG: " + String.join("; ", unexpected);
      return audit.text() + "%n%s (%.1f s)%n".formatted(end, seconds);
    }
  }

  /** Builds the fleet below a folder and audits it there. An earlier demo's folder is replaced. */
  public static Result run(String out) {
    long started = System.nanoTime();
    try (Cluster cluster = Cluster.open("ftl demo")) {
      Path folder = Path.of(out).toAbsolutePath().normalize();
      clear(folder);
      List<DemoModel> fleet = build(folder);
      Audit.Result audit =
          Audit.run(
              new Audit.Request(
                  folder.resolve("demo.json").toString(), folder.toString(), null, Map.of()),
              cluster);
      return new Result(audit, unexpected(audit, fleet), (System.nanoTime() - started) / 1e9);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs what a small job and a trace run, and leaves nothing behind. */
  public static void warmUp() {
    OnnxModel network = PaperNetworks.dvc(64);
    new OnnxTracer().withWeightInputs(new GraphFiller(network, 1).names()).trace(network);
    try {
      Path folder = Files.createTempDirectory("ftl-warm-up");
      try {
        run(folder.resolve("demo").toString());
        String model = folder.resolve("demo/references/resnet20.th").toString();
        Diff.run(model, model, StructureChoice.AUTOMATIC, Map.of()).text(false);
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes an earlier demo; refuses a folder that holds anything else. */
  private static void clear(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    if (!Files.exists(folder.resolve("demo.json"))) {
      throw new UserException(folder + ": is there already and is no earlier demo");
    }
    delete(folder);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static List<DemoModel> build(Path folder) throws IOException {
    Path references = folder.resolve("references");
    copy("demo/resnet-cifar10/", RESNET, references);
    Files.move(references.resolve(RESNET.get(0)), references.resolve("resnet20.th"));
    copy("demo/llama-stories/", LLAMA, references.resolve("llama"));
    copy("jobs/", List.of("demo.json"), folder);
    List<DemoModel> fleet = DemoModel.all();
    StringBuilder manifest = new StringBuilder();
    JsonMapper json = JsonMapper.builder().build();
    for (DemoModel member : fleet) {
      Path model = member.build(folder);
      Path truth = folder.resolve("truth").resolve(member.id() + ".json");
      Map<String, String> line = new LinkedHashMap<>();
      line.put("id", member.id());
      line.put("path", folder.relativize(model).toString());
      line.put("reference", member.reference());
      if (Files.exists(truth)) {
        line.put("truth", folder.relativize(truth).toString());
      }
      manifest.append(json.writeValueAsString(line)).append('\n');
    }
    Files.writeString(folder.resolve("suspects.jsonl"), manifest, StandardCharsets.UTF_8);
    return fleet;
  }

  static void copy(String resources, List<String> names, Path target) throws IOException {
    Files.createDirectories(target);
    for (String name : names) {
      try (InputStream in = Demo.class.getResourceAsStream("/" + resources + name)) {
        Files.copy(in, target.resolve(name));
      }
    }
  }

  private static List<String> unexpected(Audit.Result audit, List<DemoModel> fleet) {
    Map<String, Verdict> verdicts = audit.verdicts();
    List<String> wrong = new ArrayList<>();
    for (DemoModel member : fleet) {
      Verdict verdict = verdicts.get(member.id());
      if (verdict != member.expected()) {
        wrong.add("%s is %s, not %s".formatted(member.id(), verdict, member.expected()));
      }
    }
    return wrong;
  }
}
