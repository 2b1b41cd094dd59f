package org.findthelady.structure;

/**
 * Where an output tensor's elements come from.
 *
 * @param source name of the input tensor; the output's own but for parts of a {@link Stack}
 * @param gathers for each axis the input index of every output index, or null where nothing moves
 */
public record TensorMove(String source, int[][] gathers) {}
