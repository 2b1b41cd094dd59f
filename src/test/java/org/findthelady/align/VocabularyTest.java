package org.findthelady.align;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class VocabularyTest {
  private static Vocabulary vocabulary(Map<String, String> tensors, Map<String, String> endings) {
    Map<Pattern, String> patterns = new LinkedHashMap<>();
    tensors.forEach((own, common) -> patterns.put(Vocabulary.pattern(own), common));
    return new Vocabulary(
        "test", patterns, endings, List.of(Vocabulary.pattern("moments/*")), Map.of());
  }

  @Test
  void putsIndicesWhereTheCommonNameHasThem() {
    Vocabulary words =
        vocabulary(Map.of("blk.{i}.e{j}.w", "experts.{j}.layers.{i}.weight"), Map.of());
    assertThat(words.common("blk.12.e3.w")).contains("experts.3.layers.12.weight");
    assertThat(words.common("blk.x.e3.w")).isEmpty();
    assertThat(words.common("a.blk.1.e3.w")).isEmpty();
    assertThat(words.common("blkA1.e3.w")).isEmpty();
  }

  @Test
  void replacesEndingsOfAnyName() {
    Vocabulary words = vocabulary(Map.of(), Map.of("_quantized", ""));
    assertThat(words.common("a.b_quantized")).contains("a.b");
    assertThat(words.common("a.b")).isEmpty();
  }

  @Test
  void ignoresByPatternOnly() {
    Vocabulary words = vocabulary(Map.of(), Map.of());
    assertThat(words.ignores("moments/a/b")).isTrue();
    assertThat(words.ignores("a/moments/b")).isFalse();
  }

  @Test
  void allFilesAreRead() {
    Floats32 llama2c =
        new Floats32("x")
            .add("layers.3.attention.wq.weight", new float[1], 1, 1)
            .add("freqs_cos", new float[1], 1, 1);
    assertThat(Vocabularies.of(llama2c.checkpoint().tensors()))
        .map(Vocabulary::name)
        .contains("llama2.c");
    Floats32 other = new Floats32("x").add("w", new float[1], 1, 1);
    assertThat(Vocabularies.of(other.checkpoint().tensors())).isEmpty();
  }
}
