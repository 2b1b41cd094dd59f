package org.findthelady.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.findthelady.cli.Main;
import org.findthelady.report.VersionTags;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verdicts as tags of registered versions, where the server does not take all of them. */
class VersionTagsSparkTest {
  private static final Path MODELS = Path.of("jobs/models/abcrown");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path folder;
  private final Map<String, String> tags = new TreeMap<>();
  private int written;
  private int longest = Integer.MAX_VALUE;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    Files.copy(MODELS.resolve("mnist_6_100_nat.pth"), folder.resolve("own.pth"));
    Files.copy(MODELS.resolve("mnist_conv_small_nat.pth"), folder.resolve("found.pth"));
    Files.writeString(
        folder.resolve("job.json"),
        """
        {"name": "tags", "references": [{"path": "own.pth"}],
         "suspects": [{"mlflow": "models:/net", "server": "http://127.0.0.1:%d", "tag": true}]}
        """
            .formatted(server.getAddress().getPort()));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** A registry of one version that takes tags up to a length. */
  private void answer(HttpExchange exchange) throws IOException {
    String call = exchange.getRequestURI().getPath();
    JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
    int code = 200;
    ObjectNode answer = JSON.createObjectNode();
    if (call.endsWith("search")) {
      ObjectNode version = answer.putArray("model_versions").addObject();
      version.put("name", "net").put("version", "1");
      ArrayNode all = version.putArray("tags");
      tags.forEach((key, value) -> all.addObject().put("key", key).put("value", value));
    } else if (call.endsWith("get-download-uri")) {
      answer.put("artifact_uri", folder.resolve("found.pth").toString());
    } else if (body.path("value").asText().length() > longest) {
      code = 400;
      answer.put("message", "exceeds the maximum length");
    } else {
      tags.put(body.path("key").asText(), body.path("value").asText());
      written++;
    }
    byte[] text = answer.toString().getBytes(UTF_8);
    exchange.sendResponseHeaders(code, text.length);
    exchange.getResponseBody().write(text);
    exchange.close();
  }

  private int audit() {
    return Main.run(
        "audit", "--job=" + folder.resolve("job.json"), "--out=" + folder.resolve("out"));
  }

  @Test
  void aServerOfShortTagsGetsShortOnesOnceAndARefusalIsToldWithTheRun() {
    longest = 1;
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    PrintStream before = System.err;
    try {
      System.setErr(new PrintStream(errors, true, UTF_8));
      assertThat(audit()).isEqualTo(1);
    } finally {
      System.setErr(before);
    }
    assertThat(errors.toString(UTF_8))
        .contains("net/1: MLflow server", "exceeds the maximum length", "The run is whole")
        .doesNotContain("\tat ");
    assertThat(folder.resolve("out/latest.json")).exists();

    longest = 500;
    assertThat(audit()).isZero();
    assertThat(tags).hasSize(5).containsEntry("findthelady.verdict", "UNRELATED");
    assertThat(tags.get("findthelady.reason")).hasSize(500).contains("…");
    int once = written;
    assertThat(audit()).isZero();
    assertThat(written).isEqualTo(once);
  }

  @Test
  void aTextThatIsTooLongLosesItsMiddleAndNoCharacterIsTorn() {
    Map<String, String> brief =
        VersionTags.brief(Map.of("key", "begin" + "\uD83D\uDE80".repeat(600) + "end"));
    assertThat(brief.get("key")).startsWith("begin").endsWith("end");
    assertThat(brief.get("key").codePoints().toArray()).hasSize(500);
  }
}
