package org.findthelady.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.findthelady.candidate.Candidates;
import org.findthelady.pair.Comparison;
import org.findthelady.pair.PairOutcome;

/** Which references a suspect was held against, and which of them are still to come. */
final class Comparisons {
  private final Suspect suspect;
  private final Candidates candidates;
  private final Comparison[] made;
  private int done;
  private boolean fits;

  Comparisons(Suspect suspect, Candidates candidates) {
    this.suspect = suspect;
    this.candidates = candidates;
    this.made = new Comparison[suspect.pairs().size()];
  }

  /** Whether another reference must be looked at: a likely one, or any as long as none fits. */
  boolean isOpen() {
    return done < made.length && (done < candidates.first() || !fits);
  }

  /** The next reference, by index. */
  int next() {
    return candidates.order().get(done);
  }

  /** Notes what came of a reference. */
  void add(int index, PairOutcome outcome) {
    boolean audited = outcome.audited();
    fits |= audited && outcome.verdict().isCopy();
    String id = suspect.references().get(index);
    String reference = suspect.pairs().get(index).reference();
    Double distance = candidates.distance(index);
    made[index] =
        audited
            ? new Comparison(
                id,
                reference,
                outcome.verdict(),
                outcome.judgement().reason(),
                distance,
                outcome.relativeDifference(),
                null)
            : Comparison.none(id, reference, outcome.notAudited().inWords(), distance);
    done++;
  }

  /** What came of each reference, in the references' order. */
  List<Comparison> all() {
    List<Comparison> all = new ArrayList<>();
    for (int i = 0; i < made.length; i++) {
      all.add(made[i] == null ? left(i) : made[i]);
    }
    return all;
  }

  private Comparison left(int index) {
    Double distance = candidates.distance(index);
    return Comparison.none(
        suspect.references().get(index),
        suspect.pairs().get(index).reference(),
        String.format(Locale.ROOT, "not compared: fingerprint distance %.2f", distance),
        distance);
  }
}
