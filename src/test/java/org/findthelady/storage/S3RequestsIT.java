package org.findthelady.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that S3 sees and answers that it gives, on loopback. */
class S3RequestsIT {
  private HttpServer server;
  private final List<String> requests = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** A store before a server that answers as told. */
  private HadoopStore serve(HttpHandler handler) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String condition = exchange.getRequestHeaders().getFirst("If-None-Match");
          requests.add(exchange.getRequestMethod() + " " + condition);
          exchange.getRequestBody().readAllBytes();
          handler.handle(exchange);
          exchange.close();
        });
    server.start();
    return new HadoopStore(
        Map.of(
            "fs.s3a.endpoint", "http://127.0.0.1:" + server.getAddress().getPort(),
            "fs.s3a.endpoint.region", "us-east-1",
            "fs.s3a.path.style.access", "true",
            "fs.s3a.access.key", "test",
            "fs.s3a.secret.key", "test"));
  }

  @Test
  void aStoreThatIsBusyForEverFailsWithinSeconds() throws IOException {
    HadoopStore store = serve(exchange -> exchange.sendResponseHeaders(503, -1));
    Instant start = Instant.now();
    assertThatThrownBy(() -> store.stat("s3a://bucket/model.safetensors"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("503");
    assertThat(requests).hasSizeBetween(2, 20);
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(60));
  }

  @Test
  void theStoreItselfRefusesToOverwrite() throws IOException {
    HadoopStore store =
        serve(
            exchange -> {
              if (exchange.getRequestMethod().equals("PUT")) {
                exchange.sendResponseHeaders(412, -1);
              } else if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.sendResponseHeaders(404, -1);
              } else {
                byte[] none =
                    "<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>"
                        .getBytes(US_ASCII);
                exchange.sendResponseHeaders(200, none.length);
                exchange.getResponseBody().write(none);
              }
            });
    assertThatThrownBy(
            () -> {
              try (OutputStream out = store.create("s3a://bucket/runs/lock")) {
                out.write(1);
              }
            })
        .isInstanceOf(IOException.class);
    assertThat(requests).contains("PUT *");
  }
}
