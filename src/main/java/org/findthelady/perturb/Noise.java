package org.findthelady.perturb;

import java.util.Locale;
import org.findthelady.core.Shape;

/**
 * Gaussian noise of a given power: W becomes W + N(0, (omega * sigma)^2), sigma being the
 * population standard deviation of that tensor.
 *
 * @param omega power, at least 0
 */
public record Noise(double omega, LayerSelection layers, long seed) implements Perturbation {
  private static final long serialVersionUID = 1;

  public Noise {
    if (!(omega >= 0 && Double.isFinite(omega))) {
      throw new IllegalArgumentException("noise power " + omega + " is not a number from 0 on");
    }
  }

  @Override
  public String description() {
    return String.format(Locale.ROOT, "noise %s%s, seed %d", omega, layers.suffix(), seed);
  }

  @Override
  public boolean selects(String tensor, Shape shape) {
    return layers.selects(tensor, shape);
  }

  @Override
  public void applyInPlace(String tensor, Shape shape, float[] values) {
    double deviation = omega * Moments.of(values).sigma();
    if (deviation == 0) {
      return;
    }
    Gaussians gaussians = new Gaussians(seed, "noise/" + tensor);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] + deviation * gaussians.next());
    }
  }
}
