package org.findthelady.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownVulnerabilitiesTest {
  @TempDir private Path folder;

  private List<String> found(String version, String affected) throws IOException {
    String bill =
        """
        {"components": [{"group": "org.example", "name": "codec", "version": "%s"},
                        {"group": "org.example", "name": "other", "version": "1.0"}]}
        """
            .formatted(version);
    Map<String, String> advisories = new TreeMap<>();
    advisories.put(
        "one.json",
        """
        {"id": "X-1", "summary": "reads beyond its end", "affected": [
          {"package": {"ecosystem": "Maven", "name": "org.example:codec"}, %s}]}
        """
            .formatted(affected));
    advisories.put(
        "withdrawn.json",
        """
        {"id": "X-2", "withdrawn": "2026-01-01T00:00:00Z", "affected": [
          {"package": {"ecosystem": "Maven", "name": "org.example:codec"}, %s}]}
        """
            .formatted(affected));
    Path archive = folder.resolve("all.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      for (Map.Entry<String, String> advisory : advisories.entrySet()) {
        zip.putNextEntry(new ZipEntry(advisory.getKey()));
        zip.write(advisory.getValue().getBytes(UTF_8));
      }
    }
    return new KnownVulnerabilities(bill.getBytes(UTF_8)).in(archive);
  }

  @ParameterizedTest
  @CsvSource({
    "1.7.9, false", "1.8.0, true", "1.8.0.Final, true", "1.9.10, true", "1.10.0, true",
    "1.10.1, false", "2.0-rc1, false", "2.0.0, true", "2.0.1, true", "2.1, false",
  })
  void aVersionIsAffectedBetweenTheBounds(String version, boolean affected) throws IOException {
    List<String> found =
        found(
            version,
            """
            "ranges": [{"type": "ECOSYSTEM", "events": [
              {"introduced": "1.8.0"}, {"fixed": "1.10.1"},
              {"introduced": "2.0.0"}, {"last_affected": "2.0.1"}]}]
            """);
    assertThat(found)
        .isEqualTo(
            affected
                ? List.of("X-1 org.example:codec:%s reads beyond its end".formatted(version))
                : List.of());
  }

  @Test
  void versionsThatAreListedAreAffected() throws IOException {
    assertThat(found("1.0", "\"versions\": [\"0.9\", \"1.0\"]")).hasSize(1);
    assertThat(found("1.1", "\"versions\": [\"0.9\", \"1.0\"]")).isEmpty();
  }

  @Test
  void whatWasLookedAtIsNamedWithAReason() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("src/test/vulnerabilities/accepted"));
    assertThat(KnownVulnerabilities.accepted(List.of("# x", "", "X-1 not used")))
        .containsOnly("X-1");
    assertThat(lines).allMatch(line -> line.startsWith("#") || line.split(" ", 2).length == 2);
  }
}
