package org.findthelady.perturb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.experiment.MemoryReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PerturbedReaderTest {
  private static final Shape SHAPE = Shape.of(30, 20);

  private static MemoryReader model(DType dtype) {
    return new MemoryReader()
        .with("w", dtype, SHAPE, new Gaussians(1, "w").floats(600))
        .with("b", dtype, Shape.of(30), new Gaussians(1, "b").floats(30));
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"})
  void piecesAreThoseOfTheWholeInTheTensorsOwnType(DType dtype) throws Exception {
    MemoryReader model = model(dtype);
    Noise noise = new Noise(0.5, LayerSelection.all(), 4);
    PerturbedReader reader = new PerturbedReader(model, List.of(noise));
    byte[] whole = reader.readAll(model.info("w"));
    byte[] pieces = new byte[whole.length];
    for (int at = whole.length - 40; at >= 0; at -= 40) {
      reader.read(model.info("w"), at, ByteBuffer.wrap(pieces, at, 40));
    }
    assertThat(pieces).isEqualTo(whole);
    assertThat(model.reads).isEqualTo(1);

    float[] expected = new float[600];
    Floats.decode(dtype, ByteBuffer.wrap(model.bytes("w")), expected, 0, 600);
    noise.applyInPlace("w", SHAPE, expected);
    byte[] packed = new byte[whole.length];
    Floats.encode(dtype, expected, 0, 600, ByteBuffer.wrap(packed));
    assertThat(whole).isEqualTo(packed).isNotEqualTo(model.bytes("w"));
  }

  @Test
  void unselectedTensorsPassThrough() throws Exception {
    MemoryReader model = model(DType.F32).with("ids", DType.I64, Shape.of(2, 2), new byte[32]);
    PerturbedReader reader =
        new PerturbedReader(model, List.of(new Noise(1, new LayerSelection("b,ids"), 4)));
    for (String name : List.of("w", "b", "ids")) {
      assertThat(reader.readAll(model.info(name))).isEqualTo(model.bytes(name));
    }
  }

  @Test
  void unchangedElementsOfWideTypesKeepTheirBytes() throws Exception {
    ByteBuffer doubles = ByteBuffer.allocate(32).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    doubles.putDouble(Math.PI).putDouble(1e-3).putDouble(-Math.E).putDouble(0.1);
    MemoryReader model =
        new MemoryReader().with("w", DType.F64, Shape.of(2, 2), doubles.array().clone());
    byte[] pruned =
        new PerturbedReader(model, List.of(new Pruning(25, LayerSelection.all())))
            .readAll(model.info("w"));
    assertThat(pruned).isEqualTo(doubles.putDouble(8, 0).array());
  }

  @Test
  void fitsEachPerturbationToWhatThoseBeforeItLeave() throws Exception {
    MemoryReader model = model(DType.F32);
    List<Perturbation> chain =
        List.of(new Noise(3, LayerSelection.all(), 2), new GlobalPruning(50, LayerSelection.all()));
    List<Perturbation> fitted = PerturbedReader.fit(model.checkpoint(), model, chain);
    float[] values = new float[600];
    byte[] bytes = new PerturbedReader(model, fitted).readAll(model.info("w"));
    Floats.decode(DType.F32, ByteBuffer.wrap(bytes), values, 0, 600);
    int zeros = 0;
    for (float value : values) {
      zeros += value == 0 ? 1 : 0;
    }
    assertThat(zeros).isEqualTo(300);
  }
}
