package org.findthelady.align;

import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.structure.Structure;

/**
 * One checkpoint of a pair that names alone do not align.
 *
 * @param structure over its own names; null if none is known
 * @param reader reads its tensors
 */
public record Side(Checkpoint checkpoint, Structure structure, TensorReader reader) {}
