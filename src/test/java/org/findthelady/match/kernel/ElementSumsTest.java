package org.findthelady.match.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The rounding that certificates allow for is the rounding that there is. */
class ElementSumsTest {
  private static final double UNIT = 0x1p-24;

  /** Values that make single precision err: like signs, alternating ones, all sizes at once. */
  private static float value(String kind, int i, SplittableRandom random) {
    return switch (kind) {
      case "normal" -> (float) random.nextGaussian();
      case "one sign" -> (float) (1 + random.nextDouble());
      case "alternating" -> (float) ((i % 2 == 0 ? 1 : -1) * (1 + 1e-6 * random.nextDouble()));
      case "all sizes" -> (float) (random.nextGaussian() * Math.pow(10, 6 * random.nextDouble()));
      default -> (float) (0.1 + 1e-8 * i);
    };
  }

  private static final String[] KINDS = {
    "normal", "one sign", "alternating", "all sizes", "constant"
  };

  @Test
  void staysWithinItsBound() {
    SplittableRandom random = new SplittableRandom(1);
    ElementSums sums = new ElementSums();
    for (String kind : KINDS) {
      for (int count : new int[] {1, 63, 64, 65, 511, 513, 4095, 4096, 4097, 8191, 20000}) {
        float[] a = new float[count + 7];
        float[] b = new float[count + 3];
        for (int i = 0; i < count; i++) {
          a[7 + i] = value(kind, i, random);
          b[3 + i] = value(kind, i, random);
        }
        sums.of(a, 7, b, 3, count);
        double dots = 0;
        double sizes = 0;
        double here = 0;
        double there = 0;
        double apart = 0;
        for (int i = 0; i < count; i++) {
          double x = a[7 + i];
          double y = b[3 + i];
          dots += x * y;
          sizes += Math.abs(x * y);
          here += x * x;
          there += y * y;
          apart += (x - y) * (x - y);
        }
        String what = kind + " " + count;
        assertThat(Math.abs(sums.dots() - dots)).as(what).isLessThanOrEqualTo(16 * UNIT * sizes);
        assertThat(Math.abs(sums.here() - here)).as(what).isLessThanOrEqualTo(16 * UNIT * here);
        assertThat(Math.abs(sums.there() - there)).as(what).isLessThanOrEqualTo(16 * UNIT * there);
        assertThat(Math.abs(sums.apart() - apart)).as(what).isLessThanOrEqualTo(18 * UNIT * apart);
      }
    }
  }

  @Test
  void columnsStayWithinTheirs() {
    SplittableRandom random = new SplittableRandom(2);
    int rest = 600;
    ElementSums sums = new ElementSums();
    for (String kind : KINDS) {
      for (int rows : new int[] {1, 15, 16, 17, 1000}) {
        ColumnSums columns = new ColumnSums(rest, 1, rest, false);
        double[] dots = new double[rest];
        double[] sizes = new double[rest];
        double[] here = new double[rest];
        for (int row = 0; row < rows; row++) {
          float[] a = new float[rest];
          float[] b = new float[rest];
          for (int x = 0; x < rest; x++) {
            a[x] = value(kind, row, random);
            b[x] = value(kind, row, random);
            dots[x] += (double) a[x] * b[x];
            sizes[x] += Math.abs((double) a[x] * b[x]);
            here[x] += (double) a[x] * a[x];
          }
          sums.of(a, 0, b, 0, rest);
          columns.add(sums, a, 0, b, 0, rest);
        }
        columns.finish();
        for (int x = 0; x < rest; x++) {
          assertThat(Math.abs(columns.dots()[x] - dots[x]))
              .as(kind + " " + rows)
              .isLessThanOrEqualTo(116 * UNIT * sizes[x]);
          assertThat(Math.abs(columns.here()[x] - here[x]))
              .as(kind + " " + rows)
              .isLessThanOrEqualTo(116 * UNIT * here[x]);
        }
      }
    }
  }

  @Test
  void tellsWhereSinglePrecisionIsNotEnough() {
    ElementSums sums = new ElementSums();
    for (float size : new float[] {1e25f, 1e-25f}) {
      float[] values = new float[1000];
      java.util.Arrays.fill(values, size);
      sums.of(values, 0, values, 0, 1000);
      assertThat(sums.needExactly(1000)).isTrue();
      for (int few : new int[] {1, 9, 70, 200}) {
        sums.of(values, 0, values, 0, few);
        assertThat(sums.needExactly(few)).isTrue();
      }
      sums.ofExactly(values, 0, values, 0, 1000);
      assertThat(sums.here() / (1000.0 * size * size))
          .isCloseTo(1, org.assertj.core.data.Offset.offset(1e-12));
    }
    float[] broken = new float[1000];
    broken[500] = Float.NaN;
    sums.of(broken, 0, new float[1000], 0, 1000);
    assertThat(sums.finite()).isFalse();
  }
}
