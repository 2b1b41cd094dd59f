package org.findthelady.job.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.findthelady.DocumentedTable;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobFileTest {
  private static final Path SCHEMA = Path.of("conf/schemas/job.schema.json");
  private static final String START =
      "{\"name\": \"n\", \"references\": [{\"id\": \"a\", \"path\": \"p\"}], \"suspects\": [";

  private static Schema published() throws IOException {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(Files.readString(SCHEMA));
  }

  private static boolean isValid(String json) throws IOException {
    return published().validate(json, InputFormat.JSON).isEmpty();
  }

  private static String refusal(String json) {
    return catchThrowable(() -> JobFile.parse(json, "f.json")).getMessage();
  }

  @Test
  void tellsAllMistakesTogetherWithLineAndNearestKey() {
    String told =
        refusal(
            """
            {
              "name": "n",
              "refrences": [{"id": "a", "path": "p"}],
              "suspects": [{"glob": "*", "path": "s"},
                {"pth": "x"}],
              "assign": "one-to-ne",
              "seed": "1",
              "policy": {"failOn": ["DERIVD"], "allowed": {"DERIVED": -1}}
            }
            """);
    assertThat(told.lines())
        .containsExactly(
            "f.json: 9 mistakes",
            "  line 1: key 'references' is missing",
            "  line 3: unknown key 'refrences'; did you mean 'references'?",
            "  line 4: suspects[0]: needs exactly one of path, glob, folder, manifest, mlflow, has"
                + " path and glob",
            "  line 5: unknown key 'pth'; did you mean 'path'?",
            "  line 5: suspects[1]: needs exactly one of path, glob, folder, manifest, mlflow, has"
                + " none",
            "  line 6: assign: 'one-to-ne' is not known; did you mean 'one-to-one'?",
            "  line 7: seed: must be a whole number, not the text \"1\"",
            "  line 8: policy.failOn[0]: 'DERIVD' is not known; did you mean 'DERIVED'?",
            "  line 8: policy.allowed.DERIVED: must be at least 0, not -1");
  }

  @Test
  void tellsOneMistakeInOneLine() {
    assertThat(refusal(START + "{\"path\": \"s\", \"reference\": \"b\"}]}"))
        .isEqualTo(
            "f.json line 1: suspects[0].reference: there is no reference 'b', only [a]; did"
                + " you mean 'a'?");
    assertThat(refusal("{\"name\": \"n\",\n \"name\" \"m\"}"))
        .startsWith("f.json line 2: not JSON");
    assertThat(refusal("")).isEqualTo("f.json line 1: the file is empty");
    assertThat(refusal("[]")).isEqualTo("f.json line 1: must be an object, not a list");
    assertThat(refusal(START + "{\"path\": \"s\"}],\n\"name\": \"m\"}"))
        .isEqualTo("f.json line 2: key 'name' stands twice");
    assertThat(refusal(START + "{\"path\": \"s\"}]}\n{}"))
        .isEqualTo("f.json line 2: there is more behind the end");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"path\": \"s\"}], \"sead\": 1}",
        "{\"path\": \"\"}]}",
        "{\"path\": 3}]}",
        "{\"glob\": \"s\", \"id\": \"x\"}]}",
        "{\"glob\": \"s\", \"truth\": \"x\"}]}",
        "{\"folder\": \"s\", \"manifest\": \"x\"}]}",
        "{}]}",
        "]}",
        "{\"path\": \"s\"}], \"resync\": 1}",
        "{\"path\": \"s\"}], \"seed\": 1.5}",
        "{\"path\": \"s\"}], \"evidence\": \"some\"}",
        "{\"path\": \"s\"}], \"policy\": {\"failOn\": \"DERIVED\"}}",
        "{\"path\": \"s\"}], \"policy\": {\"allowed\": {\"NEVER\": 1}}}",
        "{\"path\": \"s\"}], \"policy\": {\"allowed\": {\"DERIVED\": -1}}}",
        "{\"path\": \"s\"}], \"outputs\": {\"out\": \"x\"}}"
      })
  void refusesWhatThePublishedSchemaRefuses(String rest) throws IOException {
    assertThat(isValid(START + rest)).isFalse();
    assertThatThrownBy(() -> JobFile.parse(START + rest, "f.json"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("f.json line 1: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"path\": \"s\", \"id\": \"x\", \"truth\": \"t\", \"reference\": \"a\"}]}",
        "{\"glob\": \"s\", \"reference\": \"a\"}, {\"folder\": \"f\"}, {\"manifest\": \"m\"}]}",
        "{\"path\": \"s\"}], \"$schema\": \"x\", \"seed\": -4, \"resync\": true}",
        "{\"path\": \"s\"}], \"policy\": {\"failOn\": [\"DERIVED\"], \"strict\": true,"
            + " \"allowed\": {\"UNDECIDED\": 2}}, \"outputs\": {\"folder\": \"x\"}}"
      })
  void acceptsWhatThePublishedSchemaAccepts(String rest) throws IOException {
    assertThat(isValid(START + rest)).isTrue();
    assertThat(JobFile.parse(START + rest, "f.json").suspects()).isNotEmpty();
  }

  @Test
  void everyAuditInJobsFitsThePublishedSchema() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("jobs"))) {
      for (Path job : files.filter(file -> file.toString().endsWith(".json")).toList()) {
        String json = Files.readString(job);
        if (json.contains("\"suspects\"")) {
          assertThat(published().validate(json, InputFormat.JSON)).as(job.toString()).isEmpty();
        }
      }
    }
  }

  @Test
  void theSchemaNamesEveryVerdict() throws IOException {
    JsonNode schema = JsonMapper.builder().build().readTree(SCHEMA.toFile());
    List<String> named = new ArrayList<>();
    schema.at("/$defs/verdict/enum").forEach(verdict -> named.add(verdict.asText()));
    assertThat(named)
        .containsExactlyElementsOf(Stream.of(Verdict.values()).map(Enum::name).toList());
  }

  @Test
  void aPolicyNamesTheModelsThatItDoesNotAllow() {
    JobFile job =
        JobFile.parse(
            START
                + "{\"path\": \"s\"}], \"policy\": {\"failOn\": [\"DERIVED\"], \"allowed\":"
                + " {\"UNDECIDED\": 1}}}",
            "f.json");
    Map<String, Verdict> verdicts =
        Map.of("x", Verdict.DERIVED, "y", Verdict.UNDECIDED, "z", Verdict.IDENTICAL);
    assertThat(job.policy().breaches(verdicts))
        .containsExactly("1 model is DERIVED, the job's policy allows 0: x");
    assertThat(job.policy().breaches(Map.of("u", Verdict.UNDECIDED, "v", Verdict.UNDECIDED)))
        .containsExactly("2 models are UNDECIDED, the job's policy allows 1: u, v");
  }

  @Test
  void theDocumentedKeysAreThoseOfTheSchema() throws IOException {
    JsonNode schema = JsonMapper.builder().build().readTree(SCHEMA.toFile());
    StringBuilder page = new StringBuilder();
    table(schema, schema, page);
    for (String part : List.of("reference", "suspect", "manifestLine", "policy", "outputs")) {
      JsonNode definition = schema.at("/$defs/" + part);
      page.append("\n### ").append(definition.path("title").asText()).append("\n\n");
      page.append(definition.path("description").asText()).append("\n\n");
      table(schema, definition, page);
    }
    DocumentedTable.assertHolds(
        "docs/job-file.md", "keys: JobFileTest writes these", page.toString());
  }

  private static void table(JsonNode schema, JsonNode definition, StringBuilder page) {
    page.append("| key | type | default | meaning |\n|---|---|---|---|\n");
    List<String> required = new ArrayList<>();
    definition.path("required").forEach(key -> required.add(key.asText()));
    definition
        .path("properties")
        .properties()
        .forEach(
            property -> {
              JsonNode given = property.getValue();
              JsonNode value =
                  given.has("$ref") ? schema.at(given.get("$ref").asText().substring(1)) : given;
              page.append(
                  "| `%s` | %s | %s | %s |\n"
                      .formatted(
                          property.getKey(),
                          type(value),
                          required.contains(property.getKey())
                              ? "required"
                              : value.has("default") ? "`" + value.get("default") + "`" : "",
                          value.path("description").asText()));
            });
  }

  private static String type(JsonNode value) {
    if (value.has("enum")) {
      List<String> words = new ArrayList<>();
      value.get("enum").forEach(word -> words.add("`" + word.asText() + "`"));
      return String.join(" or ", words);
    }
    return value.path("type").asText();
  }
}
