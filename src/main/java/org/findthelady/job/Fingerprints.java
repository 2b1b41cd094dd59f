package org.findthelady.job;

import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import org.findthelady.match.Fingerprint;

/**
 * The fingerprints of a run's references, as far as they are known.
 *
 * @param known by path and structure
 */
record Fingerprints(Map<Key, Fingerprint> known) implements Serializable {
  /** A reference as a job names it. */
  record Key(String path, StructureChoice structure) implements Serializable {}

  Fingerprints {
    known = Map.copyOf(known);
  }

  /** None is known: only what needs no fingerprint is certified. */
  static Fingerprints none() {
    return new Fingerprints(Map.of());
  }

  /**
   * The fingerprint of a pair's reference, if the pair is matched by the reference's own structure
   * and its tensors as they are stored: what was measured.
   */
  Fingerprint of(Pair pair, OpenedReference reference, PairContext context) throws IOException {
    boolean asMeasured =
        known.containsKey(new Key(pair.reference(), pair.structure()))
            && context.structure() == reference.structures().structure()
            && context.alignment().referenceViews().stream()
                .allMatch(view -> view.shown().equals(view.source()));
    return asMeasured ? of(pair) : Fingerprint.unknown();
  }

  /** The fingerprint of a pair's reference. */
  Fingerprint of(Pair pair) {
    return known.getOrDefault(new Key(pair.reference(), pair.structure()), Fingerprint.unknown());
  }
}
