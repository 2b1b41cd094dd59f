package org.findthelady.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.zip.ZipException;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.Location;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.findthelady.report.AuditPage;
import org.findthelady.report.Lineage;
import org.findthelady.report.ParquetFooter;
import org.findthelady.report.TableWriter;
import org.findthelady.storage.DigestingStore;
import org.findthelady.storage.TextFile;

/**
 * Holds a finished run against what a run promises: its counts add up, its tables speak of the same
 * models, every re-synchronised model is what was written, and nothing else lies there.
 */
final class RunCheck {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final List<String> COUNTS = List.of("audited", "skipped", "failed", "notAudited");
  private static final List<String> TABLES =
      List.of("models", "groups", "layers", "neurons", "findings", "pairs");
  private static final String MODELS = "models";

  private final Store store;
  private final String folder;
  private final List<String> faults = new ArrayList<>();
  private final Map<String, JsonNode> models = new LinkedHashMap<>();
  private final Set<String> leftovers = new TreeSet<>();
  private int files;

  /**
   * @param folder of the run
   */
  RunCheck(Store store, String folder) {
    this.store = store;
    this.folder = folder;
  }

  /** Does all checks. */
  void run() throws IOException {
    JsonNode summary = summary();
    if (summary == null) {
      return;
    }
    readModels(summary.path("runId").asText());
    checkCounts(summary);
    checkGroups();
    for (String table : List.of("layers", "neurons", "findings", "pairs")) {
      rows(table, row -> model(table, row));
    }
    boolean hasLineage = summary.path("versions").has("lineage");
    if (hasLineage) {
      checkLineage();
    }
    checkFiles(checkSums(), hasLineage);
  }

  /**
   * Reads back what a run that is not whole has published. A rerun may be replacing its tables, one
   * after the other, so they are not held against each other.
   *
   * @return {@code partial.json}; empty if it cannot be read
   */
  JsonNode partial() throws IOException {
    checkSums();
    try {
      return JSON.readTree(text(RunFolder.PARTIAL));
    } catch (JsonProcessingException e) {
      fault("partial.json: " + e.getOriginalMessage());
      return JSON.createObjectNode();
    }
  }

  /** What does not hold; empty if all does. */
  List<String> faults() {
    return List.copyOf(faults);
  }

  /** What a process left that is about to end or died, and a rerun removes. */
  List<String> leftovers() {
    return List.copyOf(leftovers);
  }

  /** Models that the run judged. */
  int models() {
    return models.size();
  }

  /** Published files that were read back. */
  int files() {
    return files;
  }

  private void fault(String text) {
    faults.add(text);
  }

  private JsonNode summary() throws IOException {
    String text = text(RunFolder.SUMMARY);
    if (text == null) {
      return null;
    }
    try {
      JsonNode summary = JSON.readTree(text);
      String name = Location.of(folder).name();
      String id = summary.path("runId").asText();
      if (folder.endsWith("/runs/" + name) && !id.equals(name)) {
        fault("run.json: run id '%s' in a folder named '%s'".formatted(id, name));
      }
      return summary;
    } catch (JsonProcessingException e) {
      fault("run.json: %s".formatted(e.getOriginalMessage()));
      return null;
    }
  }

  private String text(String name) throws IOException {
    try {
      return TextFile.read(store, folder + "/" + name);
    } catch (UserException e) {
      fault("%s: is missing".formatted(name));
      return null;
    }
  }

  /** Reads a table row by row, and counts those of its other form. */
  private void rows(String table, Consumer<JsonNode> each) throws IOException {
    String name = TableWriter.jsonLines(table);
    long[] lines = new long[1];
    try {
      TextFile.lines(
          store,
          folder + "/" + name,
          line -> {
            lines[0]++;
            try {
              each.accept(JSON.readTree(line));
            } catch (JsonProcessingException e) {
              fault("%s line %d: %s".formatted(name, lines[0], e.getOriginalMessage()));
            }
          });
    } catch (UserException e) {
      fault("%s: is missing".formatted(name));
      return;
    } catch (EOFException | ZipException e) {
      fault("%s line %d: it was cut or damaged here".formatted(name, lines[0]));
    }
    checkParquet(table, lines[0]);
  }

