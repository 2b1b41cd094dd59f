package org.findthelady.metamorphic;

import java.util.function.UnaryOperator;

/**
 * A network with one thing done to it.
 *
 * @param name of what was done
 * @param suspect the changed network, in the reference's order
 * @param expected what an audit must say
 * @param late what is done after the network was shuffled: what no structure of the reference fits
 */
record Mutation(String name, Network suspect, Expected expected, UnaryOperator<Network> late) {
  Mutation(String name, Network suspect, Expected expected) {
    this(name, suspect, expected, UnaryOperator.identity());
  }

  /** The suspect with what is done late, in its own order. */
  Network whole() {
    return late.apply(suspect.copy());
  }
}
