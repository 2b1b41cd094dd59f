package org.findthelady.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.findthelady.core.Shape;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Structure;

/**
 * Compares tensors element by element, the suspect's in reference order, in one streaming pass, and
 * sums up each leaf of each group.
 *
 * @param elements of all the tensors together
 */
record PairTask(List<String> tensors, Assignment resync, long elements)
    implements MatchTask<ArrayList<TensorPairs>> {
  @Override
  public ArrayList<TensorPairs> run(Structure structure, Weights reference, Weights suspect)
      throws IOException {
    ArrayList<TensorPairs> pairs = new ArrayList<>();
    for (String tensor : tensors) {
      pairs.add(compare(structure, reference, suspect, tensor));
    }
    return pairs;
  }

  private TensorPairs compare(
      Structure structure, Weights reference, Weights suspect, String tensor) throws IOException {
    Shape shape = reference.shape(tensor);
    List<Axis> axes = structure.axes(tensor);
    int[][] gathers = structure.gathers(tensor, resync);
    Slices slices = new Slices(reference, suspect, tensor, shape, gathers);
    int same = 0;
    while (same < slices.count() && slices.readEqual(same)) {
      same++;
    }
    if (same == slices.count()) {
      return PairSums.equal(shape, axes, tensor);
    }
    PairSums sums = new PairSums(shape, axes);
    for (int slice = 0; slice < slices.count(); slice++) {
      slices.read(slice);
      sums.add(slice, slices.here(), slices.there());
    }
    return sums.result(structure, tensor);
  }

  @Override
  public String description() {
    return "Comparing " + (tensors.size() == 1 ? tensors.get(0) : tensors.size() + " tensors");
  }

  @Override
  public long bytes() {
    return 8 * elements;
  }

  @Override
  public double flops() {
    return 12.0 * elements;
  }
}
