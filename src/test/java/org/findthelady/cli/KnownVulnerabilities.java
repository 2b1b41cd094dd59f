package org.findthelady.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.hadoop.util.ComparableVersion;

/**
 * Holds a CycloneDX bill of materials against advisories in OSV's format (<a
 * href="https://ossf.github.io/osv-schema/">ossf.github.io/osv-schema</a>), as OSV gives them out
 * in one archive for all of Maven.
 */
final class KnownVulnerabilities {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Versions by {@code group:name}. */
  private final Map<String, Set<String>> components = new TreeMap<>();

  private int advisories;

  /**
   * @param bill a CycloneDX bill in JSON
   */
  KnownVulnerabilities(byte[] bill) throws IOException {
    for (JsonNode component : JSON.readTree(bill).path("components")) {
      components
          .computeIfAbsent(
              component.path("group").asText() + ":" + component.path("name").asText(),
              name -> new TreeSet<>())
          .add(component.path("version").asText());
    }
  }

  /**
   * Prints what is known.
   *
   * @param arguments a bill, an archive of advisories, and a file of those that were looked at and
   *     do not matter, an id and a reason a line
   */
  public static void main(String[] arguments) throws IOException {
    KnownVulnerabilities known =
        new KnownVulnerabilities(Files.readAllBytes(Path.of(arguments[0])));
    Set<String> accepted = accepted(Files.readAllLines(Path.of(arguments[2])));
    List<String> found = known.in(Path.of(arguments[1]));
    found.forEach(System.out::println);
    System.out.printf("%d advisories, %d found%n", known.advisories, found.size());
    boolean all = found.stream().allMatch(line -> accepted.contains(line.split(" ", 2)[0]));
    System.exit(known.advisories == 0 ? 2 : all ? 0 : 1);
  }

  /** The ids ahead of the reasons; a line that begins with # is a remark. */
  static Set<String> accepted(List<String> lines) {
    return lines.stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> line.split(" ", 2)[0])
        .collect(Collectors.toSet());
  }

  /** Advisories of an archive that speak of a component, a line each. */
  List<String> in(Path archive) throws IOException {
    Set<String> found = new TreeSet<>();
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().endsWith(".json")) {
          found.addAll(of(JSON.readTree(zip.readAllBytes())));
        }
      }
    }
    return List.copyOf(found);
  }

  /**
   * What one advisory says of the components: its id, its component with the version, its words.
   */
  List<String> of(JsonNode advisory) {
    advisories++;
    List<String> found = new ArrayList<>();
    if (advisory.has("withdrawn")) {
      return found;
    }
    for (JsonNode affected : advisory.path("affected")) {
      String name = affected.at("/package/name").asText();
      for (String version : components.getOrDefault(name, Set.of())) {
        if (affects(affected, version)) {
          found.add(
              "%s %s:%s %s"
                  .formatted(
                      advisory.path("id").asText(),
                      name,
                      version,
                      advisory.path("summary").asText()));
        }
      }
    }
    return found;
  }

  private static boolean affects(JsonNode affected, String version) {
    for (JsonNode listed : affected.path("versions")) {
      if (listed.asText().equals(version)) {
        return true;
      }
    }
    for (JsonNode range : affected.path("ranges")) {
      if (range.path("type").asText().equals("ECOSYSTEM") && within(range, version)) {
        return true;
      }
    }
    return false;
  }

  /** Events are in order: a version is affected from the last one on that is not above it. */
  private static boolean within(JsonNode range, String version) {
    ComparableVersion ours = new ComparableVersion(version);
    boolean affected = false;
    for (JsonNode event : range.path("events")) {
      String introduced = event.path("introduced").asText("");
      String fixed = event.path("fixed").asText("");
      String last = event.path("last_affected").asText("");
      if (introduced.equals("0") || reaches(ours, introduced)) {
        affected = true;
      }
      boolean over = !last.isEmpty() && ours.compareTo(new ComparableVersion(last)) > 0;
      if (over || reaches(ours, fixed)) {
        affected = false;
      }
    }
    return affected;
  }

  private static boolean reaches(ComparableVersion ours, String bound) {
    return Stream.of(bound)
        .filter(text -> !text.isEmpty())
        .anyMatch(text -> ours.compareTo(new ComparableVersion(text)) >= 0);
  }
}
