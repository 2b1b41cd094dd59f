package org.findthelady.run;

import java.util.Map;
import java.util.TreeMap;
import org.findthelady.candidate.Kin;
import org.findthelady.fleet.Audited;
import org.findthelady.pair.PairOutcome;
import org.findthelady.report.ModelFindings;
import org.findthelady.report.ModelNames;

/**
 * What a run keeps of a model that is done.
 *
 * @param findings its rows
 * @param written SHA-256 of the files of the re-synchronised model, by path below the run's folder;
 *     empty if none was written
 * @param seconds that it took
 * @param failed whether it could not be judged at all
 * @param kin what its relatives are found by
 */
record FinishedModel(
    ModelFindings findings, Map<String, String> written, double seconds, boolean failed, Kin kin) {
  FinishedModel {
    written = Map.copyOf(written);
  }

  /** An outcome whose model, if there is one, was published. */
  static FinishedModel of(String runId, Audited audited) {
    PairOutcome outcome = audited.outcome();
    Map<String, String> written = new TreeMap<>();
    String stage = outcome.pair().stage();
    outcome
        .written()
        .forEach(
            (path, sha) ->
                written.put(RunFolder.published(stage) + path.substring(stage.length()), sha));
    return new FinishedModel(
        RunRows.of(runId, outcome), written, outcome.seconds(), outcome.failed(), audited.kin());
  }

  FinishedModel reading(ModelNames.Contents read) {
    return new FinishedModel(findings.reading(read), written, seconds, failed, kin);
  }

  String id() {
    return findings.model().names().modelId();
  }
}
