package org.findthelady.match;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Group;
import org.junit.jupiter.api.Test;

class RobustnessTest {
  @Test
  void table() throws Exception {
    for (Model reference : new Model[] {RealModels.resnet20(), RealModels.resnet56()}) {
      Map<String, UnaryOperator<float[]>> changes = new LinkedHashMap<>();
      changes.put("clean", data -> data);
      changes.put("pruned 95", Model.pruned(0.95));
      changes.put("pruned 99", Model.pruned(0.99));
      changes.put("omega 1", Model.noise(1, 5));
      changes.put("omega 2", Model.noise(2, 5));
      changes.put("omega 5", Model.noise(5, 5));
      changes.put("4 bits", Model.quantised(4));
      changes.put("2 bits", Model.quantised(2));
      for (var change : changes.entrySet()) {
        Assignment truth = Assignment.random(reference.structure, 77);
        Model suspect = reference.changed(change.getValue()).gathered(truth);
        long start = System.nanoTime();
        MatchResult paper =
            Matcher.match(reference.structure, reference, suspect, MatchOptions.paper());
        MatchResult plain =
            Matcher.match(
                reference.structure, reference, suspect, MatchOptions.defaults().withRefine(false));
        long middle = System.nanoTime();
        MatchResult result =
            Matcher.match(reference.structure, reference, suspect, MatchOptions.defaults());
        System.out.printf(
            "%s %-10s paper %s | plain %s | refined %s  %.0f ms%n",
            reference.values.size() > 200 ? "R56" : "R20",
            change.getKey(),
            score(reference, truth, paper),
            score(reference, truth, plain),
            score(reference, truth, result),
            (System.nanoTime() - middle) / 1e6);
        if (start == 0) {
          return;
        }
      }
    }
  }

  static String score(Model model, Assignment truth, MatchResult result) {
    Assignment wanted = truth.inverse(model.structure);
    int inner = 0;
    int innerRight = 0;
    int all = 0;
    int right = 0;
    int silent = 0;
    int unsure = 0;
    for (Group group : model.structure.groups()) {
      int[] expected = wanted.leafSources(model.structure, group);
      GroupMatch match = result.group(group.name());
      for (int leaf = 0; leaf < expected.length; leaf++) {
        boolean hit = expected[leaf] == match.sources()[leaf];
        all++;
        right += hit ? 1 : 0;
        if (group.name().startsWith("inner")) {
          inner++;
          innerRight += hit ? 1 : 0;
        }
        boolean sure = match.state(leaf) == MatchState.MATCHED;
        unsure += sure ? 0 : 1;
        silent += sure && !hit ? 1 : 0;
      }
    }
    return "%5.1f%% inner %5.1f%% all, %3d unsure %3d silent"
        .formatted(100.0 * innerRight / Math.max(1, inner), 100.0 * right / all, unsure, silent);
  }
}
