package org.findthelady.match.task;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.core.Shape;
import org.findthelady.match.rows.EvidenceReader;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * Looks for the permutations of many groups at once, all their tensors held in memory.
 *
 * @param groups root groups without nested ones, each with the suspect unit of each reference unit
 *     as it is known so far
 * @param weights by tensor: inverse variance of the noise that is expected
 * @param around the order of all other groups
 * @param elements of one side
 */
public record JointTask(
    Map<String, int[]> groups, Map<String, Double> weights, GroupPermutations around, long elements)
    implements MatchTask<JointTask.Found> {
  public JointTask {
    groups = new LinkedHashMap<>(groups);
    weights = new LinkedHashMap<>(weights);
  }

  /**
   * The best that was found.
   *
   * @param columnOf by group: the suspect unit of each reference unit
   * @param gain how much better that is than what was known, as a logarithm of likelihood
   */
  public record Found(Map<String, int[]> columnOf, double gain) implements Serializable {
    public Found {
      columnOf = new LinkedHashMap<>(columnOf);
    }
  }

  @Override
  public Found run(Structure structure, Weights reference, Weights suspect) throws IOException {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    groups.forEach((group, known) -> sizes.put(group, known.length));
    MeanField field = new MeanField(sizes, tensors(structure, reference, suspect));
    Map<String, int[]> found = field.solve();
    return new Found(found, field.agreement(found) - field.agreement(groups));
  }

  /** The tensors whose weights are all numbers, and whose scores are floats. */
  List<JointTensor> tensors(Structure structure, Weights reference, Weights suspect)
      throws IOException {
    List<JointTensor> tensors = new ArrayList<>();
    for (String name : weights.keySet()) {
      JointTensor tensor = tensor(structure, reference, suspect, name);
      if (tensor != null) {
        tensors.add(tensor);
      }
    }
    return tensors;
  }

  /** Null if not all its weights are numbers, or if their products are too large for floats. */
  private JointTensor tensor(Structure structure, Weights reference, Weights suspect, String name)
      throws IOException {
    Shape shape = reference.shape(name);
    float[] here = reference.readWhole(name);
    float[] there = suspect.readWhole(name);
    // Sorted values, of which the expected noise is made, come closer than those that belong
    // together; noise that adds to the weights shows in their variance.
    double noise = Math.max(1 / weights.get(name), variance(there) - variance(here));
    if (!(JointTensor.largestScore(here, there, 1 / noise) < Float.MAX_VALUE)) {
      return null;
    }
    int[] order = EvidenceReader.composed(shape, structure.gathers(name, around), 0, shape.rank());
    int[] lengths = new int[shape.rank()];
    for (int axis = 0; axis < lengths.length; axis++) {
      lengths[axis] = shape.intLength(axis);
    }
    JointTensor tensor = new JointTensor(lengths, here, gathered(there, order), 1 / noise);
    List<Axis> axes = structure.axes(name);
    for (int axis = 0; axis < lengths.length; axis++) {
      for (String group : axes.get(axis).groups()) {
        if (groups.containsKey(group)) {
          tensor.carry(place(structure, axes.get(axis), axis, structure.group(group)));
        }
      }
    }
    return tensor;
  }

  private static JointTensor.Place place(Structure structure, Axis on, int axis, Group group) {
    int[] positions = EvidenceReader.places(structure, on, group);
    int copies = positions.length / group.units();
    return new JointTensor.Place(axis, group.name(), group.units(), copies, positions);
  }

  private static float[] gathered(float[] values, int[] order) {
    if (order == null) {
      return values;
    }
    float[] gathered = new float[values.length];
    for (int i = 0; i < gathered.length; i++) {
      gathered[i] = values[order[i]];
    }
    return gathered;
  }

  private static double variance(float[] values) {
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value;
      squares += (double) value * value;
    }
    double mean = sum / values.length;
    return squares / values.length - mean * mean;
  }
}
