package org.findthelady.structure.declared;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.findthelady.core.Shape;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.rows.StackedWeights;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every shipped architecture: shuffle all groups, match, put back, and have the same weights. */
class ResyncTest {
  @ParameterizedTest
  @MethodSource("org.findthelady.structure.declared.ShippedArchitecturesTest#models")
  void whatWasShuffledIsPutBack(ReferenceModel model) throws IOException {
    Structure structure =
        Architectures.builtIn()
            .named(model.architecture(), model.weights().shapes(), model.configuration());
    Weights shuffled = model.weights().permuted(structure, GroupPermutations.random(structure, 77));

    MatchResult result =
        Matcher.match(
            structure,
            new StackedWeights(structure, new AsFloats(model.weights())),
            new StackedWeights(structure, new AsFloats(shuffled)),
            MatchOptions.defaults());

    Weights back = shuffled.permuted(structure, result.resync());
    for (String tensor : model.weights().shapes().keySet()) {
      assertThat(back.values(tensor)).as(tensor).isEqualTo(model.weights().values(tensor));
    }
  }

  /** The matcher's view of weights in memory. */
  private record AsFloats(Weights weights) implements org.findthelady.match.rows.Weights {
    @Override
    public boolean has(String tensor) {
      return weights.has(tensor);
    }

    @Override
    public Shape shape(String tensor) {
      return weights.shapes().get(tensor);
    }

    @Override
    public void read(String tensor, long firstElement, float[] target, int offset, int count) {
      for (int i = 0; i < count; i++) {
        target[offset + i] = (float) weights.values(tensor)[(int) firstElement + i];
      }
    }
  }
}
