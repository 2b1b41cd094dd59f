package org.findthelady.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A headless Chromium with one page, driven through its DevTools protocol. */
final class Browser implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long SECONDS = 120;

  private final Process process;
  private final WebSocket socket;
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private int calls;

  /** The program, if there is one on the PATH. */
  static Optional<Path> installed() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .flatMap(
            path ->
                Stream.of("chromium", "chromium-browser", "google-chrome")
                    .map(name -> Path.of(path, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts it.
   *
   * @param profile a folder of its own
   */
  Browser(Path profile) throws Exception {
    process =
        new ProcessBuilder(
                List.of(
                    installed().orElseThrow().toString(),
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--remote-debugging-port=0",
                    "--user-data-dir=" + profile,
                    "about:blank"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Path port = profile.resolve("DevToolsActivePort");
    HttpClient http = HttpClient.newHttpClient();
    String page = page(http, port);
    socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create(page), new Receiver())
            .get(SECONDS, TimeUnit.SECONDS);
    call("Page.setBypassCSP", "{\"enabled\": true}"); // for what evaluate runs
  }

  private static String page(HttpClient http, Path port) throws Exception {
    for (long tries = 0; tries < 10 * SECONDS; tries++) {
      if (Files.exists(port) && Files.size(port) > 0) {
        URI list = URI.create("http://127.0.0.1:" + Files.readAllLines(port).get(0) + "/json/list");
        String pages =
            http.send(
                    HttpRequest.newBuilder(list).timeout(Duration.ofSeconds(SECONDS)).build(),
                    HttpResponse.BodyHandlers.ofString())
                .body();
        for (JsonNode target : JSON.readTree(pages)) {
          if (target.path("type").asText().equals("page")) {
            return target.path("webSocketDebuggerUrl").asText();
          }
        }
      }
      Thread.sleep(100);
    }
    throw new IOException("the browser opened no page");
  }

  private final class Receiver implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        received.add(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  private JsonNode call(String method, String parameters) throws Exception {
    ObjectNode message = JSON.createObjectNode().put("id", ++calls).put("method", method);
    message.set("params", JSON.readTree(parameters));
    socket.sendText(message.toString(), true).get(SECONDS, TimeUnit.SECONDS);
    while (true) {
      String text = received.poll(SECONDS, TimeUnit.SECONDS);
      if (text == null) {
        throw new IOException(method + ": no answer");
      }
      JsonNode answer = JSON.readTree(text);
      if (answer.path("id").asInt() == calls) {
        if (answer.has("error") || answer.path("result").has("exceptionDetails")) {
          throw new IOException(method + ": " + text);
        }
        return answer.path("result");
      }
    }
  }

  /**
   * Opens an address in a window of that width.
   *
   * @param scheme {@code light} or {@code dark}
   */
  void open(String address, int width, String scheme) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        "{\"width\": %d, \"height\": 900, \"deviceScaleFactor\": 1, \"mobile\": false}"
            .formatted(width));
    call(
        "Emulation.setEmulatedMedia",
        "{\"features\": [{\"name\": \"prefers-color-scheme\", \"value\": \"%s\"}]}"
            .formatted(scheme));
    call("Page.navigate", "{\"url\": \"about:blank\"}");
    call("Page.navigate", JSON.createObjectNode().put("url", address).toString());
    String ready = "location.href !== 'about:blank' && document.readyState === 'complete'";
    for (long tries = 0; !evaluate(ready).asBoolean(); tries++) {
      if (tries > 10 * SECONDS) {
        throw new IOException(address + ": not loaded");
      }
      Thread.sleep(100);
    }
  }

  /** The value of an expression in the page; a promise is awaited. */
  JsonNode evaluate(String expression) throws Exception {
    ObjectNode parameters = JSON.createObjectNode().put("expression", expression);
    parameters.put("awaitPromise", true).put("returnByValue", true);
    return call("Runtime.evaluate", parameters.toString()).path("result").path("value");
  }

  @Override
  public void close() {
    socket.abort();
    // Its own processes write to the profile for a while after it has ended.
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    process.destroy();
    all.forEach(one -> one.onExit().orTimeout(SECONDS, TimeUnit.SECONDS).join());
  }
}
