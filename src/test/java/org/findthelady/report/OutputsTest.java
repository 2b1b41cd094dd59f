package org.findthelady.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.findthelady.core.Verdict;
import org.findthelady.storage.DigestingStore;
import org.junit.jupiter.api.Test;

/** What other programs read is valid by the schemas of those who defined it. */
class OutputsTest {
  private static final String ODD = "a \u0007<&>\"'%20 \u00fc\u2028#?.th";

  /** A model of every verdict, one with a name that breaks what is not escaped. */
  private static Judged judged(boolean whole) {
    List<ModelRow> rows = new ArrayList<>();
    for (int i = 0; i < Verdict.values().length; i++) {
      rows.add(Rows.model(i, Rows.verdict(i)));
    }
    ModelRow row = rows.get(0);
    ModelNames names = row.names();
    rows.add(
        new ModelRow(
            new ModelNames(
                names.runId(),
                ODD,
                "s3a://b/" + ODD,
                "/x/" + ODD,
                "",
                "",
                "",
                ModelNames.Contents.UNKNOWN),
            Verdict.DERIVED,
            "why " + ODD,
            1,
            row.counts(),
            row.margins(),
            row.closeness(),
            row.size()));
    return new Judged(
        "0123456789abcdef",
        "0.1.0",
        rows,
        whole
            ? List.of()
            : List.of(new AuditPage.Missed("gone " + ODD, "MISSING", "nothing there")));
  }

  private static JsonNode tree(String json) throws IOException {
    return new JsonMapper().readTree(json);
  }

  @Test
  void sarifIsValidAndHasAResultForEveryModel() throws Exception {
    String sarif = SarifLog.of(judged(false));
    assertThat(OutputSchemas.ofSarif(sarif)).isEmpty();
    assertThat(OutputSchemas.ofSarif(sarif.replace("\"error\"", "\"grave\"")))
        .as("a schema that finds a fault")
        .isNotEmpty();
    JsonNode run = tree(sarif).path("runs").path(0);
    assertThat(run.path("results").size()).isEqualTo(Verdict.values().length + 1);
    assertThat(run.path("invocations").path(0).path("executionSuccessful").asBoolean()).isFalse();
    for (JsonNode result : run.path("results")) {
      Verdict verdict = Verdict.valueOf(result.path("ruleId").asText());
      String rule =
          run.at("/tool/driver/rules/" + result.path("ruleIndex").asInt() + "/id").asText();
      assertThat(rule).isEqualTo(verdict.name());
      assertThat(result.path("kind").asText().equals("pass"))
          .as("only what was compared and is other has passed")
          .isEqualTo(verdict == Verdict.UNRELATED);
    }
  }

  @Test
  void junitIsValidAndNothingUnknownPasses() throws Exception {
    String xml = JunitXml.of(judged(false));
    OutputSchemas.requireJunit(xml);
    assertThat(xml)
        .contains("tests=\"11\" failures=\"6\" errors=\"3\" skipped=\"1\"")
        .contains("<error type=\"MISSING\" message=\"nothing there\"/>")
        .contains("<error type=\"UNDECIDED\"")
        .contains("<error type=\"UNREADABLE\"")
        .contains("\\u0007&lt;&amp;");
  }

  private static SortedMap<String, String> file(String path) {
    return new TreeMap<>(Map.of(path, "0f".repeat(32)));
  }

