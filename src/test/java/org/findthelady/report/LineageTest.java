package org.findthelady.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.findthelady.core.Verdict;
import org.junit.jupiter.api.Test;

class LineageTest {
  private static ModelFindings derived(String kind, boolean explains, boolean other) {
    ModelRow row = Rows.model(0, Verdict.DERIVED);
    String id = row.names().modelId();
    FindingRow finding =
        new FindingRow("r", id, kind, "a", new FindingRow.Place("", null, null), 0.5, explains, 1);
    LayerRow changed = layer(id, "a");
    PairRow parent =
        new PairRow("r", id, "resnet20", "x", "DERIVED", "", new PairRow.Measured(0.1, 0.2, null));
    PairRow second =
        new PairRow(
            "r",
            id,
            "second",
            "y",
            other ? "DERIVED" : "UNRELATED",
            "",
            new PairRow.Measured(0.9, null, null));
    PairRow left =
        new PairRow(
            "r", id, "left", "z", "", "not compared", new PairRow.Measured(0.9, null, null));
    return new ModelFindings(
        row,
        List.of(),
        List.of(changed),
        List.of(),
        List.of(finding),
        List.of(parent, second, left));
  }

  private static LayerRow layer(String id, String tensor) {
    return new LayerRow(
        "r",
        id,
        new LayerRow.StoredTensor(tensor, "F32", "[1]"),
        new LayerRow.Likeness(0.9, 1.0, 0.1),
        new LayerRow.Values(0.0, 0.5, null),
        false);
  }

  private static JsonNode relations(ModelFindings... findings) throws Exception {
    Lineage lineage = new Lineage();
    for (ModelFindings found : findings) {
      lineage.add(found);
    }
    return JsonMapper.builder().build().readTree(lineage.json("run")).path("relations");
  }

  @Test
  void aChangeThatLosesWhatItTookHasADirection() throws Exception {
    JsonNode pruned = relations(derived("PRUNED", true, false));
    assertThat(pruned).hasSize(1);
    assertThat(pruned.at("/0/directed").asBoolean()).isTrue();
    assertThat(pruned.at("/0/from/id").asText()).isEqualTo("resnet20");
    assertThat(pruned.at("/0/steps/0").asText()).isEqualTo("PRUNED");
    assertThat(relations(derived("PRUNED", false, false)).at("/0/directed").asBoolean()).isFalse();
    assertThat(relations(derived("WEIGHTS_CHANGED", true, false)).at("/0/directed").asBoolean())
        .isFalse();
  }

  @Test
  void severalParentsAreSeveralRelations() throws Exception {
    JsonNode both = relations(derived("WEIGHTS_CHANGED", false, true));
    assertThat(both).hasSize(2);
    assertThat(both.at("/1/from/id").asText()).isEqualTo("second");
    assertThat(both.at("/1/directed").asBoolean()).isFalse();
  }

  @Test
  void whatIsNoCopyHasNone() throws Exception {
    assertThat(relations(ModelFindings.of(Rows.model(1, Verdict.UNRELATED)))).isEmpty();
  }

  private static ModelFindings copy(int number, double difference, Double share) {
    ModelRow row = Rows.model(number, Verdict.DERIVED);
    String id = row.names().modelId();
    ModelRow nearer =
        new ModelRow(
            row.names(),
            row.verdict(),
            row.reason(),
            row.groups(),
            row.counts(),
            row.margins(),
            new ModelRow.Closeness(null, null, 0.9, difference),
            row.size());
    return new ModelFindings(
        nearer,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        share == null
            ? List.of()
            : List.of(
                new PairRow(
                    "r",
                    id,
                    "resnet20",
                    "x",
                    "DERIVED",
                    "",
                    new PairRow.Measured(0.1, 0.2, 1 - share)),
                new PairRow(
                    "r",
                    id,
                    "second",
                    "y",
                    "UNRELATED",
                    "",
                    new PairRow.Measured(0.9, null, share))));
  }