  /** Both forms of a table have the same number of rows. */
  private void checkParquet(String table, long rows) throws IOException {
    String path = "%s/%s.parquet".formatted(folder, table);
    Optional<FileInfo> file = store.stat(path);
    if (file.isEmpty()) {
      return; // Told where the files are listed.
    }
    try (SeekableInput input = store.open(file.get())) {
      long found = ParquetFooter.rows(input);
      if (found != rows) {
        fault(
            "%s.parquet: %d rows, %s has %d"
                .formatted(table, found, TableWriter.jsonLines(table), rows));
      }
    } catch (IOException e) {
      fault("%s.parquet: %s".formatted(table, e.getMessage()));
    }
  }

  private void readModels(String runId) throws IOException {
    rows(
        MODELS,
        row -> {
          String id = row.path("model_id").asText();
          String run = row.path("run_id").asText();
          if (models.put(id, row) != null) {
            fault("models.jsonl: model '%s' has two rows".formatted(id));
          }
          if (!run.equals(runId)) {
            fault("models.jsonl: model '%s' is of run '%s'".formatted(id, run));
          }
        });
  }

  private void checkCounts(JsonNode summary) {
    long lines = summary.path("manifestLines").asLong(-1);
    long counted = COUNTS.stream().mapToLong(count -> summary.path(count).asLong()).sum();
    if (lines != counted || lines != models.size()) {
      fault(
          "run.json: %d manifest lines, %d counted by outcome, %d rows in models.jsonl"
              .formatted(lines, counted, models.size()));
    }
    Map<String, Long> found = new TreeMap<>();
    models.values().forEach(row -> found.merge(row.path("verdict").asText(), 1L, Long::sum));
    summary
        .path("verdicts")
        .properties()
        .forEach(
            verdict -> {
              Long rows = found.remove(verdict.getKey());
              if (verdict.getValue().asLong() != (rows == null ? 0 : rows)) {
                fault(
                    "run.json: %d models are %s, models.jsonl has %s"
                        .formatted(verdict.getValue().asLong(), verdict.getKey(), rows));
              }
            });
  }

  /** The model that a row speaks of. */
  private JsonNode model(String table, JsonNode row) {
    JsonNode model = models.get(row.path("model_id").asText());
    if (model == null) {
      fault(
          "%s: model '%s' has no row"
              .formatted(TableWriter.jsonLines(table), row.path("model_id").asText()));
    }
    return model;
  }

  private void checkGroups() throws IOException {
    Map<String, long[]> sums = new TreeMap<>();
    rows(
        "groups",
        row -> {
          if (model("groups", row) != null) {
            long[] sum = sums.computeIfAbsent(row.path("model_id").asText(), id -> new long[3]);
            sum[0]++;
            sum[1] += row.path("neurons").asLong();
            sum[2] += row.path("moved").asLong();
          }
        });
    models.forEach(
        (id, row) -> {
          long[] sum = sums.getOrDefault(id, new long[3]);
          long groups = row.path("groups").asLong();
          long neurons = row.path("neurons").asLong();
          long moved = row.path("moved").asLong();
          // A model that was not matched has a structure, and no rows of groups.
          boolean matched = sum[0] > 0 || moved > 0;
          if (matched && (groups != sum[0] || neurons != sum[1] || moved != sum[2])) {
            fault(
                ("groups.jsonl.gz: model '%s' has %d groups, %d neurons, %d moved; models.jsonl says"
                        + " %d, %d, %d")
                    .formatted(id, sum[0], sum[1], sum[2], groups, neurons, moved));
          }
        });
  }

