package org.findthelady.align;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NamePairsTest {
  private static String theirs(List<String> ours, List<String> theirs, String name) {
    return new NamePairs(ours, theirs).theirs(name);
  }

  @Test
  void prefixesSeveralDeepOnBothSidesDoNotCount() {
    List<String> ours = List.of("model.layers.0.up.weight", "model.layers.1.up.weight");
    List<String> theirs =
        List.of(
            "_orig_mod.module.net.layers.0.up.weight", "_orig_mod.module.net.layers.1.up.weight");
    assertThat(theirs(ours, theirs, "model.layers.1.up.weight"))
        .isEqualTo("_orig_mod.module.net.layers.1.up.weight");
  }

  @Test
  void partsOfOneModelMayHaveDifferentPrefixes() {
    List<String> ours =
        List.of("model.layers.0.up.weight", "model.layers.1.up.weight", "lm_head.weight");
    List<String> theirs =
        List.of(
            "model.language_model.layers.0.up.weight",
            "model.language_model.layers.1.up.weight",
            "lm_head.weight");
    assertThat(theirs(ours, theirs, "model.layers.0.up.weight"))
        .isEqualTo("model.language_model.layers.0.up.weight");
    assertThat(theirs(ours, theirs, "lm_head.weight")).isEqualTo("lm_head.weight");
  }

  @Test
  void theNumberOfALayerIsNoPrefix() {
    List<String> ours = List.of("layers.0.up.weight", "layers.1.up.weight");
    List<String> theirs = List.of("layers.1.up.weight");
    assertThat(theirs(ours, theirs, "layers.1.up.weight")).isEqualTo("layers.1.up.weight");
    assertThat(theirs(ours, theirs, "layers.0.up.weight")).isNull();
  }

  @Test
  void eachNameHasOnePartner() {
    List<String> ours = List.of("a.up.weight");
    List<String> theirs = List.of("b.up.weight", "c.up.weight");
    NamePairs pairs = new NamePairs(ours, theirs);
    assertThat(pairs.theirs("a.up.weight")).isEqualTo("b.up.weight");
    assertThat(pairs.prefixes()).hasSize(1);
  }

  @Test
  void namesWithoutACommonEndingArePartnersOfNone() {
    assertThat(theirs(List.of("a.up.weight"), List.of("a.down.kernel"), "a.up.weight")).isNull();
  }
}
