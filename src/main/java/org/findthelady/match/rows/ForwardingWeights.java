package org.findthelady.match.rows;

import java.io.IOException;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;

/** Weights seen through others. All is passed on; a view changes what it must. */
abstract class ForwardingWeights implements Weights {
  private final Weights weights;

  ForwardingWeights(Weights weights) {
    this.weights = weights;
  }

  /** The weights behind. */
  final Weights weights() {
    return weights;
  }

  @Override
  public boolean has(String tensor) {
    return weights.has(tensor);
  }

  @Override
  public Shape shape(String tensor) {
    return weights.shape(tensor);
  }

  @Override
  public void hold(String tensor) throws IOException {
    weights.hold(tensor);
  }

  @Override
  public void expect(String tensor, long[] firstElements, long count) throws IOException {
    weights.expect(tensor, firstElements, count);
  }

  @Override
  public long place(String tensor) {
    return weights.place(tensor);
  }

  @Override
  public DType packedType(String tensor) {
    return weights.packedType(tensor);
  }
}
