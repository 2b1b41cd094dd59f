package org.findthelady.checkpoint.pytorch;

import org.findthelady.core.DType;

/**
 * A storage as a pickle names it.
 *
 * @param key its name in the file
 * @param dtype type of its elements; U8 with {@code untyped} for bytes whose type the tensor says
 * @param untyped whether elements are counted in bytes
 * @param elements how many elements the stored object holds
 * @param first first element of the part that is meant (legacy storage views); else 0
 * @param count elements of that part
 */
record StorageRef(
    String key, DType dtype, boolean untyped, long elements, long first, long count) {}
