package org.findthelady.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.findthelady.cli.Main;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lets models land in a folder that is watched and says how long each waits for its verdict. */
@Command(name = "watch", description = "Measure the time from landing to verdict.")
final class WatchLatency implements Callable<Integer> {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Option(names = "--model", required = true, description = "What is copied; the reference too.")
  Path model;

  @Option(names = "--out", required = true, description = "Folder to make.")
  Path out;

  @Option(names = "--arrivals", defaultValue = "100")
  int arrivals;

  @Option(names = "--interval", defaultValue = "1")
  double interval;

  @Option(names = "--gap", defaultValue = "2", description = "Mean seconds between arrivals.")
  double gap;

  private final Map<String, Long> landed = new ConcurrentHashMap<>();
  private final Map<String, Long> told = new TreeMap<>();

  @Override
  public Integer call() throws Exception {
    Files.createDirectories(out.resolve("in"));
    Files.copy(model, out.resolve("own"), StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(
        out.resolve("job.json"),
        "{\"name\": \"watched\", \"references\": [{\"path\": \"own\"}], \"suspects\": [{\"glob\":"
            + " \"in/*\"}]}");
    Thread landing = new Thread(this::land, "landing");
    Thread reading = new Thread(this::read, "reading");
    landing.start();
    reading.start();
    int code =
        Main.run(
            "audit",
            "--job",
            out.resolve("job.json").toString(),
            "--out",
            out.resolve("runs-of-watch").toString(),
            "--watch",
            Double.toString(interval),
            "--idle",
            Double.toString(10 + 3 * gap));
    landing.join();
    reading.interrupt();
    reading.join();
    double[] seconds =
        told.entrySet().stream()
            .mapToDouble(e -> (e.getValue() - landed.get(e.getKey())) / 1e9)
            .sorted()
            .toArray();
    System.out.printf(
        java.util.Locale.ROOT,
        "%d of %d arrivals told; seconds from landing to verdict: least %.1f, median %.1f, 90 %%"
            + " %.1f, most %.1f%n",
        seconds.length,
        arrivals,
        seconds[0],
        seconds[seconds.length / 2],
        seconds[seconds.length * 9 / 10],
        seconds[seconds.length - 1]);
    System.out.println(Arrays.toString(seconds));
    return code;
  }

  private void land() {
    SplittableRandom random = new SplittableRandom(1);
    try {
      for (int i = 0; i < arrivals; i++) {
        Thread.sleep((long) (1000 * gap * -Math.log(1 - random.nextDouble())));
        String name = "m%03d".formatted(i);
        Files.copy(model, out.resolve("in/" + name));
        landed.put(name, System.nanoTime());
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads as any other program does: the newest whole run, then its rows. */
  private void read() {
    Path runs = out.resolve("runs-of-watch");
    String last = "";
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Thread.sleep(50);
        JsonNode latest = JSON.readTree(runs.resolve("latest.json").toFile());
        String run = latest.get("run").asText();
        if (!run.equals(last)) {
          for (String row : Files.readAllLines(runs.resolve(run).resolve("models.jsonl"))) {
            told.putIfAbsent(JSON.readTree(row).get("model_id").asText(), System.nanoTime());
          }
          last = run;
        }
      } catch (IOException e) {
        last = ""; // not there yet, or replaced by the next
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}
