package org.findthelady.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.findthelady.TestModels;
import org.findthelady.checkpoint.gguf.GgufBytes;
import org.findthelady.cli.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tags of a registry and headers of files claim, from the job file to the findings. */
class DeclaredParentsSparkTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** A version of the server's. */
  private record Version(Path file, Map<String, String> tags) {}

  private final Map<String, Version> versions = new TreeMap<>();
  private final List<String> written = new ArrayList<>();
  private HttpServer server;
  @TempDir private Path folder;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/api/2.0/mlflow/model-versions/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** Versions are found, say where they lie, and keep their tags, as MLflow has it. */
  private void answer(HttpExchange exchange) throws IOException {
    String call = exchange.getRequestURI().getPath().replaceAll(".*/", "");
    String query = exchange.getRequestURI().getQuery();
    ObjectNode answer = JSON.createObjectNode();
    if (call.equals("search")) {
      versions.forEach(
          (id, version) -> {
            if (query.contains("name='" + id.split("/")[0] + "'")) {
              ObjectNode node = answer.withArray("model_versions").addObject();
              node.put("name", id.split("/")[0]).put("version", id.split("/")[1]);
              version
                  .tags()
                  .forEach(
                      (key, value) ->
                          node.withArray("tags").addObject().put("key", key).put("value", value));
            }
          });
    } else if (call.equals("get-download-uri")) {
      String id = query.replaceAll("name=(.*)&version=(.*)", "$1/$2");
      answer.put("artifact_uri", versions.get(id).file().toString());
    } else {
      JsonNode tag = JSON.readTree(exchange.getRequestBody().readAllBytes());
      String id = tag.get("name").asText() + "/" + tag.get("version").asText();
      written.add(id + " " + tag.get("key").asText());
      versions.get(id).tags().put(tag.get("key").asText(), tag.get("value").asText());
    }
    byte[] text = answer.toString().getBytes(UTF_8);
    exchange.sendResponseHeaders(200, text.length);
    exchange.getResponseBody().write(text);
    exchange.close();
  }

  private void register(String id, Path file, String base) {
    versions.put(
        id,
        new Version(file, new TreeMap<>(base.isEmpty() ? Map.of() : Map.of("base_model", base))));
  }

  private Path shuffled(Path reference, int seed) {
    Path copy = folder.resolve("m%d.safetensors".formatted(seed));
    LocalPair.permute(reference, copy, seed, null);
    return copy;
  }

  private int audit(String job) throws IOException {
    Path file = Files.writeString(folder.resolve("job.json"), job);
    return Main.run("audit", "--job", file.toString(), "--out", folder.resolve("out").toString());
  }

  /** Model, kind and name of every finding on a declaration, of the newest run. */
  private List<String> findings() throws IOException {
    String run = JSON.readTree(folder.resolve("out/latest.json").toFile()).get("run").asText();
    Path table = folder.resolve("out").resolve(run).resolve("findings.jsonl.gz");
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(table))) {
      List<String> found = new ArrayList<>();
      for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
        JsonNode row = JSON.readTree(line);
        if (row.get("kind").asText().contains("DECLARED")) {
          found.add(
              Stream.of("model_id", "kind", "tensor")
                  .map(key -> row.get(key).asText())
                  .reduce((a, b) -> a + " " + b)
                  .orElseThrow());
        }
      }
      return found;
    }
  }

  @Test
  void tagsOfARegistryAreHeldAgainstWhatWasFoundAndWrittenOnce() throws IOException {
    Path reference = TestModels.silero(folder);
    register("owned/1", reference, "");
    register("incoming/1", shuffled(reference, 1), "models:/owned/1");
    register("incoming/2", shuffled(reference, 2), "owned");
    register("incoming/3", shuffled(reference, 3), "others/1");
    String job =
        """
        {"name": "nightly",
         "references": [{"mlflow": "models:/owned", "server": "http://127.0.0.1:%d"}],
         "suspects": [{"mlflow": "models:/incoming", "server": "http://127.0.0.1:%1$d", "tag": true}]}
        """
            .formatted(server.getAddress().getPort());

    assertThat(audit(job)).isZero();
    assertThat(findings()).containsExactly("incoming/3 OTHER_PARENT_DECLARED others/1");
    assertThat(written).hasSize(15).contains("incoming/1 findthelady.verdict");

    written.clear();
    register("incoming/4", shuffled(reference, 4), "");
    assertThat(audit(job)).isZero();
    assertThat(written).hasSize(5).allMatch(tag -> tag.startsWith("incoming/4 "));

    written.clear();
    assertThat(audit(job)).isZero();
    assertThat(written).isEmpty();
  }

  /** Two matrices; equal ones for equal seeds. */
  private Path gguf(String name, long seed, String base) throws IOException {
    Random random = new Random(seed);
    ByteBuffer data = ByteBuffer.allocate(2 * 64 * 32 * 4).order(ByteOrder.LITTLE_ENDIAN);
    while (data.hasRemaining()) {
      data.putFloat((float) random.nextGaussian());
    }
    GgufBytes file = GgufBytes.file(3, 2, base.isEmpty() ? 1 : 3);
    file.textValue("general.architecture", "toy");
    if (!base.isEmpty()) {
      file.u32Value("general.base_model.count", 1).textValue("general.base_model.0.name", base);
    }
    file.tensor("a.weight", 0, 0, 32, 64).tensor("b.weight", 0, 64 * 32 * 4, 64, 32);
    Path path = folder.resolve(name);
    Files.write(path, file.align(32).bytes(data.array()).done());
    return path;
  }

  @Test
  void theHeaderOfAGgufFileIsHeldAgainstWhatWasFound() throws IOException {
    gguf("owned.gguf", 1, "");
    gguf("right.gguf", 1, "Owned");
    gguf("wrong.gguf", 1, "Somebody Else");
    assertThat(
            audit(
                """
                {"name": "nightly", "references": [{"path": "owned.gguf"}],
                 "suspects": [{"path": "right.gguf"}, {"path": "wrong.gguf"}]}
                """))
        .isZero();
    assertThat(findings()).containsExactly("wrong.gguf OTHER_PARENT_DECLARED Somebody Else");
  }
}