  /** Reads every published file back; the files that SHA256SUMS names. */
  private Set<String> checkSums() throws IOException {
    Set<String> named = new TreeSet<>();
    if (store.stat(folder + "/" + RunFolder.SUMS).isEmpty()) {
      return named;
    }
    for (String line : TextFile.read(store, folder + "/" + RunFolder.SUMS).split("\n", -1)) {
      String[] words = line.split("  ", 2);
      if (words.length == 2) {
        named.add(words[1]);
        checkSum(words[1], words[0]);
      } else if (!line.isEmpty()) {
        fault("SHA256SUMS: '%s' is not a digest and a path".formatted(line));
      }
    }
    return named;
  }

  private void checkSum(String path, String digest) {
    if (!path.startsWith(MODELS + "/") || List.of(path.split("/", -1)).contains("..")) {
      fault("SHA256SUMS: '%s' is not below models/".formatted(path));
      return;
    }
    try {
      String read = DigestingStore.sha256(store, folder + "/" + path);
      files++;
      if (!read.equals(digest)) {
        fault("%s: SHA-256 is %s, the run wrote %s".formatted(path, read, digest));
      }
    } catch (IOException | CheckpointException e) {
      fault("%s: %s".formatted(path, e.getMessage()));
    }
  }

  /** A relation is of models of the run; those that have one with a reference are noted. */
  private void checkEnds(JsonNode relation, Set<String> related) {
    boolean own = relation.at("/from/role").asText().equals("reference");
    for (String end : List.of("from", "to")) {
      String id = relation.path(end).path("id").asText();
      if (relation.path(end).path("role").asText().equals("suspect")) {
        if (!models.containsKey(id)) {
          fault("lineage.json: model '%s' has no row".formatted(id));
        } else if (own) {
          related.add(id);
        }
      }
    }
  }

  /** Every model that is a copy has a relation with a reference, and no other. */
  private void checkLineage() throws IOException {
    String text = text(Lineage.FILE);
    if (text == null) {
      return;
    }
    Set<String> related = new TreeSet<>();
    try {
      for (JsonNode relation : JSON.readTree(text).path("relations")) {
        checkEnds(relation, related);
      }
    } catch (JsonProcessingException e) {
      fault("lineage.json: " + e.getOriginalMessage());
      return;
    }
    models.forEach(
        (id, row) -> {
          boolean copy = Verdict.valueOf(row.path("verdict").asText()).isCopy();
          if (copy != related.remove(id)) {
            String has = copy ? "no relation" : "a relation";
            fault(
                "lineage.json: model '%s' is %s and has %s"
                    .formatted(id, row.path("verdict").asText(), has));
          }
        });
  }

  private void checkFiles(Set<String> published, boolean hasLineage) throws IOException {
    Set<String> known = new HashSet<>(List.of(RunFolder.SUMMARY, RunFolder.PAGE, "timing.json"));
    if (hasLineage) {
      known.add(Lineage.FILE);
    }
    TABLES.forEach(
        table -> known.addAll(List.of(TableWriter.jsonLines(table), table + ".parquet")));
    if (!published.isEmpty()) {
      known.addAll(List.of(RunFolder.SUMS, MODELS));
    }
    Set<String> found = new HashSet<>();
    for (FileInfo file : store.list(folder)) {
      found.add(file.name());
      if (RunFolder.LEFTOVERS.contains(file.name())) {
        leftovers.add(file.name());
      } else if (!known.contains(file.name()) && !AuditPage.isPage(file.name())) {
        fault("%s: does not belong to a finished run".formatted(file.name()));
      }
    }
    known.stream()
        .filter(name -> !found.contains(name) && !name.equals(RunFolder.SUMMARY))
        .filter(name -> !name.contains(".jsonl")) // Told where it is read.
        .sorted()
        .forEach(name -> fault("%s: is missing".formatted(name)));
    if (found.contains(MODELS)) {
      checkBelow(folder + "/" + MODELS, published);
    }
  }

  private void checkBelow(String path, Set<String> published) throws IOException {
    for (FileInfo file : store.list(path)) {
      if (file.folder()) {
        checkBelow(file.path(), published);
      } else if (!published.contains(file.path().substring(folder.length() + 1))) {
        fault("%s: stands in no SHA256SUMS".formatted(file.path().substring(folder.length() + 1)));
      }
    }
  }
}
