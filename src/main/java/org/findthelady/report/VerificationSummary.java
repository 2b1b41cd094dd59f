package org.findthelady.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.SortedMap;
import org.findthelady.core.Verdict;

/**
 * Whether a model has passed, as a SLSA Verification Summary Attestation (version 1): what a gate
 * reads that does not know our verdicts. It is not signed.
 */
public final class VerificationSummary {
  /** The predicate's type and version. */
  public static final String PREDICATE = "https://slsa.dev/verification_summary/v1";

  /** A suspect passes if it was compared and is UNRELATED to each reference. */
  public static final String POLICY = "urn:findthelady:policy:unrelated:v1";

  /** What a model that has passed was verified as; levels of others begin with SLSA. */
  public static final String LEVEL = "FTL_UNRELATED";

  private VerificationSummary() {}

  /**
   * The attestation as JSON.
   *
   * @param suspect SHA-256 by path of the suspect's files; at least one
   * @param time when the run began, ISO-8601 in UTC
   * @param statement where the {@link Statement} on this model lies
   * @param digest its SHA-256
   */
  public static String of(
      ModelRow row,
      SortedMap<String, String> suspect,
      String time,
      String statement,
      String digest) {
    boolean passed = row.verdict() == Verdict.UNRELATED;
    ObjectNode root = Statement.about(row, suspect, PREDICATE);
    ObjectNode predicate = root.putObject("predicate");
    predicate.putObject("verifier").put("id", "urn:findthelady");
    predicate.put("timeVerified", time);
    predicate.put("resourceUri", Judged.uri(row.names().suspect()));
    predicate.putObject("policy").put("uri", POLICY);
    ObjectNode input = predicate.putArray("inputAttestations").addObject();
    input.put("uri", Judged.uri(statement)).putObject("digest").put("sha256", digest);
    predicate.put("verificationResult", passed ? "PASSED" : "FAILED");
    predicate.putArray("verifiedLevels").add(passed ? LEVEL : "FAILED");
    predicate.put("slsaVersion", "1.0");
    return JsonText.of(root);
  }
}
