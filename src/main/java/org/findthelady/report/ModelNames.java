package org.findthelady.report;

import java.io.Serializable;

/**
 * What a row of the models' table is about.
 *
 * @param runId the run, a hash of its inputs and settings
 * @param modelId unique within the run
 * @param referenceId the reference that fits, as the job names it; "none fits" if none does,
 *     "undecided" if that cannot be said
 * @param reference path of the reference checkpoint
 * @param suspect path of the suspect checkpoint
 * @param format how the suspect is stored; empty if it could not be told
 * @param structure architecture or graph; empty if none fitted
 * @param contents what was read
 */
public record ModelNames(
    String runId,
    String modelId,
    String referenceId,
    String reference,
    String suspect,
    String format,
    String structure,
    Contents contents)
    implements Serializable {
  /**
   * What was read. The digest of a model is the SHA-256 of its file, or, if it has several, of the
   * lines that {@code sha256sum} prints of them, sorted by path, paths being those below the model.
   * It is empty where the store's own tag stands for the content, as on S3, and in a run that keeps
   * nothing.
   *
   * @param suspectSha256 digest of the suspect
   * @param referenceSha256 digest of the reference
   */
  public record Contents(String suspectSha256, String referenceSha256) implements Serializable {
    /** It is not known. */
    public static final Contents UNKNOWN = new Contents("", "");
  }

  /** The same with what was read. */
  public ModelNames reading(Contents read) {
    return new ModelNames(runId, modelId, referenceId, reference, suspect, format, structure, read);
  }
}
