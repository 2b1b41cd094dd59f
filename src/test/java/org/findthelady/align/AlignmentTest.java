package org.findthelady.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.Quantisation;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.structure.Axis;
import org.findthelady.structure.FreezeReason;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

class AlignmentTest {
  private final SplittableRandom random = new SplittableRandom(8);

  private float[] values(int count, double spread) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (spread * random.nextDouble(-1, 1));
    }
    return values;
  }

  private static float[] transposed(float[] values, int rows) {
    int columns = values.length / rows;
    float[] turned = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      turned[i % columns * rows + i / columns] = values[i];
    }
    return turned;
  }

  private static Alignment across(Floats32 reference, Floats32 suspect) throws IOException {
    return Alignment.across(reference.side(), suspect.side());
  }

  private static Alignment withTable(Axis rows) throws IOException {
    Floats32 reference =
        new Floats32("one")
            .add("w", new float[] {3, 1, 2, 5}, 4)
            .add("table", new float[] {7, 1, 4}, 3);
    Floats32 suspect = new Floats32("two").add("w", new float[] {3, 1, 2, 5}, 4);
    Structure structure =
        new Structure(
            "s",
            List.of(),
            Map.of("w", List.of(Axis.frozen(4, FreezeReason.NOT_REACHED)), "table", List.of(rows)));
    return Alignment.across(
        new Side(reference.checkpoint(), structure, reference.reader()), suspect.side());
  }

  @Test
  void onlyATableThatIsToldApartByPlaceMayBeMissing() throws IOException {
    Alignment table = withTable(Axis.frozen(3, FreezeReason.ALL_DIFFERENT));
    assertThat(table.isWhole()).as(table.summary()).isTrue();
    Alignment fromFile = withTable(Axis.frozen(3, "no two of its indices are alike"));
    assertThat(fromFile.isWhole()).as(fromFile.summary()).isTrue();
    assertThat(withTable(Axis.frozen(3, FreezeReason.NOT_REACHED)).isWhole()).isFalse();
    assertThat(withTable(Axis.frozen(3, "token ids")).isWhole()).isFalse();
  }

  @Test
  void squareWeightsOfOtherNamesAndOrderAreFoundTurned() throws IOException {
    float[] a = values(64, 1);
    float[] b = values(64, 1);
    float[] c = values(64, 1);
    Floats32 reference = new Floats32("one").add("a", a, 8, 8).add("b", b, 8, 8).add("c", c, 8, 8);
    Floats32 suspect =
        new Floats32("two")
            .add("x", transposed(c, 8), 8, 8)
            .add("y", transposed(a, 8), 8, 8)
            .add("z", transposed(b, 8), 8, 8);
    Alignment alignment = across(reference, suspect);
    assertThat(alignment.holds()).as(alignment.summary()).isTrue();
    assertThat(alignment.counterparts())
        .extracting(p -> p.name() + "=" + p.suspect().source().name() + " " + p.rule())
        .containsExactly("a=y SIGNATURE", "b=z SIGNATURE", "c=x SIGNATURE");
    assertThat(alignment.counterparts())
        .allMatch(pair -> pair.suspect().order() != null && pair.suspect().order()[0] == 1);
    assertThat(alignment.conversions()).contains("axes of 3 tensors lie in another order");
  }

  @Test
  void movesOfSeenAxesBecomeMovesOfStoredOnes() throws IOException {
    float[] weight = values(15, 1);
    Floats32 reference = new Floats32("one").add("a", weight, 3, 5);
    Floats32 suspect = new Floats32("two").add("x", transposed(weight, 3), 5, 3);
    Alignment alignment = across(reference, suspect);
    TensorInfo seen = alignment.suspectTensors().get("a");
    int[] rows = {2, 0, 1};
    int[] columns = {4, 0, 1, 2, 3};
    Map<String, Move> stored =
        alignment.storedMoves(Map.of("a", new Move(seen, new int[][] {rows, columns})));
    assertThat(stored).containsOnlyKeys("x");
    assertThat(stored.get("x").source().name()).isEqualTo("x");
    assertThat(stored.get("x").gathers()).isDeepEqualTo(new int[][] {columns, rows});
  }

  private static Floats32 quantised(String... weights) {
    Floats32 checkpoint = new Floats32("two");
    for (String weight : weights) {
      checkpoint.add(weight + "_quantized", DType.I8, new byte[6], 3, 2);
      checkpoint.quantised(
          weight + "_quantized", new Quantisation(0, new float[] {1, 2, 3}, new long[3]), "scales");
    }
    return checkpoint.add("scales", new float[] {1, 2, 3}, 3);
  }

  @Test
  void scalesMoveWithTheAxisThatTheyRunAlong() throws IOException {
    Floats32 reference = new Floats32("two").add("w", values(6, 1), 3, 2);
    Alignment alignment = across(reference, quantised("w"));
    assertThat(alignment.holds()).as(alignment.summary()).isTrue();
    int[] rows = {2, 0, 1};
    Map<String, Move> stored =
        alignment.storedMoves(
            Map.of("w", new Move(alignment.suspectTensors().get("w"), new int[][] {rows, null})));
    assertThat(stored.get("scales").gathers()).isDeepEqualTo(new int[][] {rows});
  }

  @Test
  void scalesThatTwoTensorsShareCannotMoveApart() throws IOException {
    Floats32 reference =
        new Floats32("two").add("v", values(6, 1), 3, 2).add("w", values(6, 1), 3, 2);
    Alignment alignment = across(reference, quantised("v", "w"));
    Map<String, Move> moves = new HashMap<>();
    Map<String, TensorInfo> seen = alignment.suspectTensors();
    moves.put("v", new Move(seen.get("v"), new int[][] {{2, 0, 1}, null}));
    moves.put("w", new Move(seen.get("w"), new int[][] {{1, 2, 0}, null}));
    assertThatThrownBy(() -> alignment.storedMoves(moves))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'scales' belongs to several that move apart");
  }

  @Test
  void aMissingWeightIsToldAcrossFormats() throws IOException {
    float[] weight = values(15, 1);
    Floats32 reference =
        new Floats32("one").add("a.weight", weight, 3, 5).add("a.bias", values(3, 1), 3);
    Floats32 suspect = new Floats32("two").add("x", weight, 3, 5);
    Alignment alignment = across(reference, suspect);
    assertThat(alignment.holds()).isTrue();
    assertThat(alignment.isWhole()).isFalse();
    assertThat(alignment.overlap().words()).contains("missing from the suspect: 'a.bias' F32 [3]");
  }

  @Test
  void theSameFormatIsNotAlignedByShapesOfAFewTensorsAlone() throws IOException {
    Floats32 reference =
        new Floats32("one").add("a", values(15, 1), 3, 5).add("b", values(80, 1), 8, 10);
    Floats32 suspect = new Floats32("one").add("x", values(15, 1), 3, 5);
    assertThat(across(reference, suspect).holds()).isFalse();
  }

  @Test
  void retypedIntegersWithoutScalesStayADifference() throws IOException {
    Floats32 reference = new Floats32("one").add("w", values(6, 1), 3, 2);
    Floats32 suspect = new Floats32("two").add("w", DType.I8, new byte[6], 3, 2);
    assertThat(across(reference, suspect).summary())
        .contains("tensor 'w': F32 in the reference, I8 in the suspect");
  }
}
