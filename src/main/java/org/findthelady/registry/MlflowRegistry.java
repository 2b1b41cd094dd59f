package org.findthelady.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.findthelady.core.UserException;

/**
 * The model registry of an MLflow tracking server, over its REST API (version 2.0 of the API, which
 * servers 1.x to 3.x have). The official Java client is not used: it brings 8.6 MB for the five
 * calls that are made here.
 */
public final class MlflowRegistry {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String API = "/api/2.0/mlflow/";
  private static final int PAGE = 200;

  private final String server;
  private final String authorization;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(Duration.ofSeconds(20))
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  private MlflowRegistry(String server, String authorization) {
    this.server = server.replaceAll("/+$", "");
    this.authorization = authorization;
  }

  /**
   * The registry of a server, with the credentials that MLflow's own variables hold: {@code
   * MLFLOW_TRACKING_TOKEN}, or {@code MLFLOW_TRACKING_USERNAME} and {@code
   * MLFLOW_TRACKING_PASSWORD}.
   *
   * @param server address; null for what {@code MLFLOW_TRACKING_URI} says
   * @param environment variables
   * @throws UserException if no server is given, or something that is none
   */
  public static MlflowRegistry at(String server, Map<String, String> environment) {
    String address = server == null ? environment.get("MLFLOW_TRACKING_URI") : server;
    if (address == null) {
      throw new UserException(
          "models of an MLflow registry are named, but not its server: give \"server\" beside"
              + " \"mlflow\" in the job file, or set MLFLOW_TRACKING_URI");
    }
    if (!address.matches("https?://.+")) {
      throw new UserException(
          "'%s': a registry is read from a server, http://HOST:PORT (start one with mlflow server)"
              .formatted(address));
    }
    String token = environment.get("MLFLOW_TRACKING_TOKEN");
    String user = environment.get("MLFLOW_TRACKING_USERNAME");
    String authorization = token == null ? null : "Bearer " + token;
    if (token == null && user != null) {
      String both = user + ":" + environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", "");
      authorization =
          "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
    }
    return new MlflowRegistry(address, authorization);
  }

  /**
   * Makes sure that a text is a query; asks no server.
   *
   * @throws UserException if it is none
   */
  public void check(String query) {
    VersionQuery.parse(query);
  }

  /**
   * The versions that a query means, by name and version.
   *
   * @param query see {@link VersionQuery}
   * @throws UserException if there is no such model or alias, or the server refuses
   * @throws IOException if the server cannot be reached
   */
  public List<ModelVersion> find(String query) throws IOException {
    VersionQuery wanted = VersionQuery.parse(query);
    if (wanted.alias() != null) {
      JsonNode found =
          get("registered-models/alias", Map.of("name", wanted.name(), "alias", wanted.alias()));
      return List.of(version(found.path("model_version"))).stream().filter(wanted::fits).toList();
    }
    List<ModelVersion> versions = new ArrayList<>();
    String next = "";
    do {
      Map<String, String> arguments = new TreeMap<>(Map.of("max_results", "" + PAGE));
      if (!wanted.name().equals(VersionQuery.ALL)) {
        arguments.put("filter", "name=" + quoted(wanted.name()));
      }
      if (!next.isEmpty()) {
        arguments.put("page_token", next);
      }
      JsonNode page = get("model-versions/search", arguments);
      page.path("model_versions").forEach(node -> versions.add(version(node)));
      next = page.path("next_page_token").asText();
    } while (!next.isEmpty());
    Comparator<ModelVersion> byNumber =
        Comparator.comparing(ModelVersion::name)
            .thenComparing(v -> v.version().length())
            .thenComparing(ModelVersion::version);
    List<ModelVersion> fitting = versions.stream().filter(wanted::fits).sorted(byNumber).toList();
    boolean one = wanted.isLatest() && !fitting.isEmpty();
    return one ? fitting.subList(fitting.size() - 1, fitting.size()) : fitting;
  }

  private static String quoted(String name) {
    char quote = name.indexOf('\'') < 0 ? '\'' : '"';
    return quote + name + quote;
  }

  private static ModelVersion version(JsonNode node) {
    Map<String, String> tags = new TreeMap<>();
    node.path("tags")
        .forEach(tag -> tags.put(tag.path("key").asText(), tag.path("value").asText()));
    return new ModelVersion(
        node.path("name").asText(),
        node.path("version").asText(),
        node.path("current_stage").asText("None"),
        tags);
  }

  /**
   * Where the files of a version lie, in the words of a store: a local path, {@code s3a:} and so
   * on.
   *
   * @throws UserException if only the server can reach them
   */
  public String artifacts(ModelVersion version) throws IOException {
    JsonNode answer =
        get(
            "model-versions/get-download-uri",
            Map.of("name", version.name(), "version", version.version()));
    String uri = answer.path("artifact_uri").asText();
    if (uri.startsWith("mlflow-artifacts:") || uri.matches("https?:.*")) {
      throw new UserException(
          ("model %s lies at %s, which the tracking server serves: files are read from the store"
                  + " they lie in; start the server with --no-serve-artifacts and a"
                  + " --default-artifact-root that can be reached from here")
              .formatted(version.id(), uri));
    }
    return uri.startsWith("s3://") ? "s3a://" + uri.substring("s3://".length()) : uri;
  }

  /**
   * Sets tags of a version, those that it has not already.
   *
   * @throws UserException if the server refuses, as it does a text that is too long for it
   * @throws IOException if the server cannot be reached
   */
  public void tag(ModelVersion version, Map<String, String> tags) throws IOException {
    for (Map.Entry<String, String> tag : tags.entrySet()) {
      if (!tag.getValue().equals(version.tags().get(tag.getKey()))) {
        String body =
            JSON.writeValueAsString(
                Map.of(
                    "name", version.name(),
                    "version", version.version(),
                    "key", tag.getKey(),
                    "value", tag.getValue()));
        send(
            request("model-versions/set-tag", "")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
      }
    }
  }

  private JsonNode get(String call, Map<String, String> arguments) throws IOException {
    StringBuilder query = new StringBuilder();
    new TreeMap<>(arguments)
        .forEach(
            (key, value) ->
                query
                    .append(query.isEmpty() ? '?' : '&')
                    .append(key)
                    .append('=')
                    .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return send(request(call, query.toString()).GET().build());
  }

  private HttpRequest.Builder request(String call, String query) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(server + API + call + query)).timeout(TIMEOUT);
      return authorization == null ? request : request.header("Authorization", authorization);
    } catch (IllegalArgumentException e) {
      throw new UserException("'" + server + "': not an address of a server", e);
    }
  }

  private JsonNode send(HttpRequest request) throws IOException {
    HttpResponse<String> answer;
    try {
      answer = client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + server, e);
    } catch (IOException e) {
      throw new IOException("MLflow server %s: not reached: %s".formatted(server, e), e);
    }
    JsonNode content;
    try {
      content = JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      content = JSON.createObjectNode();
    }
    if (answer.statusCode() / 100 != 2) {
      String said = content.path("message").asText(answer.body().lines().findFirst().orElse(""));
      String text = "MLflow server %s: %d: %s".formatted(server, answer.statusCode(), said);
      if (answer.statusCode() / 100 == 4) {
        throw new UserException(text);
      }
      throw new IOException(text);
    }
    return content;
  }
}
