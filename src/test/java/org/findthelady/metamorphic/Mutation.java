package org.findthelady.metamorphic;

/**
 * A network with one thing done to it.
 *
 * @param name of what was done
 * @param suspect the changed network, in the reference's order
 * @param expected what an audit must say
 */
record Mutation(String name, Network suspect, Expected expected) {}
