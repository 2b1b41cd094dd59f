package org.findthelady.match.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.findthelady.core.Shape;
import org.findthelady.structure.Axis;
import org.findthelady.structure.StackedTensor;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

class StackedWeightsTest {
  private static final Structure STRUCTURE =
      new Structure(
          "test",
          List.of(),
          Map.of(
              "rows", List.of(Axis.frozen(4, "a"), Axis.frozen(3, "b")),
              "columns", List.of(Axis.frozen(2, "a"), Axis.frozen(6, "b"))),
          List.of(
              new StackedTensor("rows", 0, List.of("r0", "r1")),
              new StackedTensor("columns", 1, List.of("c0", "c1"))),
          List.of());

  /** Tensors of 2 x 3 whose values tell the tensor and the element. */
  private static final Weights PARTS =
      new Weights() {
        @Override
        public boolean has(String tensor) {
          return tensor.matches("[rc][01]");
        }

        @Override
        public Shape shape(String tensor) {
          return Shape.of(2, 3);
        }

        @Override
        public void read(String tensor, long first, float[] target, int offset, int count) {
          for (int i = 0; i < count; i++) {
            target[offset + i] = 10L * (tensor.charAt(1) - '0') + first + i;
          }
        }
      };

  private final Weights stacked = new StackedWeights(STRUCTURE, PARTS);

  @Test
  void laysPartsEndToEndOnTheirAxis() throws IOException {
    assertThat(stacked.has("rows")).isTrue();
    assertThat(stacked.has("other")).isFalse();
    assertThat(stacked.shape("rows")).isEqualTo(Shape.of(4, 3));
    assertThat(stacked.shape("columns")).isEqualTo(Shape.of(2, 6));
    assertThat(read("rows", 0, 12)).containsExactly(0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15);
    assertThat(read("columns", 0, 12)).containsExactly(0, 1, 2, 10, 11, 12, 3, 4, 5, 13, 14, 15);
    assertThat(read("r1", 2, 3)).containsExactly(12, 13, 14);
  }

  @Test
  void everyRangeIsAPartOfTheWhole() throws IOException {
    for (String tensor : List.of("rows", "columns")) {
      float[] whole = read(tensor, 0, 12);
      for (int from = 0; from <= 12; from++) {
        for (int to = from; to <= 12; to++) {
          float[] part = read(tensor, from, to - from);
          for (int i = 0; i < part.length; i++) {
            assertThat(part[i]).isEqualTo(whole[from + i]);
          }
        }
      }
    }
  }

  private float[] read(String tensor, long first, int count) throws IOException {
    float[] target = new float[count];
    stacked.read(tensor, first, target, 0, count);
    return target;
  }
}
