package org.findthelady.discover;

import java.util.function.DoubleBinaryOperator;
import org.findthelady.match.kernel.FisherZ;

/**
 * Whether numbers of the slices of an axis say that the axis stays in place. Where only digits of
 * the places stay (positions of channels that move, gates of units that move), the numbers
 * correlate as well; so the correlation must hold once the means of digits are taken away, for
 * every way to split the axis in two digits.
 */
final class InPlaceTest {
  private InPlaceTest() {}

  /**
   * How clearly numbers agree in place, in standard deviations of a rank correlation.
   *
   * @param a of the reference, one for each place
   * @param b of the suspect
   * @param enough what the caller asks for; if the result is no more, it is a bound from above
   */
  static double deviations(float[] a, float[] b, double enough) {
    return least(a, b, enough, (correlation, degrees) -> correlation * Math.sqrt(degrees));
  }

  /**
   * The same by Fisher's transform, for short axes too: there an almost perfect correlation is less
   * likely by chance than its deviations say.
   */
  static double transformed(float[] a, float[] b, double enough) {
    return least(a, b, enough, InPlaceTest::transformed);
  }

  private static double transformed(double correlation, double degrees) {
    double transformed = FisherZ.of(correlation) * Math.sqrt(Math.max(0, degrees - 2));
    return Math.min(transformed, Math.sqrt(-2 * Chance.ofAgreement((int) degrees + 1)));
  }

  private static double least(float[] a, float[] b, double enough, DoubleBinaryOperator of) {
    int n = a.length;
    double least = of.applyAsDouble(correlation(a, b), n - 1.0);
    for (int inner = 2; inner <= n / 2 && least > enough; inner++) {
      if (n % inner == 0) {
        double degrees = (inner - 1.0) * (Math.floorDiv(n, inner) - 1.0);
        double left = correlation(interaction(a, inner), interaction(b, inner));
        least = Math.min(least, of.applyAsDouble(left, degrees));
      }
    }
    return least;
  }

  private static double correlation(float[] a, float[] b) {
    return new VectorPair(a, b).correlation(PlaceAnchors.inPlace(a.length));
  }

  /** What is left of numbers once the mean of each inner and each outer digit is taken away. */
  private static float[] interaction(float[] values, int inner) {
    int outer = values.length / inner;
    double[] ofInner = new double[inner];
    double[] ofOuter = new double[outer];
    double mean = 0;
    for (int i = 0; i < values.length; i++) {
      ofInner[i % inner] += values[i] / outer;
      ofOuter[i / inner] += values[i] / inner;
      mean += values[i] / values.length;
    }
    float[] left = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      left[i] = (float) (values[i] - ofInner[i % inner] - ofOuter[i / inner] + mean);
    }
    return left;
  }
}
