package org.findthelady.match.kernel;

/** Pearson's correlation of pairs of numbers, summed up one by one. */
public final class Correlation {
  private long count;
  private double sumA;
  private double sumB;
  private double squaresA;
  private double squaresB;
  private double products;

  public void add(double a, double b) {
    count++;
    sumA += a;
    sumB += b;
    squaresA += a * a;
    squaresB += b * b;
    products += a * b;
  }

  /** -1 to 1; 0 where one side does not vary. */
  public double value() {
    double spread = (squaresA - sumA * sumA / count) * (squaresB - sumB * sumB / count);
    return spread > 0 ? (products - sumA * sumB / count) / Math.sqrt(spread) : 0;
  }
}
