package org.findthelady.structure.declared;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.findthelady.core.Shape;
import org.junit.jupiter.api.Test;

class ArchitectureLinterTest {
  private static final String SOUND =
      """
      {"name": "two layers",
       "sizes": {"width": "config.width"},
       "spaces": {"in": {"frozen": "inputs"},
                  "out": {"frozen": "labels"},
                  "unit.{i}": {"group": "width"},
                  "part.{i}": {"group": "?", "within": "unit.{i}"}},
       "tensors": {"{i}.first": ["unit.{i} * part.{i}", "in"],
                   "{i}.second": ["out", "unit.{i} * part.{i}"]}}
      """;

  @Test
  void findsNothingInShippedFiles() throws IOException {
    for (String file : Files.readAllLines(Path.of("conf/architectures/index.txt"))) {
      try (InputStream in = Files.newInputStream(Path.of("conf/architectures", file))) {
        assertThat(ArchitectureLinter.lint(file, in)).as(file).isEmpty();
      }
    }
  }

  @Test
  void theExampleForNewcomersIsSoundAndFits() throws IOException {
    String guide = Files.readString(Path.of("conf/architectures/README.md"));
    String example = guide.substring(guide.indexOf("```json") + 7);
    example = example.substring(0, example.indexOf("```"));
    Map<String, Shape> shapes = new HashMap<>();
    for (int i = 0; i < 4; i++) {
      shapes.put("net.layer." + i + ".weight", Shape.of(5, i == 0 ? 9 : 5));
      shapes.put("net.layer." + i + ".bias", Shape.of(5));
    }
    shapes.put("head.weight", Shape.of(2, 5));
    assertThat(ArchitectureLinter.lint("README.md", stream(example), shapes, Optional.empty()))
        .isEmpty();
  }

  @Test
  void findsNothingInASoundFile() {
    assertThat(lint(SOUND)).isEmpty();
  }

  @Test
  void findsATensorDescribedTwice() {
    assertThat(
            lint(
                SOUND
                    .replace("{i}.second", "{n=0|1}.second")
                    .replace(
                        "unit.{i} * part.{i}\"]}",
                        "unit.{n} * part.{n}\"], \"1.second\": [\"out\", 3]}")))
        .contains("tensor 1.second: described again by 1.second, and neither is more specific");
    assertThat(lint(SOUND.replace("\"tensors\": {", "\"tensors\": {\"{n}.first\": [3, \"in\"],")))
        .contains("tensor {n}.first: described again by {i}.first, and neither is more specific");
  }

  @Test
  void acceptsAMoreSpecificTemplate() {
    assertThat(
            lint(
                SOUND.replace(
                    "\"tensors\": {", "\"tensors\": {\"0.first\": [\"unit.0 * part.0\", 7],")))
        .isEmpty();
  }

  @Test
  void findsAGroupThatNothingReads() {
    assertThat(lint(SOUND.replace("[\"out\", \"unit.{i} * part.{i}\"]", "[\"out\", 12]")))
        .contains(
            "space unit.{i} lies on axes [0] only: what makes it or what reads it is left out",
            "space part.{i} lies on axes [0] only: what makes it or what reads it is left out");
  }

  @Test
  void findsAPairedGroupWithoutItsPair() {
    assertThat(
            lint(
                SOUND
                    .replace(
                        "\"within\": \"unit.{i}\"", "\"within\": \"unit.{i}\", \"paired\": true")
                    .replace("[\"out\", \"unit.{i} * part.{i}\"]", "[\"out\", \"unit.{i} * 3\"]")))
        .containsExactly("space part.{i} is paired, but lies in one place only");
  }

  @Test
  void findsNestedUnitsWithoutTheirParent() {
    assertThat(
            lint(
                SOUND.replace(
                    "[\"out\", \"unit.{i} * part.{i}\"]", "[\"unit.{i}\", \"part.{i}\"]")))
        .contains("tensor {i}.second axis 1: part.{i} needs unit.{i} ahead of it");
  }

  @Test
  void findsNamesThatStandForNothing() {
    assertThat(lint(SOUND.replace("\"in\"]", "\"inn\"]")))
        .contains(
            "tensor {i}.first axis 1: inn is neither a space nor a size", "space in is never used");
    assertThat(lint(SOUND.replace("\"in\"]", "\"unit.{j}\"]")))
        .contains("tensor {i}.first axis 1: nothing fills {j} of unit.{j}");
    assertThat(lint(SOUND.replace("\"unit.{i}\"}", "\"units.{i}\"}")))
        .contains("space part.{i}: lies within units.{i}, which is no group");
    assertThat(lint(SOUND.replace("{\"group\": \"width\"}", "{\"group\": \"wide\"}")))
        .contains("size wide is not defined", "size width is never used");
    assertThat(
            lint(
                SOUND.replace(
                    "{\"group\": \"width\"}", "{\"group\": \"width\", \"read_by\": [\"third\"]}")))
        .containsExactly("space unit.{i}, read_by: no tensor is called third");
  }

  @Test
  void findsSlicesThatAreNotAllThere() {
    assertThat(lint(SOUND.replace("\"in\"]", "\"unit.{i}[0/2] + unit.{i}[0/2]\"]")))
        .contains("tensor {i}.first axis 1: parts of unit.{i}/2 are missing or doubled");
  }

  @Test
  void findsAFileThatFitsAnything() {
    assertThat(lint("{\"name\": \"x\", \"tensors\": {\"a\": {\"axes\": [3], \"optional\": true}}}"))
        .containsExactly("no tensor is required, so that any checkpoint would fit");
  }

  @Test
  void findsAStackWithoutItsPlaceholder() {
    assertThat(
            lint(
                SOUND.replace(
                    "[\"out\", \"unit.{i} * part.{i}\"]",
                    "{\"axes\": [\"out\", \"unit.{i} * part.{i}\"], \"stack\": \"e\"}")))
        .containsExactly(
            "tensor {i}.second: stack needs a placeholder of the name and an axis of the tensor");
  }

  @Test
  void holdsTheFileAgainstACheckpoint() {
    Map<String, Shape> shapes = Map.of("0.first", Shape.of(6, 4), "0.second", Shape.of(2, 8));
    List<String> problems =
        ArchitectureLinter.lint(
            "mine.json", stream(SOUND.replace("config.width", "2")), shapes, Optional.empty());
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0))
        .contains(
            "tensor '0.second' axis 1: unit.{i} * part.{i} makes 2 * 3 = 6, the tensor has 8");
  }

  private static List<String> lint(String json) {
    return ArchitectureLinter.lint("mine.json", stream(json));
  }

  private static InputStream stream(String json) {
    return new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));
  }
}
