package org.findthelady.discover;

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
   */
  static double deviations(float[] a, float[] b) {
    int n = a.length;
    double least = correlation(a, b) * Math.sqrt(n - 1.0);
    for (int inner = 2; inner <= n / 2 && least > 0; inner++) {
      if (n % inner == 0) {
        int outer = n / inner;
        double degrees = (inner - 1.0) * (outer - 1.0);
        double left = correlation(interaction(a, inner), interaction(b, inner));
        least = Math.min(least, left * Math.sqrt(degrees));
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
