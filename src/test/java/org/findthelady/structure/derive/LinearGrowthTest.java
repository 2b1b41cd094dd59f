package org.findthelady.structure.derive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.findthelady.structure.graph.GraphBuilder;
import org.junit.jupiter.api.Test;

/** The trace's work grows with the graph, not with its square. Steps are counted, not timed. */
class LinearGrowthTest {
  @Test
  void tenTimesTheNodesTakeTenTimesTheSteps() {
    TracedStructure small = trace(1_000);
    TracedStructure large = trace(10_000);
    assertThat(large.steps()).isLessThan(11 * small.steps());
    assertThat(large.structure().groups()).hasSizeGreaterThan(1_000);
  }

  /** Residual blocks of a convolution, a normalisation and an activation: four nodes each. */
  private static TracedStructure trace(int nodes) {
    GraphBuilder graph = new GraphBuilder("chain");
    String x = graph.convolution(graph.input("x", 1, 3, 8, 8), "stem", 8, 3, 1, 1, 1);
    for (int i = 0; i < nodes / 4; i++) {
      String y = graph.convolution(x, "inner" + i, 4, 8, 1, 1, 1);
      y = graph.node("Relu", List.of(y));
      y = graph.convolution(y, "outer" + i, 8, 4, 1, 1, 1);
      x = graph.node("Add", List.of(x, y));
    }
    graph.output(graph.convolution(x, "last", 2, 8, 1, 1, 1));
    return Subject.filled(graph.model()).trace();
  }
}
