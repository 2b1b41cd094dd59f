package org.findthelady.pair;

import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import org.findthelady.match.Fingerprint;

/**
 * The fingerprints of a run's references, as far as they are known.
 *
 * @param known by path and structure
 */
public record Fingerprints(Map<Key, Fingerprint> known) implements Serializable {
  /** A reference as a job names it. */
  record Key(String path, StructureChoice structure) implements Serializable {}

  public Fingerprints {
    known = Map.copyOf(known);
  }

  /** None is known: only what needs no fingerprint is certified. */
  public static Fingerprints none() {
    return new Fingerprints(Map.of());
  }

  /**
   * The fingerprint of a pair's reference, if the pair is matched by the reference's own structure
   * and its tensors as they are stored: what was measured.
   */
  public Fingerprint of(PairRequest pair, OpenedReference reference, PairContext context)
      throws IOException {
    boolean asMeasured =
        known.containsKey(new Key(pair.reference(), pair.structure()))
            && context.structure() == reference.structures().structure()
            && context.alignment().referenceViews().stream()
                .allMatch(view -> view.shown().equals(view.source()));
    return asMeasured ? of(pair) : Fingerprint.unknown();
  }

  /** The fingerprint of a pair's reference. */
  public Fingerprint of(PairRequest pair) {
    return known.getOrDefault(new Key(pair.reference(), pair.structure()), Fingerprint.unknown());
  }
}
