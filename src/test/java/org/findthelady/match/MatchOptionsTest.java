package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class MatchOptionsTest {
  /** An old run must not stand for one with an option that it did not know. */
  @Test
  void aRunIsToldByEverySettingThatCanChangeAResult() {
    Set<String> expected = new TreeSet<>();
    Arrays.stream(MatchOptions.class.getRecordComponents())
        .map(RecordComponent::getName)
        .forEach(expected::add);
    expected.remove("sketch");
    expected.remove("blockBytes");
    MatchOptions options = MatchOptions.defaults();
    assertThat(options.settings().keySet()).isEqualTo(expected);
    assertThat(options.withSeed(7).settings()).isNotEqualTo(options.settings());
    assertThat(MatchOptions.paper().settings())
        .containsEntry("assign", "ARGMAX")
        .containsEntry("evidence", "INCOMING")
        .containsEntry("refine", "false");
    assertThat(options.withSketch(false).settings()).isEqualTo(options.settings());
  }
}
