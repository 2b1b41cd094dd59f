package org.findthelady.fleet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.findthelady.candidate.Kin;
import org.findthelady.candidate.LinearSketch;
import org.findthelady.candidate.ModelSketch;
import org.findthelady.candidate.ReferenceSketches;
import org.findthelady.core.CheckpointException;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.pair.JudgedPair;
import org.findthelady.pair.PairNumbers;
import org.findthelady.pair.Parents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a suspect that was judged has of references other than the nearest, and of its kin. */
final class Relatives {
  private static final Logger LOG = LoggerFactory.getLogger(Relatives.class);

  /** References beside the nearest of which a share is looked for. */
  private static final int MOST_OTHERS = 3;

  private final Suspect suspect;
  private final Map<Integer, JudgedPair> copies;
  private final int nearest;
  private Kin kin;
  private Parents.Merge merge;

  private Relatives(Suspect suspect, Map<Integer, JudgedPair> copies, int nearest, Kin kin) {
    this.suspect = suspect;
    this.copies = copies;
    this.nearest = nearest;
    this.kin = kin;
  }

  /**
   * Looks at a suspect once all of its pairs are judged.
   *
   * @param copies pairs of which it is a copy, by the reference's index
   * @param nearest index of the nearest reference
   * @param own description of the suspect
   */
  static Relatives of(
      Suspect suspect,
      Map<Integer, JudgedPair> copies,
      int nearest,
      ModelSketch own,
      ReferenceSketches sketches) {
    Relatives relatives = new Relatives(suspect, copies, nearest, Kin.of(own));
    if (!copies.containsKey(nearest) || !sketches.described()) {
      return relatives;
    }
    try {
      relatives.look(own, sketches);
    } catch (IOException | CheckpointException e) {
      LOG.warn("{}: its relatives are not looked at, {}", suspect.id(), e.getMessage());
    }
    return relatives;
  }

  Kin kin() {
    return kin;
  }

  Optional<Parents.Merge> merge() {
    return Optional.ofNullable(merge);
  }

  private void look(ModelSketch own, ReferenceSketches sketches) throws IOException {
    JudgedPair judged = copies.get(nearest);
    String id = suspect.references().get(nearest);
    if (judged.outcome().verdict().isUnchanged()) {
      kin = Kin.of(own, new LinearSketch.Builder().build(), id);
      return;
    }
    LinearSketch.Builder reference = new LinearSketch.Builder();
    LinearSketch.Builder moved = new LinearSketch.Builder();
    PairNumbers.visit(
        judged,
        (tensor, ours, theirs) -> {
          reference.add(tensor, ours);
          moved.add(tensor, theirs);
        });
    LinearSketch first = reference.build();
    LinearSketch now = moved.build();
    kin = Kin.of(own, now.minus(first), id);
    List<Parents.Other> others = others(first, now, sketches);
    if (!others.isEmpty()) {
      merge = Parents.of(id, judged, others).orElse(null);
    }
  }

  /** References that the suspect is a copy of too, and those of which it seems to have a part. */
  private List<Parents.Other> others(
      LinearSketch first, LinearSketch now, ReferenceSketches sketches) {
    List<Parents.Other> others = new ArrayList<>();
    List<Integer> seem = new ArrayList<>();
    for (int i = 0; i < suspect.pairs().size(); i++) {
      JudgedPair copy = copies.get(i);
      if (i != nearest && copy != null && copy.outcome().match() != null) {
        others.add(new Parents.Other(suspect.references().get(i), copy, suspect.pairs().get(i)));
      } else if (i != nearest && certainty(i, first, now, sketches) > Thresholds.PART_ERRORS) {
        seem.add(i);
      }
    }
    seem.stream()
        .sorted(Comparator.comparingDouble(i -> -certainty(i, first, now, sketches)))
        .forEach(
            i ->
                others.add(
                    new Parents.Other(suspect.references().get(i), null, suspect.pairs().get(i))));
    return others.subList(0, Math.min(MOST_OTHERS, others.size()));
  }

  private double certainty(
      int index, LinearSketch first, LinearSketch now, ReferenceSketches sketches) {
    ModelSketch other = sketches.byPath().get(suspect.pairs().get(index).reference());
    return other == null ? 0 : now.certainty(first, other.numbers());
  }
}
