package org.findthelady.match.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class PatternTest {
  @Test
  void knowsRules() {
    assertRule("causal mask", 128, 128, i -> i % 128 <= i / 128 ? 1 : 0);
    assertRule("sinusoids", 200, 64, PatternTest::sinusoid);
    assertRule("windowed Fourier basis", 129, 256, PatternTest::windowed);
    assertRule("positions", 300, 32, i -> Math.floorDiv(i, 32));
    assertRule("anchors", 40 * 40, 4, PatternTest::anchor);
    assertRule("powers", 4, 64, i -> Math.pow(0.9, i % 64) * (1 + i / 64));
    assertRule("constant", 40, 40, i -> 0.25);
  }

  @Test
  void leavesWhatWasLearnedAlone() {
    SplittableRandom random = new SplittableRandom(4);
    assertLearned("normal", 64, 96, i -> random.nextGaussian());
    assertLearned("pruned", 64, 96, i -> random.nextInt(10) == 0 ? random.nextGaussian() : 0);
    assertLearned("eight bits", 64, 96, i -> Math.rint(40 * random.nextGaussian()) / 40);
    assertLearned("ternary", 64, 96, i -> random.nextInt(3) - 1);
    assertLearned("scaled rows", 64, 96, i -> Math.exp(i / 96 % 7) * random.nextGaussian());
    assertLearned("few", 3, 5, i -> random.nextGaussian());
  }

  /** Numbers that share a scale with their neighbours hold fewer bits in their order. */
  @Test
  void leavesQuantisedWeightsAlone() {
    SplittableRandom random = new SplittableRandom(4);
    for (int block : new int[] {16, 32, 256}) {
      for (int levels : new int[] {1, 7, 127}) {
        double[] scale = new double[1];
        assertLearned(
            levels + " levels in blocks of " + block,
            128,
            256,
            i -> {
              scale[0] = i % block == 0 ? Math.exp(random.nextGaussian()) : scale[0];
              return scale[0] * Math.rint(levels * Math.tanh(random.nextGaussian()));
            });
      }
    }
  }

  private static double sinusoid(int i) {
    double angle = Math.floorDiv(i, 64) / Math.pow(10000, Math.floorDiv(i % 64, 2) / 32.0);
    return i % 2 == 0 ? Math.sin(angle) : Math.cos(angle);
  }

  private static double windowed(int i) {
    int sample = i % 256;
    double hann = 0.5 - 0.5 * Math.cos(2 * Math.PI * sample / 256);
    return hann * Math.cos(2 * Math.PI * sample * Math.floorDiv(i, 256) / 256);
  }

  private static double anchor(int i) {
    int cell = i / 4;
    return switch (i % 4) {
      case 0 -> (cell % 40 + 0.5) / 40;
      case 1 -> (Math.floorDiv(cell, 40) + 0.5) / 40;
      default -> 0.1;
    };
  }

  private static void assertRule(String name, int rows, int width, IntToDoubleFunction value) {
    assertThat(Pattern.isRule(values(rows, width, value), width)).as(name).isTrue();
  }

  private static void assertLearned(String name, int rows, int width, IntToDoubleFunction value) {
    assertThat(Pattern.isRule(values(rows, width, value), width)).as(name).isFalse();
  }

  private static float[] values(int rows, int width, IntToDoubleFunction value) {
    float[] values = new float[rows * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) value.applyAsDouble(i);
    }
    return values;
  }
}
