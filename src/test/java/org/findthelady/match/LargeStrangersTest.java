package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.findthelady.match.task.LocalRunner;
import org.findthelady.match.task.MatchTask;
import org.findthelady.match.task.TaskRunner;
import org.findthelady.structure.Structure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LargeStrangersTest {
  /** One large group; and two that could be fitted to each other. */
  @ParameterizedTest
  @ValueSource(ints = {40, 1200})
  void areNotPutInTheBestOrderOfAllWhichIsChance(int inner) throws Exception {
    Structure structure = Structures.mlp(24, 2100, inner, 10);
    Model ours = Model.random(structure, 1);
    Model theirs = Model.random(structure, 2);
    Set<String> stages = new TreeSet<>();
    TaskRunner local = new LocalRunner(structure, ours, theirs);
    TaskRunner runner =
        new TaskRunner() {
          @Override
          public <R extends java.io.Serializable> List<R> run(
              String stage, List<? extends MatchTask<R>> tasks) throws IOException {
            stages.add(stage);
            return local.run(stage, tasks);
          }
        };
    assertThat(
            Matcher.match(structure, ours, theirs, MatchOptions.defaults(), runner)
                .origin()
                .common())
        .isFalse();
    assertThat(stages).isNotEmpty().doesNotContain("Settling one", "Settling two");
  }
}
