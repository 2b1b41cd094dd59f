package org.findthelady.structure;

import java.io.Serializable;

/**
 * A fixed digit that counts the dimensions of a rotary embedding, all of them, in Hugging Face's
 * order: first halves of the pairs, then second halves.
 *
 * @param tensor the tensor's name
 * @param axis which axis
 * @param segment which segment of the axis
 * @param factor which digit of the segment
 */
public record RotaryDigit(String tensor, int axis, int segment, int factor)
    implements Serializable {}
