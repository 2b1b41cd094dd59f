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
    PairRow parent = new PairRow("r", id, "resnet20", "x", "DERIVED", "", 0.1, null);
    PairRow second = new PairRow("r", id, "second", "y", other ? "DERIVED" : "UNRELATED", "", 0.9, null);
    PairRow left = new PairRow("r", id, "left", "z", "", "not compared", 0.9, null);
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
    assertThat(pruned.at("/0/reference").asText()).isEqualTo("resnet20");
    assertThat(pruned.at("/0/steps/0").asText()).isEqualTo("PRUNED");
    assertThat(relations(derived("PRUNED", false, false)).at("/0/directed").asBoolean()).isFalse();
    assertThat(relations(derived("WEIGHTS_CHANGED", true, false)).at("/0/directed").asBoolean())
        .isFalse();
  }

  @Test
  void severalParentsAreSeveralRelations() throws Exception {
    JsonNode both = relations(derived("WEIGHTS_CHANGED", false, true));
    assertThat(both).hasSize(2);
    assertThat(both.at("/1/reference").asText()).isEqualTo("second");
    assertThat(both.at("/1/directed").asBoolean()).isFalse();
  }

  @Test
  void whatIsNoCopyHasNone() throws Exception {
    assertThat(relations(ModelFindings.of(Rows.model(1, Verdict.UNRELATED)))).isEmpty();
  }
}
