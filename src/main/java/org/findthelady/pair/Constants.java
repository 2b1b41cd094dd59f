package org.findthelady.pair;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.rows.EqualTensor;
import org.findthelady.match.rows.Weights;

/**
 * Tensors that both sides hold alike and whose numbers follow a rule, as masks and tables of
 * positions do: any model of the kind holds them, so they tell nothing of order or origin.
 */
final class Constants {
  private static final int MOST = 1 << 18;

  private Constants() {}

  /** Their names, among the tensors of rank 2 and up that a pair compares. */
  static Set<String> of(PairContext context, Weights reference, Weights suspect)
      throws IOException {
    Set<String> constants = new HashSet<>();
    for (TensorInfo tensor : context.compared()) {
      String name = tensor.name();
      if (tensor.shape().rank() > 1
          && reference.has(name)
          && suspect.has(name)
          && areEqual(reference, suspect, name)
          && EqualTensor.isRule(reference, name)) {
        constants.add(name);
      }
    }
    return constants;
  }

  private static boolean areEqual(Weights reference, Weights suspect, String name)
      throws IOException {
    Shape shape = reference.shape(name);
    int count = (int) Math.min(MOST, shape.elements());
    float[] ours = new float[count];
    float[] theirs = new float[count];
    reference.read(name, 0, ours, 0, count);
    suspect.read(name, 0, theirs, 0, count);
    return Arrays.equals(ours, theirs);
  }
}
