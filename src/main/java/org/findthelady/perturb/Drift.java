package org.findthelady.perturb;

import java.util.Locale;
import org.findthelady.core.Shape;

/**
 * Drift like that of fine-tuning: a low-rank change W + s * U V^T / sqrt(rank), U and V standard
 * normal, the rows being axis 0 and the columns all other axes. Each entry of the change has
 * standard deviation s = strength * sigma, sigma being the tensor's population standard deviation.
 *
 * @param strength size of the change in units of the tensor's sigma, at least 0
 * @param rank of the change, at least 1
 */
public record Drift(double strength, int rank, LayerSelection layers, long seed)
    implements Perturbation {
  private static final long serialVersionUID = 1;

  public Drift {
    if (!(strength >= 0 && Double.isFinite(strength)) || rank < 1) {
      throw new IllegalArgumentException("drift of strength " + strength + ", rank " + rank);
    }
  }

  @Override
  public String description() {
    return String.format(
        Locale.ROOT, "drift %s of rank %d%s, seed %d", strength, rank, layers.suffix(), seed);
  }

  @Override
  public boolean selects(String tensor, Shape shape) {
    return layers.selects(tensor, shape);
  }

  @Override
  public void applyInPlace(String tensor, Shape shape, float[] values) {
    double scale = strength * Moments.of(values).sigma() / Math.sqrt(rank);
    if (scale == 0 || values.length == 0) {
      return;
    }
    int rows = shape.intLength(0);
    int columns = values.length / rows;
    Gaussians gaussians = new Gaussians(seed, "drift/" + tensor);
    float[] left = gaussians.floats(Math.multiplyExact(rows, rank));
    float[] right = gaussians.floats(Math.multiplyExact(columns, rank));
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        double change = 0;
        for (int r = 0; r < rank; r++) {
          change += left[row * rank + r] * right[column * rank + r];
        }
        int at = row * columns + column;
        values[at] = (float) (values[at] + scale * change);
      }
    }
  }
}
