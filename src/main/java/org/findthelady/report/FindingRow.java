package org.findthelady.report;

import java.io.Serializable;

/**
 * One thing that was done to a model, with its place.
 *
 * @param runId the run
 * @param modelId unique within the run
 * @param kind what was done, e.g. {@code UNIT_SCALED}
 * @param tensor name in the reference; of a layer what its tensors' names begin with; of a parent
 *     that the model declares its name
 * @param place the unit that it is about
 * @param size a factor, bits, a share of zeros, elements, rows, a layer's number in the suspect, an
 *     l2 norm or a relative difference, as the kind has it; null if it is not a number
 * @param explains whether it explains all that differs in the tensor
 * @param confidence probability that it is about this unit; 1 where a tensor is meant
 */
public record FindingRow(
    String runId,
    String modelId,
    String kind,
    String tensor,
    Place place,
    Double size,
    boolean explains,
    double confidence)
    implements Serializable {
  /**
   * Where a unit is.
   *
   * @param unitGroup group of the unit; empty if the finding is not about a unit
   * @param unit place in the reference (position in the group, or row of the tensor); null if it is
   *     about neither, or not there
   * @param source place in the suspect; null likewise
   */
  public record Place(String unitGroup, Integer unit, Integer source) implements Serializable {}
}
