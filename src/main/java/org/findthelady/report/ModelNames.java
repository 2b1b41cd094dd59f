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
 */
public record ModelNames(
    String runId,
    String modelId,
    String referenceId,
    String reference,
    String suspect,
    String format,
    String structure)
    implements Serializable {}
