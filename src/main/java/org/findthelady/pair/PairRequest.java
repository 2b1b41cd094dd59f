package org.findthelady.pair;

import java.io.Serializable;
import org.findthelady.match.MatchOptions;
import org.findthelady.storage.HadoopStore;

/**
 * One suspect to be judged against one reference.
 *
 * @param id of the suspect, unique within its run
 * @param reference file or folder
 * @param suspect file or folder
 * @param structure how the groups are found
 * @param options of matching
 * @param store where both lie
 * @param truth truth file; null if not known
 * @param stage where to write the re-synchronised suspect, for the driver to publish; null if it is
 *     not wanted
 */
public record PairRequest(
    String id,
    String reference,
    String suspect,
    StructureChoice structure,
    MatchOptions options,
    HadoopStore store,
    String truth,
    String stage)
    implements Serializable {
  /** This pair with another stage. */
  public PairRequest staged(String other) {
    return new PairRequest(id, reference, suspect, structure, options, store, truth, other);
  }

  /** This pair with its structure from elsewhere. */
  public PairRequest structured(StructureChoice other) {
    return new PairRequest(id, reference, suspect, other, options, store, truth, stage);
  }
}
