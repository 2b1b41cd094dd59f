package org.findthelady.conversion;

/**
 * Elements of a converted tensor that lie together, beside the original's.
 *
 * @param first element, row-major in the stored converted tensor
 * @param count of elements
 * @param original numbers
 * @param converted numbers
 */
record Piece(long first, int count, float[] original, float[] converted) {}
