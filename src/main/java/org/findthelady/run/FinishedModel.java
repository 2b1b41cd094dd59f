package org.findthelady.run;

import java.util.Map;
import java.util.TreeMap;
import org.findthelady.candidate.Kin;
import org.findthelady.fleet.Audited;
import org.findthelady.pair.PairOutcome;
import org.findthelady.report.AuditPage;
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
 * @param detail what unfolds below it on the page, which is text that takes long to make; empty for
 *     what stands on no page
 */
record FinishedModel(
    ModelFindings findings,
    Map<String, String> written,
    double seconds,
    boolean failed,
    Kin kin,
    String detail) {
  FinishedModel {
    written = Map.copyOf(written);
  }

  /**
   * An outcome whose model, if there is one, was published.
   *
   * @param read of the suspect and its reference
   */
  static FinishedModel of(String runId, Audited audited, ModelNames.Contents read) {
    PairOutcome outcome = audited.outcome();
    Map<String, String> written = new TreeMap<>();
    String stage = outcome.pair().stage();
    outcome
        .written()
        .forEach(
            (path, sha) ->
                written.put(RunFolder.published(stage) + path.substring(stage.length()), sha));
    ModelFindings findings = RunRows.of(runId, outcome).reading(read);
    return new FinishedModel(
        findings,
        written,
        outcome.seconds(),
        outcome.failed(),
        audited.kin(),
        AuditPage.detail(findings));
  }

  /**
   * A pair of models of a run beside those of its suspects and references: what its relation needs.
   */
  static FinishedModel ofPair(String runId, PairOutcome outcome) {
    ModelFindings findings = RunRows.of(runId, outcome).ofRelation();
    return new FinishedModel(findings, Map.of(), 0, false, Kin.UNKNOWN, "");
  }

  String id() {
    return findings.model().names().modelId();
  }
}
