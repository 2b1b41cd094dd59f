package org.findthelady.match.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.findthelady.core.Shape;
import org.findthelady.match.Model;
import org.junit.jupiter.api.Test;

class SameOrderTest {
  private static final List<String> NAMES = List.of("embed", "up", "gate", "down", "head", "bias");

  private static Model model(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Model model = new Model(null);
    put(model, random, "embed", 40, 24);
    put(model, random, "up", 48, 24);
    put(model, random, "gate", 48, 24);
    put(model, random, "down", 24, 48);
    put(model, random, "head", 40, 24);
    put(model, random, "bias", 48);
    return model;
  }

  private static void put(Model model, SplittableRandom random, String name, long... lengths) {
    Shape shape = Shape.of(lengths);
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    model.put(name, shape, values);
  }

  private static void noise(Model model, double share, String... names) {
    SplittableRandom random = new SplittableRandom(77);
    for (String name : names) {
      float[] values = model.values.get(name);
      for (int i = 0; i < values.length; i++) {
        values[i] += (float) (share * random.nextGaussian());
      }
    }
  }

  /** Rows of a matrix turned by three. */
  private static void turnRows(Model model, String name) {
    float[] values = model.values.get(name);
    int width = (int) model.shape(name).length(1);
    float[] turned = new float[values.length];
    int rows = values.length / width;
    for (int row = 0; row < rows; row++) {
      System.arraycopy(values, row * width, turned, (row + 3) % rows * width, width);
    }
    model.put(name, model.shape(name), turned);
  }

  @Test
  void strongNoiseLeavesTheOrderKnown() throws IOException {
    Model suspect = model(1);
    noise(suspect, 1, "embed", "up", "gate", "down", "head");
    SameOrder order = SameOrder.of(NAMES, model(1), suspect);
    assertThat(order.holds()).as(order.words()).isTrue();
    assertThat(order.inPlace()).isEqualTo(5);
    assertThat(order.logP()).isLessThan(Math.log(1e-6));
  }

  @Test
  void noUnrelatedModelIsInPlace() throws IOException {
    for (long seed = 2; seed < 60; seed++) {
      SameOrder order = SameOrder.of(NAMES, model(1), model(seed));
      assertThat(order.inPlace()).as("seed %d", seed).isZero();
      assertThat(order.holds()).isFalse();
    }
  }

  @Test
  void movedUnitsAreNotInPlace() throws IOException {
    Model suspect = model(1);
    for (String name : List.of("up", "gate", "down", "head", "embed")) {
      turnRows(suspect, name);
    }
    assertThat(SameOrder.of(NAMES, model(1), suspect).holds()).isFalse();
  }

  @Test
  void aSharedTableAloneProvesNothing() throws IOException {
    Model suspect = model(5);
    suspect.put("embed", suspect.shape("embed"), model(1).values.get("embed"));
    SameOrder order = SameOrder.of(NAMES, model(1), suspect);
    assertThat(order.inPlace()).isEqualTo(1);
    assertThat(order.holds()).isFalse();
  }

  @Test
  void rowsOfClassesAloneDoNotMakeATensorBeInPlace() throws IOException {
    Model reference = model(1);
    Model suspect = model(9);
    float[] classes = suspect.values.get("head");
    for (int i = 0; i < classes.length; i++) {
      // Each class has a strength of its own in every model; its features lie in any order.
      classes[i] = Math.abs(classes[i]) * (1 + i / 24);
      reference.values.get("head")[i] = Math.abs(reference.values.get("head")[i]) * (1 + i / 24);
    }
    assertThat(SameOrder.of(List.of("head"), reference, suspect).inPlace()).isZero();
  }

  @Test
  void vectorsAndZerosAreNoEvidence() throws IOException {
    assertThat(SameOrder.of(List.of("bias"), model(1), model(1)).tensors()).isEmpty();
    Model zero = model(1);
    zero.put("up", zero.shape("up"), new float[48 * 24]);
    assertThat(SameOrder.of(List.of("up"), zero, zero).tensors()).isEmpty();
  }

  @Test
  void thePValueOfARandomOrderIsSeldomSmall() {
    SplittableRandom random = new SplittableRandom(3);
    int small = 0;
    for (int trial = 0; trial < 4000; trial++) {
      int[] order = new int[20];
      for (int i = 0; i < order.length; i++) {
        int j = random.nextInt(i + 1);
        order[i] = order[j];
        order[j] = i;
      }
      small += TensorInPlace.logP(order) < Math.log(0.01) ? 1 : 0;
    }
    assertThat(small).isLessThan(60);
  }
}