  @Test
  void theBillOfMaterialsIsValidAndClaimsNoUnprovenAncestor() throws Exception {
    Judged judged = judged(true);
    Map<String, SortedMap<String, String>> files = new TreeMap<>();
    files.put("reference/resnet20.safetensors", file("reference/resnet20.safetensors"));
    files.put("fleet/model-1.safetensors", file("fleet/model-1.safetensors"));
    SortedMap<String, String> two = file("fleet/model-2.safetensors/a");
    two.put("fleet/model-2.safetensors/b", "1e".repeat(32));
    files.put("fleet/model-2.safetensors", two);
    Lineage lineage = new Lineage();
    judged.models().forEach(row -> lineage.add(ModelFindings.of(row)));
    String bom = MlBom.of(judged, files, Lineage.relations(tree(lineage.json("run"))));
    assertThat(OutputSchemas.ofBom(bom)).isEmpty();
    assertThat(OutputSchemas.ofBom(bom.replace("machine-learning-model", "model"))).isNotEmpty();
    for (JsonNode model : tree(bom).path("components")) {
      Verdict verdict = Verdict.valueOf(model.at("/properties/0/value").asText());
      JsonNode pedigree = model.path("pedigree");
      assertThat(pedigree.has("ancestors")).as(verdict.name()).isEqualTo(verdict.isSameWeights());
      assertThat(pedigree.has("variants")).isEqualTo(verdict == Verdict.DERIVED);
    }
  }

  @Test
  void aPrunedModelHasAnAncestorAndAMergeItsParents() throws Exception {
    ModelRow row =
        judged(true).models().stream()
            .filter(r -> r.verdict() == Verdict.DERIVED)
            .findFirst()
            .orElseThrow();
    Judged judged = new Judged("0123456789abcdef", "0.1.0", List.of(row), List.of());
    Lineage.Node suspect = new Lineage.Node(false, row.names().modelId());
    Lineage.Relation pruned =
        new Lineage.Relation(
            new Lineage.Node(true, "a"), suspect, "DERIVED", true, List.of("PRUNED"), null, 0.1);
    Lineage.Relation part =
        new Lineage.Relation(
            new Lineage.Node(true, "b"), suspect, "DERIVED", false, List.of("MERGED"), 0.4, null);
    String bom = MlBom.of(judged, Map.of(), List.of(pruned, part));
    assertThat(OutputSchemas.ofBom(bom)).isEmpty();
    JsonNode pedigree = tree(bom).at("/components/0/pedigree");
    assertThat(pedigree.at("/ancestors/0/name").asText()).isEqualTo("a");
    assertThat(pedigree.at("/variants/0/name").asText()).isEqualTo("b");
  }

  @Test
  void aVerificationSummaryPassesOnlyWhatWasComparedAndIsOther() throws Exception {
    Judged judged = judged(true);
    for (ModelRow row : judged.models()) {
      String statement = "s3a://b/a b/" + row.verdict() + ".intoto.json";
      String digest = "2a".repeat(32);
      String json = summary(row, statement, digest);
      Attestations.summary(json);
      JsonNode summary = tree(json);
      assertThat(summary.at("/subject/0/digest/sha256").asText()).isEqualTo("0f".repeat(32));
      JsonNode predicate = summary.path("predicate");
      assertThat(predicate.path("timeVerified").asText()).isEqualTo("2026-01-02T03:04:05Z");
      JsonNode input = predicate.at("/inputAttestations/0");
      assertThat(input.path("uri").asText()).isEqualTo(statement.replace(" ", "%20"));
      assertThat(input.at("/digest/sha256").asText()).isEqualTo(digest);
      boolean passed = row.verdict() == Verdict.UNRELATED;
      assertThat(predicate.path("verificationResult").asText())
          .isEqualTo(passed ? "PASSED" : "FAILED");
      assertThat(predicate.at("/verifiedLevels/0").asText())
          .isEqualTo(passed ? "FTL_UNRELATED" : "FAILED");
    }
  }

  private static String summary(ModelRow row, String statement, String digest) {
    SortedMap<String, String> suspect = file("/x/" + row.verdict());
    return VerificationSummary.of(row, suspect, "2026-01-02T03:04:05Z", statement, digest);
  }

