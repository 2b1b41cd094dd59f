package org.findthelady.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * What an audit of a registry came to beside what is true.
 *
 * @param kinds how each suspect was made
 * @param parents of each suspect; empty if it was trained apart
 */
record RegistryTable(Map<String, String> kinds, Map<String, Set<String>> parents, int references) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final class Line {
    int models;
    int right;
    int wrong;
    int unknown;
    int matched;
    int both;
    double near;
    double far = 1;
  }

  /** Markdown. */
  String of(Path runs, double seconds) throws IOException {
    Path run =
        runs.resolve(JSON.readTree(runs.resolve("latest.json").toFile()).get("run").asText());
    Map<String, Line> lines = new TreeMap<>();
    for (String text : Files.readAllLines(run.resolve("models.jsonl"))) {
      add(lines, JSON.readTree(text));
    }
    Map<String, Integer> fitting = new HashMap<>();
    try (BufferedReader pairs =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(run.resolve("pairs.jsonl.gz"))), UTF_8))) {
      for (String text = pairs.readLine(); text != null; text = pairs.readLine()) {
        addPair(lines, JSON.readTree(text), fitting);
      }
    }
    StringBuilder table =
        new StringBuilder(
            "| suspects | how many | right | wrong | undecided | pairs matched of"
                + " | distance to parents, at most | to others, at least |\n"
                + "|---|---|---|---|---|---|---|---|\n");
    Line all = new Line();
    Line derived = new Line();
    for (Map.Entry<String, Line> entry : lines.entrySet()) {
      Line line = entry.getValue();
      table.append(row(entry.getKey(), line));
      sum(all, line);
      if (!entry.getKey().equals("apart")) {
        sum(derived, line);
      }
    }
    table.append(row("all", all)).append('\n');
    table.append(share("recall", derived.right, derived.models));
    table.append(share("precision", derived.right, derived.right + all.wrong));
    return table + String.format(Locale.ROOT, "%.1f seconds%n", seconds);
  }

  private void add(Map<String, Line> lines, JsonNode row) {
    String name = name(row);
    Line line = lines.computeIfAbsent(kinds.get(name), k -> new Line());
    String found = row.get("reference_id").asText();
    boolean none = found.equals("none fits");
    line.models++;
    if (found.equals("undecided") || (none && !parents.get(name).isEmpty())) {
      line.unknown++;
    } else if (none || parents.get(name).contains(found)) {
      line.right++;
    } else {
      line.wrong++;
      System.out.println("wrong: " + name + ", " + kinds.get(name) + ", is told as " + found);
    }
  }

  private void addPair(Map<String, Line> lines, JsonNode row, Map<String, Integer> fitting) {
    String name = name(row);
    Line line = lines.get(kinds.get(name));
    line.matched += row.get("verdict").asText().isEmpty() ? 0 : 1;
    boolean parent = parents.get(name).contains(row.get("reference_id").asText());
    JsonNode distance = row.path("fingerprint_distance");
    if (parent
        && List.of("IDENTICAL", "PERMUTED", "RESCALED", "ROTATED", "DERIVED")
            .contains(row.get("verdict").asText())) {
      line.both += fitting.merge(name, 1, Integer::sum) == 2 ? 1 : 0;
    }
    if (distance.isNumber()) {
      line.near = parent ? Math.max(line.near, distance.asDouble()) : line.near;
      line.far = parent ? line.far : Math.min(line.far, distance.asDouble());
    }
  }

  private static String name(JsonNode row) {
    return row.get("model_id").asText().replace(".safetensors", "");
  }

  private static void sum(Line total, Line line) {
    total.models += line.models;
    total.right += line.right;
    total.wrong += line.wrong;
    total.unknown += line.unknown;
    total.matched += line.matched;
    total.both += line.both;
    total.near = Math.max(total.near, line.near);
    total.far = Math.min(total.far, line.far);
  }

  private String row(String kind, Line line) {
    return String.format(
        Locale.ROOT,
        "| %s | %d | %d%s | %d | %d | %,d of %,d | %.2f | %.2f |%n",
        kind,
        line.models,
        line.right,
        line.both > 0 && kind.equals("merged") ? " (both parents: " + line.both + ")" : "",
        line.wrong,
        line.unknown,
        line.matched,
        line.models * references,
        line.near,
        line.far);
  }

  /** With Wilson's interval of 95 %. */
  private static String share(String name, int hits, int trials) {
    double z = 1.96;
    double share = hits / (double) trials;
    double root = z * Math.sqrt(share * (1 - share) / trials + z * z / 4 / trials / trials);
    double middle = share + z * z / 2 / trials;
    double scale = 1 + z * z / trials;
    return String.format(
        Locale.ROOT,
        "%s %d of %d, %.1f %% (95 %% interval %.1f to %.1f %%)%n",
        name,
        hits,
        trials,
        100 * share,
        100 * (middle - root) / scale,
        100 * Math.min(1, (middle + root) / scale));
  }
}
