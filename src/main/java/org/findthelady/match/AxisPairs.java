package org.findthelady.match;

import java.io.Serializable;

/**
 * Sums over the weights of each leaf of a group on one tensor axis, after matching.
 *
 * @param referenceSquares squared norm of each reference leaf's weights
 * @param suspectSquares squared norm of its source's weights, in reference order
 * @param dots their dot products
 */
record AxisPairs(
    int axis, String group, float[] referenceSquares, float[] suspectSquares, float[] dots)
    implements Serializable {}