  /** Every key of an attestation is one that its definition has: another name is an error. */
  @Test
  void aKeyThatTheDefinitionsDoNotHaveIsNoAttestation() throws Exception {
    Judged judged = judged(true);
    ModelRow row = judged.models().get(0);
    String summary = summary(row, "/x/s.json", "2a".repeat(32));
    for (String key :
        List.of(
            "_type",
            "subject",
            "digest",
            "predicateType",
            "predicate",
            "verifier",
            "id",
            "uri",
            "timeVerified",
            "resourceUri",
            "policy",
            "inputAttestations",
            "verificationResult",
            "verifiedLevels",
            "slsaVersion")) {
      String wrong = summary.replace('"' + key + "\"", '"' + key + "s\"");
      assertThat(wrong).isNotEqualTo(summary);
      assertThatThrownBy(() -> Attestations.summary(wrong))
          .as(key)
          .isInstanceOf(InvalidProtocolBufferException.class)
          .hasMessageContaining(key + "s");
    }
    String statement = Statement.of(judged, row, file("/x/a"), file("/x/b"));
    Attestations.statement(statement);
    assertThatThrownBy(() -> Attestations.statement(statement.replace("0f0f", "0F0F")))
        .isInstanceOf(AssertionError.class);
  }

  /** Digests that model-signing 1.1 gave for files that hold one letter each. */
  @Test
  void aModelAsAWholeHasTheDigestOfItsSignature() throws Exception {
    SortedMap<String, String> one = new TreeMap<>();
    one.put("/m/one.bin", DigestingStore.sha256("a"));
    assertThat(whole(one))
        .isEqualTo("bf5d3affb73efd2ec6c36ad3112dd933efed63c4e1cbffcfa88e2759c144f2d8");
    SortedMap<String, String> several = new TreeMap<>();
    several.put("/m/b.txt", DigestingStore.sha256("a"));
    several.put("/m/a.txt", DigestingStore.sha256("b"));
    several.put("/m/sub/c.txt", DigestingStore.sha256("c"));
    several.put("/m/.hidden", DigestingStore.sha256("d"));
    assertThat(whole(several))
        .isEqualTo("4b1bc6c2de9c8322bc85d0663482431d9c697e1e474ff5fa565ff6ee79519cdb");
    several.put("/m/sub.txt", DigestingStore.sha256("f"));
    several.put("/m/sub-a", DigestingStore.sha256("g"));
    several.put("/m/B/z", DigestingStore.sha256("h"));
    assertThat(whole(several))
        .isEqualTo("8a60b4a0e8efbf598275e0b3c5217a92b7f803d482f82f274957302305364f3a");
  }

  private static String whole(SortedMap<String, String> files) throws IOException {
    Judged judged = judged(true);
    JsonNode subjects =
        tree(Statement.of(judged, judged.models().get(0), files, file("/x/r"))).path("subject");
    assertThat(subjects.size()).isEqualTo(files.size() + 1);
    return subjects.path(files.size()).at("/digest/sha256").asText();
  }

  @Test
  void aStatementNamesItsSubjectByDigest() throws Exception {
    Judged judged = judged(true);
    ModelRow row = judged.models().get(judged.models().size() - 1);
    String json = Statement.of(judged, row, file("/x/" + ODD), file("s3a://b/r"));
    Attestations.statement(json);
    JsonNode statement = tree(json);
    assertThat(statement.path("_type").asText()).isEqualTo("https://in-toto.io/Statement/v1");
    assertThat(statement.path("predicateType").asText()).isEqualTo(Statement.PREDICATE);
    assertThat(statement.at("/subject/0/digest/sha256").asText()).isEqualTo("0f".repeat(32));
    assertThat(statement.at("/subject/0/uri").asText())
        .isEqualTo("file:///x/a%20%07%3C&%3E%22'%2520%20%C3%BC%E2%80%A8%23%3F.th");
    assertThat(statement.at("/predicate/reference/0/uri").asText()).isEqualTo("s3a://b/r");
    assertThat(statement.at("/predicate/row/verdict").asText()).isEqualTo("DERIVED");
  }
}
