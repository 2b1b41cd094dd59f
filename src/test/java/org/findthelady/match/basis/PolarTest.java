package org.findthelady.match.basis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;

class PolarTest {
  /** Against the factors of the singular value decomposition, up to a condition of 1e5. */
  @Test
  void isTheProductOfBothSingularBases() {
    for (int size : new int[] {1, 2, 17, 100}) {
      SplittableRandom random = new SplittableRandom(size);
      double[] values = new double[size * size];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextGaussian() * Math.pow(1e5, -(double) (i % size) / size);
      }
      RealMatrix matrix = new Array2DRowRealMatrix(size, size);
      for (int i = 0; i < values.length; i++) {
        matrix.setEntry(i / size, i % size, values[i]);
      }
      SingularValueDecomposition parts = new SingularValueDecomposition(matrix);
      RealMatrix expected = parts.getU().multiply(parts.getVT());
      double[] found = Polar.factor(values, size);
      for (int i = 0; i < found.length; i++) {
        assertThat(found[i]).isCloseTo(expected.getEntry(i / size, i % size), within(1e-8));
      }
    }
  }
}
