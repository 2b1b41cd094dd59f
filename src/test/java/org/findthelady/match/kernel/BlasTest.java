package org.findthelady.match.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class BlasTest {
  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void unpacksItsOwnNativeLibrary() {
    assertThat(Blas.isNative()).as(Blas.description()).isTrue();
  }

  @Test
  void addsWeightedProductsInBothLayouts() {
    SplittableRandom random = new SplittableRandom(1);
    int rows = 5;
    int columns = 7;
    int depth = 11;
    float[] a = uniform(rows * depth, random);
    float[] b = uniform(columns * depth, random);
    float[] byRow = new float[3 + rows * columns];
    float[] byColumn = new float[3 + rows * columns];
    Blas.addProduct(
        false,
        rows,
        columns,
        depth,
        2,
        Blas.Matrix.of(a, depth),
        Blas.Matrix.of(b, depth),
        new Blas.Matrix(byRow, 3, columns));
    Blas.addProduct(
        true,
        rows,
        columns,
        depth,
        2,
        Blas.Matrix.of(transposed(a, rows, depth), rows),
        Blas.Matrix.of(transposed(b, columns, depth), columns),
        new Blas.Matrix(byColumn, 3, columns));
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double sum = 0;
        for (int d = 0; d < depth; d++) {
          sum += 2.0 * a[i * depth + d] * b[j * depth + d];
        }
        assertThat((double) byRow[3 + i * columns + j]).isCloseTo(sum, within(1e-5));
        assertThat((double) byColumn[3 + i * columns + j]).isCloseTo(sum, within(1e-5));
      }
    }
  }

  @Test
  void refusesArraysThatEndBeforeTheirLastRow() {
    float[] a = new float[6 * 4];
    float[] c = new float[3 * 3];
    Blas.Matrix late = new Blas.Matrix(a, 3, 6);
    Blas.Matrix whole = Blas.Matrix.of(a, 6);
    Blas.Matrix sums = Blas.Matrix.of(c, 3);
    Blas.addProduct(true, 3, 3, 3, 1, late, whole, sums);
    assertThatThrownBy(() -> Blas.addProduct(true, 3, 3, 4, 1, late, whole, sums))
        .hasMessage("matrix A has 24 numbers, 4 rows of 6 from 3 on need more");
  }

  private static float[] transposed(float[] matrix, int rows, int columns) {
    float[] out = new float[matrix.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        out[j * rows + i] = matrix[i * columns + j];
      }
    }
    return out;
  }

  private static float[] uniform(int length, SplittableRandom random) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextDouble();
    }
    return values;
  }
}
