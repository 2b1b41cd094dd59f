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
    PairSums sums = new PairSums(shape, axes);
    int rest = sums.rest();
    int[] restMap = EvidenceReader.composed(shape, gathers, 1, shape.rank());
    float[] here = new float[rest];
    float[] there = new float[rest];
    float[] gathered = restMap == null ? there : new float[rest];
    for (int o = 0; o < sums.outer(); o++) {
      int from = gathers.length == 0 || gathers[0] == null ? o : gathers[0][o];
      reference.read(tensor, (long) o * rest, here, 0, rest);
      suspect.read(tensor, (long) from * rest, there, 0, rest);
      if (restMap != null) {
        for (int x = 0; x < rest; x++) {
          gathered[x] = there[restMap[x]];
        }
      }
      sums.add(o, here, gathered);
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
