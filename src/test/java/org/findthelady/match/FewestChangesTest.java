package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.result.MatchResult;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

/** Rows of one tensor that were exchanged or turned while all that belongs to them stayed. */
class FewestChangesTest {
  private static final int IN = 90;
  private static final int FIRST = 40;

  private final Structure structure = Structures.mlp(IN, FIRST, 30, 10);
  private final Model reference = Model.random(structure, 1);
  private final Model changed = reference.copy();

  @Test
  void rowsOfOneTensorThatWereExchangedMoveNoUnit() throws Exception {
    float[] rows = changed.values.get("fc1.weight");
    float[] old = rows.clone();
    System.arraycopy(old, 3 * IN, rows, 17 * IN, IN);
    System.arraycopy(old, 17 * IN, rows, 3 * IN, IN);
    onlyOneTensorDiffers();
  }

  @Test
  void rowsOfOneTensorThatWereTurnedMoveNoUnit() throws Exception {
    float[] rows = changed.values.get("fc1.weight");
    for (int i = 0; i < rows.length; i++) {
      rows[i] *= i / IN % 2 == 0 ? -1 : 1;
    }
    onlyOneTensorDiffers();
  }

  @Test
  void aLayerThatWasReplacedMovesNoUnit() throws Exception {
    changed.values.put("fc1.weight", Model.random(structure, 2).values.get("fc1.weight"));
    MatchResult lying = Matcher.match(structure, reference, changed, MatchOptions.defaults());
    assertThat(lying.resync().isIdentity("two")).isTrue();
    assertThat(lying.tensors().stream().filter(t -> !t.sameValues()))
        .extracting(TensorComparison::tensor)
        .containsExactly("fc1.weight");
  }

  /** Its numbers are all there, so it looks as if nothing was done to it. */
  @Test
  void aMatrixWhoseNumbersWereMovedAboutDoesNotOutweighOneThatFits() throws Exception {
    SplittableRandom random = new SplittableRandom(3);
    float[] rows = reference.values.get("fc1.weight");
    float[] behind = reference.values.get("fc2.weight");
    for (int i = 0; i < rows.length; i++) {
      rows[i] += (float) (2 * Math.sin(i % IN));
    }
    for (int i = 0; i < behind.length; i++) {
      behind[i] *= random.nextInt(20) == 0 ? 20 : 1;
    }
    for (int seed = 1; seed < 6; seed++) {
      Model moved = reference.copy();
      float[] numbers = moved.values.get("fc2.weight");
      for (int i = numbers.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        float held = numbers[i];
        numbers[i] = numbers[j];
        numbers[j] = held;
      }
      MatchResult found =
          Matcher.match(
              structure,
              reference,
              moved.gathered(GroupPermutations.random(structure, seed)),
              MatchOptions.defaults());
      assertThat(found.tensors().stream().filter(t -> !t.sameValues()))
          .as("seed %d", seed)
          .extracting(TensorComparison::tensor)
          .containsExactly("fc2.weight");
    }
  }

  private void onlyOneTensorDiffers() throws Exception {
    for (long seed = 0; seed < 5; seed++) {
      GroupPermutations truth =
          seed == 0 ? GroupPermutations.identity() : GroupPermutations.random(structure, seed);
      MatchResult found =
          Matcher.match(structure, reference, changed.gathered(truth), MatchOptions.defaults());
      assertThat(found.tensors().stream().filter(t -> !t.sameValues()))
          .as("seed %d", seed)
          .extracting(TensorComparison::tensor)
          .containsExactly("fc1.weight");
    }
  }
}
