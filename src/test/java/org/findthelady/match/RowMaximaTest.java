package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.findthelady.core.Permutation;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchState;
import org.findthelady.match.rows.EvidenceMode;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

/** The paper's permutation on rows that noise has all but drowned, so that many collide. */
class RowMaximaTest {
  private static final int NEURONS = 64;
  private static final int WIDTH = 20;

  private final Structure structure = Structures.mlp(WIDTH, NEURONS, 48, 30);
  private final Model reference = Model.random(structure, 1);
  private final Model suspect = noisy().gathered(GroupPermutations.random(structure, 9));

  private Model noisy() {
    Model noisy = reference.copy();
    float[] values = noisy.values.get("fc1.weight");
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < values.length; i++) {
      values[i] += (float) (0.1 * random.nextGaussian());
    }
    return noisy;
  }

  private double cosine(int row, int column) {
    float[] a = reference.values.get("fc1.weight");
    float[] b = suspect.values.get("fc1.weight");
    double dot = 0;
    double squares = 0;
    double others = 0;
    for (int i = 0; i < WIDTH; i++) {
      dot += a[row * WIDTH + i] * b[column * WIDTH + i];
      squares += a[row * WIDTH + i] * a[row * WIDTH + i];
      others += b[column * WIDTH + i] * b[column * WIDTH + i];
    }
    return dot / Math.sqrt(squares * others);
  }

  @Test
  void keepTheMostAlikeOfThoseThatCollideAndTheOthersInIndexOrder() throws Exception {
    GroupMatch match =
        Matcher.match(structure, reference, suspect, MatchOptions.paper()).group("one");

    List<List<Integer>> comers = new ArrayList<>();
    for (int row = 0; row < NEURONS; row++) {
      comers.add(new ArrayList<>());
    }
    for (int column = 0; column < NEURONS; column++) {
      int nearest = 0;
      for (int row = 1; row < NEURONS; row++) {
        nearest = cosine(row, column) > cosine(nearest, column) ? row : nearest;
      }
      assertThat(match.matched()[column]).isEqualTo(nearest);
      comers.get(nearest).add(column);
    }
    int leftOver = -1;
    int collisions = 0;
    for (int row = 0; row < NEURONS; row++) {
      int source = match.sources()[row];
      if (comers.get(row).isEmpty()) {
        assertThat(source).isGreaterThan(leftOver);
        assertThat(match.state(row)).isEqualTo(MatchState.AMBIGUOUS);
        leftOver = source;
      } else {
        assertThat(comers.get(row)).contains(source);
        collisions += comers.get(row).size() > 1 ? 1 : 0;
        for (int comer : comers.get(row)) {
          assertThat(cosine(row, source)).isGreaterThanOrEqualTo(cosine(row, comer));
        }
      }
    }
    assertThat(collisions).isGreaterThan(5);
    assertThat(Permutation.ofSources(match.sources()).size()).isEqualTo(NEURONS);
  }

  @Test
  void areAnotherPermutationThanTheBestAssignment() throws Exception {
    MatchOptions oneToOne = MatchOptions.defaults().withEvidence(EvidenceMode.INCOMING);
    int[] best = Matcher.match(structure, reference, suspect, oneToOne).group("one").sources();
    int[] maxima =
        Matcher.match(structure, reference, suspect, MatchOptions.paper()).group("one").sources();
    double total = 0;
    double totalOfMaxima = 0;
    for (int row = 0; row < NEURONS; row++) {
      total += cosine(row, best[row]);
      totalOfMaxima += cosine(row, maxima[row]);
    }
    assertThat(total).isGreaterThan(totalOfMaxima + 1);
  }
}
