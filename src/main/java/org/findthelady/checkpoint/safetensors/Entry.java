package org.findthelady.checkpoint.safetensors;

import org.findthelady.core.DType;
import org.findthelady.core.Shape;

/**
 * One tensor of a header.
 *
 * @param begin first byte, counted from the end of the header
 * @param end byte behind the last
 */
record Entry(String name, DType dtype, Shape shape, long begin, long end) {}
