package org.findthelady.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class S3DeadlineIT {
  @Test
  void aStoreThatIsBusyForEverFailsWithinSeconds() throws IOException {
    AtomicInteger requests = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          exchange.sendResponseHeaders(503, -1);
          exchange.close();
        });
    server.start();
    try {
      HadoopStore store =
          new HadoopStore(
              Map.of(
                  "fs.s3a.endpoint", "http://127.0.0.1:" + server.getAddress().getPort(),
                  "fs.s3a.endpoint.region", "us-east-1",
                  "fs.s3a.path.style.access", "true",
                  "fs.s3a.access.key", "test",
                  "fs.s3a.secret.key", "test"));
      Instant start = Instant.now();
      assertThatThrownBy(() -> store.stat("s3a://bucket/model.safetensors"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("503");
      Duration taken = Duration.between(start, Instant.now());
      System.out.println("503 for ever: gave up after " + taken + ", " + requests + " requests");
      assertThat(requests.get()).isBetween(2, 20);
      assertThat(taken).isLessThan(Duration.ofSeconds(30));
    } finally {
      server.stop(0);
    }
  }
}
