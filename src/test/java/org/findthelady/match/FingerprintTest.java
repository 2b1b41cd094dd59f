package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.task.LocalRunner;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

class FingerprintTest {
  private static final int UNITS = 60;
  private static final int INPUTS = 40;
  private final Structure structure = Structures.mlp(INPUTS, UNITS, 10, 5);

  /** A reference with pairs of rows at every distance, down to one unit in the last place. */
  private Model reference(long seed) {
    Model model = Model.random(structure, seed);
    float[] in = model.values.get("fc1.weight");
    SplittableRandom random = new SplittableRandom(seed);
    for (int unit = 1; unit < UNITS; unit += 2) {
      double gap = Math.pow(10, -random.nextDouble() * 8);
      for (int x = 0; x < INPUTS; x++) {
        in[unit * INPUTS + x] =
            (float) (in[(unit - 1) * INPUTS + x] * (1 + gap * random.nextGaussian()));
      }
    }
    return model;
  }

  @Test
  void boundsEveryCosineOfTheReference() throws Exception {
    for (long seed = 0; seed < 20; seed++) {
      Model model = reference(seed);
      Fingerprint.Coherence coherence =
          Fingerprint.measure(structure, model, MatchOptions.defaults()).groups().get("one");
      float[] in = model.values.get("fc1.weight");
      for (int i = 0; i < UNITS; i++) {
        double most = -1;
        for (int k = 0; k < UNITS; k++) {
          most = k == i ? most : Math.max(most, cosine(in, i, in, k));
        }
        assertThat((double) coherence.bounds()[i]).isGreaterThanOrEqualTo(most);
        assertThat((double) coherence.bounds()[i]).isLessThan(most + 1e-5);
      }
    }
  }

  @Test
  void neverCertifiesWhatIsNotNearest() throws Exception {
    int certified = 0;
    for (long seed = 0; seed < 40; seed++) {
      Model model = reference(seed);
      Model changed = model.changed(Model.noise(Math.pow(10, -(int) (seed % 5)), seed));
      GroupPermutations truth = GroupPermutations.random(structure, seed);
      MatchResult result =
          Matcher.propose(
                  structure,
                  model,
                  changed.gathered(truth),
                  MatchOptions.defaults(),
                  new LocalRunner(structure, model, changed.gathered(truth)),
                  Fingerprint.measure(structure, model, MatchOptions.defaults()))
              .compare();
      GroupMatch match = result.group("one");
      float[] here = model.values.get("fc1.weight");
      float[] there = changed.gathered(truth).values.get("fc1.weight");
      for (int i = 0; i < UNITS; i++) {
        if (match.certified()[i]) {
          certified++;
          double own = cosine(here, i, there, match.sources()[i]);
          for (int k = 0; k < UNITS; k++) {
            if (k != i) {
              assertThat(cosine(here, k, there, match.sources()[i])).isLessThan(own);
            }
          }
        }
      }
    }
    assertThat(certified).isGreaterThan(300);
  }

  @Test
  void certifiesCleanCopiesOfRealNetworks() throws Exception {
    Model model = RealModels.resnet20();
    Fingerprint fingerprint = Fingerprint.measure(model.structure, model, MatchOptions.defaults());
    for (int bits : List.of(4, 8)) {
      Model suspect =
          model
              .changed(Model.quantised(bits))
              .gathered(GroupPermutations.random(model.structure, 3));
      MatchResult result =
          Matcher.propose(
                  model.structure,
                  model,
                  suspect,
                  MatchOptions.defaults(),
                  new LocalRunner(model.structure, model, suspect),
                  fingerprint)
              .compare();
      int leaves = 0;
      int certified = 0;
      for (GroupMatch group : result.groups()) {
        for (boolean proved : group.certified()) {
          leaves++;
          certified += proved ? 1 : 0;
        }
      }
      System.out.printf("%d bits: %d of %d certified%n", bits, certified, leaves);
      assertThat(certified).isGreaterThan(leaves * 9 / 10);
    }
  }

  private static double cosine(float[] a, int i, float[] b, int j) {
    double dot = 0;
    double one = 0;
    double two = 0;
    for (int x = 0; x < INPUTS; x++) {
      dot += (double) a[i * INPUTS + x] * b[j * INPUTS + x];
      one += (double) a[i * INPUTS + x] * a[i * INPUTS + x];
      two += (double) b[j * INPUTS + x] * b[j * INPUTS + x];
    }
    return dot / Math.sqrt(one * two);
  }
}
