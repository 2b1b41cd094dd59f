package org.findthelady.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.core.UserException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server that answers as MLflow does; {@code MlflowIT} has a real one. */
class MlflowRegistryTest {
  private static final String VERSION =
      "{\"name\": \"net\", \"version\": \"%s\", \"current_stage\": \"%s\", \"tags\": [%s]}";

  private final Map<String, String> answers = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    String first = VERSION.formatted("2", "None", "");
    String second =
        VERSION.formatted("10", "Production", "{\"key\": \"team\", \"value\": \"vision\"}");
    answers.put(
        "GET model-versions/search?filter=name%3D%27net%27&max_results=200",
        "{\"model_versions\": [%s], \"next_page_token\": \"more\"}".formatted(second));
    answers.put(
        "GET model-versions/search?filter=name%3D%27net%27&max_results=200&page_token=more",
        "{\"model_versions\": [%s]}".formatted(first));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String call = exchange.getRequestURI().toString().substring("/api/2.0/mlflow/".length());
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    asked.add(exchange.getRequestMethod() + " " + call + " " + body);
    String known = answers.get(exchange.getRequestMethod() + " " + call);
    byte[] text = (known == null ? "{\"message\": \"no such thing\"}" : known).getBytes(UTF_8);
    exchange.sendResponseHeaders(known == null ? 404 : 200, text.length);
    exchange.getResponseBody().write(text);
    exchange.close();
  }

  private MlflowRegistry registry() {
    return MlflowRegistry.at("http://127.0.0.1:" + server.getAddress().getPort() + "/", Map.of());
  }

  private List<String> found(String query) throws IOException {
    return registry().find(query).stream().map(ModelVersion::id).toList();
  }

  @Test
  void findsVersionsByNameNumberStageAndTagOnAllPages() throws IOException {
    assertThat(found("models:/net")).containsExactly("net/2", "net/10");
    assertThat(found("models:/net/2")).containsExactly("net/2");
    assertThat(found("models:/net/latest")).containsExactly("net/10");
    assertThat(found("models:/net/production")).containsExactly("net/10");
    assertThat(found("models:/net?team=vision")).containsExactly("net/10");
    assertThat(found("models:/net?team=speech")).isEmpty();
  }

  @Test
  void findsAVersionByItsAlias() throws IOException {
    answers.put(
        "GET registered-models/alias?alias=best&name=net",
        "{\"model_version\": %s}".formatted(VERSION.formatted("7", "None", "")));
    assertThat(found("models:/net@best")).containsExactly("net/7");
    assertThatThrownBy(() -> found("models:/net@worst"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("404: no such thing");
  }

  @Test
  void saysWhereFilesLieOrThatOnlyTheServerReachesThem() throws IOException {
    ModelVersion version = new ModelVersion("net", "2", "None", Map.of());
    String call = "GET model-versions/get-download-uri?name=net&version=2";
    answers.put(call, "{\"artifact_uri\": \"s3://bucket/a\"}");
    assertThat(registry().artifacts(version)).isEqualTo("s3a://bucket/a");
    answers.put(call, "{\"artifact_uri\": \"mlflow-artifacts:/1/a\"}");
    assertThatThrownBy(() -> registry().artifacts(version))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--no-serve-artifacts");
  }

  @Test
  void writesOnlyTagsThatAreNotThereYet() throws IOException {
    answers.put("POST model-versions/set-tag", "{}");
    ModelVersion version = new ModelVersion("net", "2", "None", Map.of("a", "1"));
    registry().tag(version, Map.of("a", "1", "b", "2"));
    assertThat(asked).singleElement().asString().contains("\"key\":\"b\"", "\"value\":\"2\"");
  }

  @Test
  void namesWhatIsNoServerAndWhatIsNoQuery() {
    assertThatThrownBy(() -> MlflowRegistry.at(null, Map.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("MLFLOW_TRACKING_URI");
    assertThatThrownBy(() -> MlflowRegistry.at("sqlite:///x.db", Map.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("mlflow server");
    for (String query : List.of("net", "models:/", "models:/*/3", "models:/net@a/3")) {
      assertThatThrownBy(() -> registry().find(query)).isInstanceOf(UserException.class);
    }
  }
}
