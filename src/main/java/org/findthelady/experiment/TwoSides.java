package org.findthelady.experiment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * Two independent matches of every group: by the weights that come in, and by those that go out.
 */
final class TwoSides {
  private static final long SEED = 11;

  private TwoSides() {}

  /**
   * Share of neurons that both matches give the same partner, over groups that have weights on both
   * sides; NaN if none has. Chance gives one a group.
   *
   * @param suspect in the order that a match of the whole found
   */
  static double agreement(LabModel reference, LabModel suspect) throws IOException {
    Structure structure = reference.structure();
    long neurons = 0;
    long same = 0;
    for (Group group : Neighbourhood.roots(structure)) {
      List<String> in = new ArrayList<>();
      List<String> out = new ArrayList<>();
      for (String tensor : structure.membersOf(group.name())) {
        List<Axis> axes = structure.axes(tensor);
        if (axes.size() >= 2 && reference.has(tensor) && suspect.has(tensor)) {
          (axes.get(0).groups().contains(group.name()) ? in : out).add(tensor);
        }
      }
      if (!in.isEmpty() && !out.isEmpty()) {
        int[] byIn = sources(reference, suspect, group, in);
        int[] byOut = sources(reference, suspect, group, out);
        neurons += byIn.length;
        for (int unit = 0; unit < byIn.length; unit++) {
          same += byIn[unit] == byOut[unit] ? 1 : 0;
        }
      }
    }
    return neurons == 0 ? Double.NaN : same / (double) neurons;
  }

  /** Shuffled first, so that a tie that is broken by index is no agreement. */
  private static int[] sources(
      LabModel reference, LabModel suspect, Group group, List<String> tensors) throws IOException {
    Structure around = Neighbourhood.of(reference.structure(), group);
    Structure part = Neighbourhood.ofTensors(around, tensors);
    LabModel shuffled = suspect.within(part).permuted(GroupPermutations.random(part, SEED));
    return Matcher.match(part, reference.within(part), shuffled, MatchOptions.defaults())
        .group(group.name())
        .sources();
  }
}
