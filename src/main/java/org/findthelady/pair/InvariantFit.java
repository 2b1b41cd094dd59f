package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.findthelady.align.Counterpart;
import org.findthelady.align.Profile;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Shape;
import org.findthelady.match.kernel.Thresholds;

/**
 * Whether tensors that answer to each other are more alike than others of the same shape, in what
 * no permutation of their axes changes. They are in every relative, whatever was moved.
 *
 * @param comparisons of a tensor's distance to its counterpart with that to another tensor
 * @param nearer of them in which the counterpart is nearer
 */
record InvariantFit(int comparisons, int nearer) {

  /** Tensors of one shape that are held against each other. */
  private static final int MOST_ALIKE = 24;

  static InvariantFit of(PairContext context) throws IOException {
    Map<Shape, List<Profile[]>> byShape = new HashMap<>();
    try (TensorReader ours = reader(context, true);
        TensorReader theirs = reader(context, false)) {
      for (Counterpart pair : context.alignment().counterparts()) {
        Shape shape = pair.reference().shown().shape();
        List<Profile[]> alike = byShape.computeIfAbsent(shape, k -> new ArrayList<>());
        if (shape.rank() >= 2
            && alike.size() < MOST_ALIKE
            && pair.reference().shown().dtype().decodable()
            && pair.suspect().shown().dtype().decodable()) {
          alike.add(
              new Profile[] {
                Profile.of(ours, pair.reference()), Profile.of(theirs, pair.suspect())
              });
        }
      }
    }
    int comparisons = 0;
    int nearer = 0;
    for (List<Profile[]> alike : byShape.values()) {
      for (Profile[] own : alike) {
        for (Profile[] other : alike) {
          if (own != other) {
            comparisons++;
            nearer += own[0].distance(own[1]) < own[0].distance(other[1]) ? 1 : 0;
          }
        }
      }
    }
    return new InvariantFit(comparisons, nearer);
  }

  private static TensorReader reader(PairContext context, boolean ofReference) {
    var checkpoint = ofReference ? context.reference() : context.suspect();
    return Checkpoints.format(checkpoint.format()).reader(context.store(), checkpoint);
  }

  /** Whether counterparts are no more alike than other tensors. */
  boolean isChance() {
    return comparisons >= Thresholds.INVARIANT_COMPARISONS
        && nearer <= Thresholds.INVARIANT_SHARE * comparisons;
  }

  /** For a reason. */
  String words() {
    return comparisons == 0
        ? "no two weights have one shape"
        : String.format(
            Locale.ROOT,
            "norms that no order changes fit their counterparts better than other tensors in %d of"
                + " %d comparisons",
            nearer,
            comparisons);
  }
}
