package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.MatchState;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.junit.jupiter.api.Test;

/** Trained networks with every layer changed and every group permuted (method, section 5). */
class RobustnessTest {
  @Test
  void placesResNet20UnderPruningAndQuantising() throws Exception {
    Model reference = RealModels.resnet20();
    check(reference, "clean", data -> data, 1, 0);
    check(reference, "95 % pruned", Model.pruned(0.95), 1, 0.1);
    check(reference, "99 % pruned", Model.pruned(0.99), 1, 0.35);
    check(reference, "4 bits", Model.quantised(4), 1, 0.05);
    check(reference, "2 bits", Model.quantised(2), 1, 0.05);
  }

  @Test
  void placesResNet20UnderNoise() throws Exception {
    Model reference = RealModels.resnet20();
    check(reference, "omega 1", Model.noise(1, 5), 0.982, 0.05);
    check(reference, "omega 5", Model.noise(5, 5), 0.982, 0.5);
  }

  @Test
  void placesResNet56() throws Exception {
    Model reference = RealModels.resnet56();
    check(reference, "clean", data -> data, 1, 0);
    check(reference, "99 % pruned", Model.pruned(0.99), 0.995, 0.4);
    check(reference, "2 bits", Model.quantised(2), 0.995, 0.06);
    check(reference, "omega 1", Model.noise(1, 5), 0.98, 0.06);
    check(reference, "omega 5", Model.noise(5, 5), 0.975, 0.5);
  }

  /**
   * Matches and counts.
   *
   * @param least share of neurons of inner groups that must be in their place
   * @param most share of all neurons that may be left unsure; no wrong one may be sure
   */
  private static void check(
      Model reference, String name, UnaryOperator<float[]> change, double least, double most)
      throws Exception {
    GroupPermutations truth = GroupPermutations.random(reference.structure, 77);
    Model suspect = reference.changed(change).gathered(truth);
    MatchResult result =
        Matcher.match(reference.structure, reference, suspect, MatchOptions.defaults());
    GroupPermutations wanted = truth.inverse(reference.structure);
    int inner = 0;
    int right = 0;
    int all = 0;
    int unsure = 0;
    int silent = 0;
    for (Group group : reference.structure.groups()) {
      int[] expected = wanted.unitSources(reference.structure, group);
      GroupMatch match = result.group(group.name());
      for (int leaf = 0; leaf < expected.length; leaf++) {
        boolean hit = expected[leaf] == match.sources()[leaf];
        boolean sure = match.state(leaf) == MatchState.MATCHED;
        all++;
        inner += group.name().startsWith("inner") ? 1 : 0;
        right += hit && group.name().startsWith("inner") ? 1 : 0;
        unsure += sure ? 0 : 1;
        silent += sure && !hit ? 1 : 0;
      }
    }
    String told =
        "%s: %.4f of %d in place, %.4f unsure, %d wrong and sure"
            .formatted(name, right / (double) inner, inner, unsure / (double) all, silent);
    System.out.println(told);
    assertThat(silent).as(told).isZero();
    assertThat(right / (double) inner).as(told).isGreaterThanOrEqualTo(least);
    assertThat(unsure / (double) all).as(told).isLessThanOrEqualTo(most);
  }
}
