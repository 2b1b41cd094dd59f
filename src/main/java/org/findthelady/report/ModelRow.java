package org.findthelady.report;

import java.io.Serializable;
import org.findthelady.core.Verdict;

/**
 * One suspect model of an audit; exactly one row for every line of the manifest. Seconds are not
 * here: tables are the same bytes on every rerun. A table's columns are the components of these
 * records in their order (see {@link Column}).
 *
 * @param names what the row is about
 * @param verdict see {@link Verdict}
 * @param reason why, in one line
 * @param groups permutation groups
 * @param counts neurons over all groups and instances
 * @param margins over all groups
 * @param closeness how alike the two are
 * @param size of what was read
 */
public record ModelRow(
    ModelNames names,
    Verdict verdict,
    String reason,
    int groups,
    NeuronCounts counts,
    Margins margins,
    Closeness closeness,
    Size size)
    implements Serializable {
  /** The same row with what was read of both models. */
  public ModelRow reading(ModelNames.Contents read) {
    return new ModelRow(
        names.reading(read), verdict, reason, groups, counts, margins, closeness, size);
  }

  /**
   * How alike suspect and reference are.
   *
   * @param psi percent placed right; null where the truth is not known
   * @param log10P logarithm to base 10 of the probability that an unrelated model of the same shape
   *     matches as well; null if it was not tested, as for equal weights
   * @param cosine of all weights after re-synchronisation; null if nothing was compared
   * @param relativeL2 norm of the difference over the reference's norm, after re-synchronisation;
   *     null likewise
   */
  public record Closeness(Double psi, Double log10P, Double cosine, Double relativeL2)
      implements Serializable {}

  /**
   * How much there was to look at.
   *
   * @param parameters elements of the suspect's tensors
   * @param bytesRead by the audit of this model, both checkpoints
   * @param referencesCompared references that it was matched with
   */
  public record Size(long parameters, long bytesRead, long referencesCompared)
      implements Serializable {}
}
