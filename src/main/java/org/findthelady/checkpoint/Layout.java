package org.findthelady.checkpoint;

import java.io.Serializable;

/**
 * Where a format finds tensors that do not lie in a file as one packed range of bytes. Each format
 * has a type of its own, which it alone makes and reads.
 */
public interface Layout extends Serializable {}
