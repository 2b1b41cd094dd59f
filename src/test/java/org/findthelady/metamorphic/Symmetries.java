package org.findthelady.metamorphic;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.findthelady.core.Verdict;
import org.findthelady.match.verdict.FindingKind;

/**
 * Factors of units that keep the function, as batch normalisation, ReLU and gated units allow them,
 * and the same without what undoes them.
 */
final class Symmetries {
  private static final double EPSILON = 1e-5;

  private static final String KEPT = "keeps the function";

  private final Network network;
  private final Target target;
  private final List<Mutation> made = new ArrayList<>();

  private Symmetries(Network network, Target target) {
    this.network = network;
    this.target = target;
  }

  static List<Mutation> of(Network network, Target target) {
    Symmetries symmetries = new Symmetries(network, target);
    Map<String, Target.Place> terms = symmetries.byName();
    if (terms.keySet().containsAll(List.of("weight", "bias", "running_mean", "running_var"))) {
      symmetries.normalised(terms);
    } else if (terms.size() == 1 && !target.readers(network).isEmpty()) {
      symmetries.plain(terms.values().iterator().next());
    }
    return symmetries.made;
  }

  /** The vectors of a unit by the last part of their names; empty if there are several of one. */
  private Map<String, Target.Place> byName() {
    Map<String, Target.Place> terms = new LinkedHashMap<>();
    for (Target.Place place : target.terms(network)) {
      String name = place.tensor().substring(place.tensor().lastIndexOf('.') + 1);
      if (terms.put(name, place) != null) {
        return Map.of();
      }
    }
    return terms;
  }

  /** A convolution and the batch normalisation behind it. */
  private void normalised(Map<String, Target.Place> terms) {
    String gamma = terms.get("weight").tensor();
    String beta = terms.get("bias").tensor();
    String mean = terms.get("running_mean").tensor();
    String variance = terms.get("running_var").tensor();
    for (boolean all : new boolean[] {false, true}) {
      String of = all ? "all rows " : "row ";
      benign(
          of + "x k, statistics follow",
          all,
          (changed, k) -> {
            scale(changed, target.tensor(), target.axis(), k);
            scale(changed, mean, 0, k);
            each(changed, variance, k, (v, f) -> f * f * (v + EPSILON) - EPSILON);
          });
      benign(
          of + "x k, gain / k",
          all,
          (changed, k) -> {
            scale(changed, target.tensor(), target.axis(), k);
            scale(changed, mean, 0, k);
            scale(changed, gamma, 0, unit -> 1 / k.applyAsDouble(unit));
          });
      if (!target.readers(network).isEmpty()) {
        benign(
            of + "gain x k, readers / k",
            all,
            (changed, k) -> {
              scale(changed, gamma, 0, k);
              scale(changed, beta, 0, k);
              target
                  .readers(network)
                  .forEach(
                      place ->
                          scale(
                              changed,
                              place.tensor(),
                              place.axis(),
                              unit -> 1 / k.applyAsDouble(unit)));
            });
      }
    }
    turned(gamma, mean);
    Network changed = network.copy();
    IntToDoubleFunction k = unit -> unit == target.unit() ? 3 : 1;
    scale(changed, target.tensor(), target.axis(), k);
    scale(changed, mean, 0, k);
    made.add(
        new Mutation(
            "row, mean x 3, no more", changed, Expected.unit(FindingKind.UNIT_SCALED, target, 3)));
  }

  /** One row alone: where half of the rows are turned at once, they are not all put back. */
  private void turned(String gamma, String mean) {
    Network turned = network.copy();
    IntToDoubleFunction sign = unit -> unit == target.unit() ? -1 : 1;
    scale(turned, target.tensor(), target.axis(), sign);
    scale(turned, mean, 0, sign);
    scale(turned, gamma, 0, sign);
    made.add(new Mutation("row x -1, gain x -1", turned, Expected.verdict(Verdict.RESCALED, KEPT)));
  }

  /** A weight with a bias, and what reads it through a ReLU. */
  private void plain(Target.Place bias) {
    benign(
        "all rows x k, columns / k",
        true,
        (changed, k) -> {
          scale(changed, target.tensor(), target.axis(), k);
          scale(changed, bias.tensor(), 0, k);
          target
              .readers(network)
              .forEach(
                  place ->
                      scale(
                          changed,
                          place.tensor(),
                          place.axis(),
                          unit -> 1 / k.applyAsDouble(unit)));
        });
    Network changed = network.copy();
    IntToDoubleFunction k = unit -> unit == target.unit() ? 3 : 1;
    scale(changed, target.tensor(), target.axis(), k);
    target
        .readers(network)
        .forEach(
            place ->
                scale(changed, place.tensor(), place.axis(), unit -> 1 / k.applyAsDouble(unit)));
    Expected expected = Expected.unit(FindingKind.UNIT_SCALED, target, 3);
    made.add(
        new Mutation("row x 3, column / 3, bias left", changed, expected.saying("is changed")));
  }

  private interface Change {
    void make(Network changed, IntToDoubleFunction factors);
  }

  private void benign(String name, boolean all, Change change) {
    Network changed = network.copy();
    SplittableRandom random = new SplittableRandom(12);
    double[] factors = random.doubles(4096, 0.3, 3).toArray();
    change.make(changed, unit -> all ? factors[unit] : unit == target.unit() ? 3 : 1);
    made.add(new Mutation(name, changed, Expected.verdict(Verdict.RESCALED, KEPT)));
  }

  private interface Product {
    double of(double value, double factor);
  }

  private void scale(Network changed, String name, int axis, IntToDoubleFunction factor) {
    each(changed, name, axis, factor, (value, f) -> value * f);
  }

  private void each(Network changed, String name, IntToDoubleFunction factor, Product product) {
    each(changed, name, 0, factor, product);
  }

  private void each(
      Network changed, String name, int axis, IntToDoubleFunction factor, Product product) {
    Network.Tensor tensor = changed.get(name);
    int[] units = network.structure.units(network.structure.axes(name).get(axis), target.group());
    for (int i = 0; i < tensor.values().length; i++) {
      int unit = units[tensor.index(i, axis)];
      double f = unit < 0 ? 1 : factor.applyAsDouble(unit);
      if (f != 1) {
        tensor.values()[i] = (float) product.of(tensor.values()[i], f);
      }
    }
  }
}