  @Test
  void aMergeHasItsSharesAndAnUnlikelyParentToo() throws Exception {
    JsonNode merged = relations(copy(0, 0.5, 0.25));
    assertThat(merged).hasSize(2);
    assertThat(merged.at("/0/share").asDouble()).isEqualTo(0.75);
    assertThat(merged.at("/1/from/id").asText()).isEqualTo("second");
    assertThat(merged.at("/1/share").asDouble()).isEqualTo(0.25);
    assertThat(merged.at("/1/steps/0").asText()).isEqualTo("MERGED");
  }

  private static void add(Lineage lineage, Lineage.Node from, Lineage.Node to, ModelFindings pair) {
    Lineage.shown(from, to, pair).ifPresent(lineage::add);
  }

  @Test
  void whatCameOfASuspectStandsBesideItAndNotBesideTheReference() throws Exception {
    Lineage lineage = new Lineage();
    lineage.add(copy(0, 0.2, null));
    lineage.add(copy(1, 0.3, null));
    Lineage.Node first = new Lineage.Node(false, "fleet/model-0");
    Lineage.Node second = new Lineage.Node(false, "fleet/model-1");
    add(lineage, first, second, copy(1, 0.1, null));
    assertThat(lineage.nearest())
        .extracting(relation -> relation.from().id() + " " + relation.to().id())
        .containsExactly("fleet/model-0 fleet/model-1", "resnet20 fleet/model-0");
  }

  @Test
  void aThousandModelsAreFewBoxesAndAMergeStandsBetweenItsParents() {
    Lineage lineage = new Lineage();
    for (int i = 0; i < 1000; i++) {
      lineage.add(copy(i, 0.2 + 1e-4 * i, i == 7 ? 0.5 : null));
    }
    LineageDrawing.Shown shown = LineageDrawing.of(lineage);
    assertThat(shown.left()).isZero();
    assertThat(shown.families()).hasSize(1);
    LineageDrawing.Family family = shown.families().get(0);
    assertThat(family.members()).isEqualTo(1002);
    assertThat(family.boxes())
        .extracting(LineageDrawing.Box::text)
        .contains("999 models", "second");
    assertThat(family.lines()).filteredOn(LineageDrawing.Line::part).hasSize(1);
  }

  @Test
  void shuffledCopiesOfAChangedModelAreOneBoxInWhateverOrderTheyWereFound() {
    Lineage lineage = new Lineage();
    lineage.add(copy(0, 0.2, null));
    Lineage.Node changed = new Lineage.Node(false, "fleet/model-0");
    for (int i = 1; i <= 90; i++) {
      Lineage.Node from = i % 30 == 1 ? changed : new Lineage.Node(false, "m%02d".formatted(i - 1));
      add(
          lineage,
          from,
          new Lineage.Node(false, "m%02d".formatted(i)),
          ModelFindings.of(Rows.model(i, Verdict.PERMUTED)));
    }
    LineageDrawing.Family family = LineageDrawing.of(lineage).families().get(0);
    assertThat(family.members()).isEqualTo(92);
    assertThat(family.boxes())
        .extracting(LineageDrawing.Box::text)
        .containsExactly("resnet20", "fleet/model-0", "90 models");
  }

  @Test
  void aChainOfThousandsIsDrawnAsFarAsThereIsRoom() {
    Lineage lineage = new Lineage();
    for (int i = 0; i < 5000; i++) {
      add(
          lineage,
          new Lineage.Node(false, "m%05d".formatted(i)),
          new Lineage.Node(false, "m%05d".formatted(i + 1)),
          copy(i, 0.1, null));
    }
    LineageDrawing.Family family = LineageDrawing.of(lineage).families().get(0);
    assertThat(family.members()).isEqualTo(5001);
    assertThat(family.boxes()).hasSizeLessThan(20);
  }
}
