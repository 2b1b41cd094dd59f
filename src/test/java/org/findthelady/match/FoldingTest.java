package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packed bf16 is folded like the same numbers decoded first, whatever has moved. */
class FoldingTest {
  /** Shows a model's numbers, rounded, as bf16. */
  private record Rounded(Model model) implements Weights {
    @Override
    public boolean has(String tensor) {
      return model.has(tensor);
    }

    @Override
    public Shape shape(String tensor) {
      return model.shape(tensor);
    }

    @Override
    public DType packedType(String tensor) {
      return DType.BF16;
    }

    @Override
    public void read(String tensor, long firstElement, float[] target, int offset, int count)
        throws IOException {
      byte[] packed = new byte[2 * count];
      readPacked(tensor, firstElement, packed, 0, count);
      Floats.decode(DType.BF16, packed, 0, target, offset, count);
    }

    @Override
    public void readPacked(String tensor, long firstElement, byte[] target, int offset, int count)
        throws IOException {
      float[] values = new float[count];
      model.read(tensor, firstElement, values, 0, count);
      Floats.encode(DType.BF16, values, 0, count, ByteBuffer.wrap(target, offset, 2 * count));
    }
  }

  private static Structure structure() {
    Group units = Group.root("units", 150);
    Group inputs = Group.root("inputs", 500);
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    axes.put("in", List.of(Structures.all(units), Structures.all(inputs)));
    axes.put("narrow", List.of(Structures.all(units), Structures.frozen(40)));
    axes.put("out", List.of(Structures.all(inputs), Structures.all(units)));
    axes.put("cube", List.of(Structures.frozen(6), Structures.all(units), Structures.frozen(5)));
    return new Structure("test", List.of(units, inputs), axes);
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 128})
  void foldsPackedNumbersLikeDecodedOnes(int length) throws IOException {
    assumeThat(FoldKernel.fastest()).isPresent();
    Structure structure = structure();
    Model model = Model.random(structure, 3);
    Assignment truth = Assignment.random(structure, 5);
    Rounded reference = new Rounded(model);
    Rounded suspect = new Rounded(model.gathered(truth));
    List<TensorScale> scales =
        new ScaleTask(List.of("in", "narrow", "out", "cube")).run(structure, reference, suspect);
    List<Evidence> evidence =
        new Weighing(scales, EvidenceMode.ALL)
            .evidence(Candidate.of(structure, reference, suspect).get("units"));
    Folding packed = new Folding(structure, structure.group("units"), length, 7, true);
    Folding plain = new Folding(structure, structure.group("units"), length, 7, false);
    Assignment resync = truth.inverse(structure);
    packed.add(reference, suspect, evidence, resync);
    plain.add(reference, suspect, evidence, resync);
    packed.finish();
    plain.finish();
    assertSame(packed.here(), plain.here());
    assertSame(packed.there(), plain.there());
  }

  private static void assertSame(Sketch quick, Sketch plain) {
    double size = 0;
    for (double square : plain.squares()) {
      size = Math.max(size, Math.sqrt(square));
    }
    for (int row = 0; row < plain.squares().length; row++) {
      assertThat(quick.squares()[row] / plain.squares()[row] - 1).isBetween(-3e-6, 3e-6);
    }
    for (int k = 0; k < plain.sums().length; k++) {
      assertThat((double) quick.sums()[k]).isCloseTo(plain.sums()[k], within(1e-5 * size));
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double error) {
    return org.assertj.core.data.Offset.offset(error);
  }
}
