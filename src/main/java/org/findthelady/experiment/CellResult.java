package org.findthelady.experiment;

import java.io.Serializable;
import org.findthelady.perturb.AttackKind;

/**
 * One row of a sweep's table: one model, one perturbation, one seed, one method.
 *
 * @param model name of the model
 * @param protocol what was hit and permuted
 * @param attack kind of the perturbation
 * @param strength in the attack's unit
 * @param seed of perturbation and permutation
 * @param method how the permutation was looked for
 * @param groups that were permuted
 * @param neurons leaves over those groups
 * @param right leaves put back where they belong
 * @param wrongAmbiguous leaves put elsewhere, and said to be ambiguous
 * @param wrongInterchangeable leaves put elsewhere among candidates that are all alike
 * @param wrongSilent leaves put elsewhere and not marked at all
 * @param marked leaves marked ambiguous, right or wrong
 * @param psi 100 * right / neurons
 * @param errorPercent of the perturbed model at its own task; null where there is none
 * @param divergence Kullback-Leibler, of its outputs from the reference's; null likewise
 * @param closedForm Psi of the closed form for independent normal rows; null where it does not
 *     apply
 * @param likelier natural logarithm of how much likelier the order found is than the true one,
 *     under the noise that the attack made; null for other attacks and methods
 */
public record CellResult(
    String model,
    Protocol protocol,
    AttackKind attack,
    double strength,
    long seed,
    Method method,
    int groups,
    long neurons,
    long right,
    long wrongAmbiguous,
    long wrongInterchangeable,
    long wrongSilent,
    long marked,
    double psi,
    Double errorPercent,
    Double divergence,
    Double closedForm,
    Double likelier)
    implements Serializable {}
