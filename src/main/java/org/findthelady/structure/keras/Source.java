package org.findthelady.structure.keras;

/**
 * What a call of a layer reads.
 *
 * @param layer the layer that made it
 * @param call which of that layer's calls
 */
record Source(String layer, int call) {}
