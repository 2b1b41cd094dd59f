package org.findthelady.match.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.match.rows.RowPairs;
import org.findthelady.match.rows.Weights;
import org.findthelady.match.task.MatchTask;
import org.findthelady.structure.Axis;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * Compares tensors element by element, the suspect's in reference order, in one streaming pass, and
 * sums up each unit of each group. Bytes that are the same are not decoded.
 *
 * @param elements of all the tensors together
 * @param wholeBytes a suspect tensor of no more bytes is read at once where its rows move
 * @param always whether equal tensors are summed up too
 */
public record CompareTask(
    List<String> tensors, GroupPermutations resync, long elements, long wholeBytes, boolean always)
    implements MatchTask<ArrayList<TensorPairResult>> {
  @Override
  public List<String> reads() {
    return tensors;
  }

  @Override
  public ArrayList<TensorPairResult> run(Structure structure, Weights reference, Weights suspect)
      throws IOException {
    ArrayList<TensorPairResult> pairs = new ArrayList<>();
    for (String tensor : tensors) {
      pairs.add(compare(structure, reference, suspect, tensor));
    }
    return pairs;
  }

  private TensorPairResult compare(
      Structure structure, Weights reference, Weights suspect, String tensor) throws IOException {
    Shape shape = reference.shape(tensor);
    List<Axis> axes = structure.axes(tensor);
    DType here = reference.packedType(tensor);
    DType there = suspect.packedType(tensor);
    RowPairs rows =
        new RowPairs(
            reference, suspect, tensor, shape, structure.gathers(tensor, resync), wholeBytes);
    boolean same = here == there && !always;
    while (same && rows.next()) {
      same = rows.same();
    }
    if (same) {
      return TensorPairSums.equal(tensor, shape, axes);
    }
    TensorPairSums sums = new TensorPairSums(tensor, shape, axes, here, there, rows.batch());
    rows.rewind();
    while (rows.next()) {
      sums.add(rows.first(), rows.count(), rows.here(), rows.there());
    }
    return sums.result(structure);
  }
}
