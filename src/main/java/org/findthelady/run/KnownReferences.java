package org.findthelady.run;

import java.util.List;
import org.findthelady.candidate.Kin;
import org.findthelady.candidate.KinPairs;

/**
 * What relatives of references are found by, kept from run to run.
 *
 * @param key of their contents
 * @param kin of each, in the order of their ids
 * @param likely pairs that look alike, by index
 */
public record KnownReferences(String key, List<Kin> kin, List<KinPairs.Pair> likely) {
  /** Nothing. */
  static final KnownReferences NONE = new KnownReferences("", List.of(), List.of());

  public KnownReferences {
    kin = List.copyOf(kin);
    likely = List.copyOf(likely);
  }
}
