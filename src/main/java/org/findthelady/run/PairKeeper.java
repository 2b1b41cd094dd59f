package org.findthelady.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.findthelady.candidate.Kin;
import org.findthelady.candidate.KinPairs;
import org.findthelady.candidate.ModelSketch;
import org.findthelady.candidate.ReferenceSketches;
import org.findthelady.fleet.Audited;
import org.findthelady.pair.PairRequest;
import org.findthelady.report.ModelFindings;

/**
 * The rows of pairs that a run matches beside those of its suspects and references: taken from the
 * last run where nothing has changed, and kept for the next.
 */
public final class PairKeeper {
  private final String runId;
  private final KeptModels kept;
  private final ModelKeeper keeper;
  private final ContentKeys keys;
  private final FileDigests digests;

  /**
   * @param kept by the last run; null with all that follows if nothing is kept
   */
  public PairKeeper(
      String runId, KeptModels kept, ModelKeeper keeper, ContentKeys keys, FileDigests digests) {
    this.runId = runId;
    this.kept = kept;
    this.keeper = keeper;
    this.keys = keys;
    this.digests = digests;
  }

  /** What the last run found of a pair, if nothing that it depends on has changed. */
  public Optional<ModelFindings> find(PairRequest pair) {
    if (kept == null) {
      return Optional.empty();
    }
    try {
      Optional<String> key = keys.key(pair, digests);
      Optional<FinishedModel> found =
          key.isEmpty() ? Optional.empty() : kept.find(key.get(), runId);
      if (found.isPresent()) {
        keeper.add(key.get(), found.get());
      }
      return found.map(FinishedModel::findings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What relatives of references are found by: as the last run kept it, or anew.
   *
   * @param references pairs of each, in the order of their ids
   * @param sketches makes descriptions of all references
   */
  public KnownReferences references(
      List<PairRequest> references, Supplier<ReferenceSketches> sketches) {
    Optional<String> key = kept == null ? Optional.empty() : keys.references(digests);
    KnownReferences known = key.flatMap(text -> kept.references(text)).orElse(null);
    if (known == null) {
      Map<String, ModelSketch> made = sketches.get().byPath();
      List<ModelSketch> all = references.stream().map(pair -> made.get(pair.reference())).toList();
      known =
          new KnownReferences(
              key.orElse(""), all.stream().map(Kin::of).toList(), KinPairs.likely(all));
    }
    if (key.isPresent()) {
      keeper.add(known);
    }
    return known;
  }

  /** Notes a pair that was matched; empty if it could not be looked at. */
  public Optional<ModelFindings> keep(Audited audited) {
    if (!audited.outcome().audited()) {
      return Optional.empty();
    }
    FinishedModel model = FinishedModel.ofPair(runId, audited.outcome());
    try {
      if (kept != null) {
        Optional<String> key = keys.key(audited.outcome().pair(), digests);
        if (key.isPresent()) {
          keeper.add(key.get(), model);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Optional.of(model.findings());
  }
}
