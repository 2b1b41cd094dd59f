package org.findthelady.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.findthelady.job.Audit;
import org.findthelady.storage.TestS3;

/**
 * What an audit on S3 costs: requests and bytes of a suspect, and seconds at a given latency.
 *
 * <p>Arguments: a reference file, a suspect file, copies of the suspect, milliseconds that the
 * server takes for every answer, {@code report} or {@code resync}. Threads: {@code -Dspark.master}.
 */
public final class S3Cost {
  private S3Cost() {}

  public static void main(String[] arguments) throws IOException {
    int copies = Integer.parseInt(arguments[2]);
    try (TestS3 s3 = new TestS3()) {
      Path config = Path.of(arguments[0]).resolveSibling("config.json");
      if (Files.exists(config)) {
        s3.put("mine/config.json", Files.readAllBytes(config));
        s3.put("found/config.json", Files.readAllBytes(config));
      }
      byte[] suspect = Files.readAllBytes(Path.of(arguments[1]));
      s3.put("mine/model.safetensors", Files.readAllBytes(Path.of(arguments[0])));
      for (int i = 0; i < copies; i++) {
        s3.put("found/m%05d.safetensors".formatted(i), suspect);
      }
      String job =
          """
          {"name": "cost", "resync": %s,
           "references": [{"id": "mine", "path": "mine/model.safetensors"}],
           "suspects": [{"glob": "found/*.safetensors"}]}
          """
              .formatted(arguments[4].equals("resync"));
      s3.put("job.json", job.getBytes(UTF_8));
      s3.latency(Long.parseLong(arguments[3]));
      s3.forgetRequests();
      long started = System.nanoTime();
      Audit.run(
          new Audit.Request("s3a://bucket/job.json", "s3a://bucket/out", null, s3.properties()));
      double seconds = (System.nanoTime() - started) / 1e9;
      Map<String, Integer> kinds = new TreeMap<>();
      for (String request : s3.requests()) {
        String place = request.contains(" mine/") ? "reference" : "rest";
        place = request.matches(".* found/m.*|.*/models/m.*") ? "suspect" : place;
        kinds.merge(place + " " + request.substring(0, request.indexOf(' ')), 1, Integer::sum);
      }
      System.out.printf(
          Locale.ROOT,
          "%d copies of %d bytes, %s ms, %.1f s, %d requests, %d bytes sent: %s%n",
          copies,
          suspect.length,
          arguments[3],
          seconds,
          s3.requests().size(),
          s3.bytesSent(),
          kinds);
    }
  }
}
