package org.findthelady.structure.derive;

import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.findthelady.core.Permutation;
import org.findthelady.structure.trace.Coordinates;

/**
 * Moves every group at random in the symbols alone and looks whether every axis, every part of an
 * axis and every nesting agrees. What disagrees is named, to be held still.
 */
final class SymmetryCheck {
  private final Coordinates coordinates;
  private final CoordinateClasses elements;
  private final int[] source;
  private final Ranks ranks;
  private final IdentityHashMap<int[], int[]> places = new IdentityHashMap<>();
  private final Set<Integer> failures = new LinkedHashSet<>();

  SymmetryCheck(Coordinates coordinates, CoordinateClasses elements, Grouping grouping, long seed) {
    this.coordinates = coordinates;
    this.elements = elements;
    this.source = grouping.sources(unitSources(grouping.drafts(), seed));
    this.ranks = new Ranks(elements.count());
  }

  private static int[][] unitSources(List<Grouping.Draft> drafts, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[][] sources = new int[drafts.size()][];
    for (int g = 0; g < sources.length; g++) {
      Grouping.Draft draft = drafts.get(g);
      sources[g] = new int[draft.size() * draft.instances()];
      for (int i = 0; i < draft.instances(); i++) {
        Permutation permutation = Shuffle.of(draft.size(), random);
        int from = draft.parent() < 0 ? i : sources[draft.parent()][i];
        for (int u = 0; u < draft.size(); u++) {
          sources[g][i * draft.size() + u] = from * draft.size() + permutation.source(u);
        }
      }
    }
    return sources;
  }

  /** CoordinateClasses that cannot follow their groups. */
  Set<Integer> failures() {
    coordinates.carriers().forEach(c -> places(c.coordinates()));
    for (Coordinates.Selection selection : coordinates.selections()) {
      int[] whole = places(selection.whole());
      int[] part = places(selection.part());
      for (int k = 0; k < part.length; k++) {
        if (part[k] >= 0 && whole[selection.index()[k]] != selection.index()[part[k]]) {
          failures.add(elements.of(selection.part()[k]));
        }
      }
    }
    for (Coordinates.Nesting nesting : coordinates.nestings()) {
      int[] joint = places(nesting.joint());
      int[] above = places(nesting.parents());
      for (int q = 0; q < joint.length; q++) {
        if (joint[q] >= 0 && nesting.parentOf()[joint[q]] != above[nesting.parentOf()[q]]) {
          failures.add(elements.of(nesting.joint()[q]));
        }
      }
    }
    return failures;
  }

  /** Where every place takes from: the same rank among the source's places. */
  private int[] places(int[] array) {
    int[] known = places.get(array);
    if (known != null) {
      return known;
    }
    int[] along = elements.of(array);
    int[] from = ranks.gather(along, source);
    for (int i = 0; i < from.length; i++) {
      if (from[i] < 0) {
        failures.add(along[i]);
      }
    }
    places.put(array, from);
    return from;
  }
}
