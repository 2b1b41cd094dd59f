package org.findthelady.experiment;

import java.io.Serializable;
import org.findthelady.perturb.AttackKind;

/**
 * One row of a sweep's table: one model, one perturbation, one seed, one method. The table's
 * columns are the components of these records in their order.
 *
 * @param asked what was done
 * @param placed where the neurons were put
 * @param psi 100 * right / neurons
 * @param score of the perturbed model at its own task; null where there is none
 * @param closedForm Psi of the closed form for independent normal rows; null where it does not
 *     apply
 * @param likelier natural logarithm of how much likelier the order found is than the true one,
 *     under the noise that the attack made; null for other attacks and methods
 */
public record CellResult(
    Asked asked, Placed placed, double psi, TaskScore score, Double closedForm, Double likelier)
    implements Serializable {
  /**
   * What a row is about.
   *
   * @param model name of the model
   * @param protocol what was hit and permuted
   * @param attack kind of the perturbation
   * @param strength in the attack's unit
   * @param seed of perturbation and permutation
   * @param method how the permutation was looked for
   */
  public record Asked(
      String model, Protocol protocol, AttackKind attack, double strength, long seed, Method method)
      implements Serializable {}

  /**
   * Neurons by where they were put.
   *
   * @param groups that were permuted
   * @param neurons units over those groups
   * @param right units put back where they belong
   * @param wrongAmbiguous units put elsewhere, and said to be ambiguous
   * @param wrongInterchangeable units put elsewhere among candidates that are all alike
   * @param wrongSilent units put elsewhere and not marked at all
   * @param marked units marked ambiguous, right or wrong
   */
  public record Placed(
      int groups,
      long neurons,
      long right,
      long wrongAmbiguous,
      long wrongInterchangeable,
      long wrongSilent,
      long marked)
      implements Serializable {
    /** Put elsewhere, and marked. */
    public long wrongMarked() {
      return wrongAmbiguous + wrongInterchangeable;
    }
  }
}
