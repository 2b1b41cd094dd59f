package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.safetensors.SafetensorsFormat;
import org.findthelady.cli.Main;
import org.findthelady.conversion.Conversion;
import org.findthelady.conversion.Fidelity;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.Verdict;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.StructureChoice;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Llama that the program ships, packed as FP8 with a scale for each row, or per 32 columns. */
class PackedPairTest {
  @TempDir private Path folder;
  private Path plain;

  @BeforeEach
  void unpackDemo() throws IOException {
    plain = DemoLlama.unpack(folder.resolve("plain"));
  }

  @Test
  void fp8RowsComeBackBitForBitWithTheirScales() throws IOException {
    Path packed = packed("packed", Integer.MAX_VALUE);
    Path shuffled = folder.resolve("shuffled");
    Path truth = folder.resolve("truth.json");
    assertThat(LocalPair.permute(packed, shuffled, 5, truth).moved()).isGreaterThan(500);
    Path back = folder.resolve("back");
    PairOutcome outcome =
        LocalPair.resync(packed, shuffled, back, truth, StructureChoice.AUTOMATIC);
    assertThat(outcome.verdict()).isEqualTo(Verdict.PERMUTED);
    assertThat(outcome.psi().groups()).allMatch(group -> group.right() == group.units());
    assertThat(
            Files.mismatch(back.resolve("model.safetensors"), packed.resolve("model.safetensors")))
        .isEqualTo(-1);
  }

  @Test
  void aPackedCopyOfAPlainModelIsDerivedAndItsSchemeIsNamed() throws IOException {
    Path packed = packed("packed", Integer.MAX_VALUE);
    Path shuffled = folder.resolve("shuffled");
    Path truth = folder.resolve("truth.json");
    LocalPair.permute(packed, shuffled, 5, truth);
    PairOutcome outcome = LocalPair.resync(plain, shuffled, null, truth, StructureChoice.AUTOMATIC);
    assertThat(outcome.verdict()).isEqualTo(Verdict.DERIVED);
    assertThat(outcome.judgement().reason())
        .contains("stored in FP8 E4M3, a scale per row (")
        .contains("relative difference 0.02");
    assertThat(outcome.psi().groups()).allMatch(group -> group.right() == group.units());
  }

  @Test
  void whatWouldPartBlocksIsComparedAndNotWritten() throws IOException {
    Path packed = packed("packed", 4);
    Path plainShuffled = folder.resolve("plain-shuffled");
    LocalPair.permute(plain, plainShuffled, 5, folder.resolve("truth.json"));
    Path shuffled = packed(plainShuffled, "shuffled", 4);
    Path back = folder.resolve("back");
    PairOutcome outcome = LocalPair.resync(packed, shuffled, back);
    assertThat(outcome.verdict()).isEqualTo(Verdict.DERIVED);
    assertThat(outcome.judgement().reason())
        .contains("cannot be written in reference order in the type that it has")
        .contains("blocks of 4 elements that share a scale");
    assertThat(outcome.written()).isEmpty();
    assertThat(back).doesNotExist();
  }

  @Test
  void packedWeightsThatCannotBeMovedAreNotPermuted() throws IOException {
    Path packed = packed("packed", 4);
    Path shuffled = folder.resolve("shuffled");
    assertThatThrownBy(() -> LocalPair.permute(packed, shuffled, 5, folder.resolve("truth.json")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("blocks of 4 elements that share a scale");
    assertThat(shuffled).doesNotExist();
  }

  @Test
  void packedWeightsAreNeitherPerturbedNorMarked() throws IOException {
    Path packed = packed("packed", Integer.MAX_VALUE);
    Path out = folder.resolve("out");
    Path key = Files.writeString(folder.resolve("key"), "only the owner knows");
    assertThat(
            Main.run(
                "perturb",
                "--in",
                packed.toString(),
                "--out",
                out.toString(),
                "--noise",
                "0.1",
                "--truth",
                folder.resolve("truth.json").toString()))
        .isEqualTo(2);
    Watermarking.Request mark =
        new Watermarking.Request(
            packed.toString(), key.toString(), "model.layers.0.mlp.up_proj.weight", 16, Map.of());
    assertThatThrownBy(() -> Watermarking.embed(mark, out.toString(), 3))
        .hasMessageContaining("packed weights cannot be changed, only moved");
    assertThat(out).doesNotExist();
  }

  @Test
  void codesThatAreNotDecodedAreNamedAndTheRestIsCompared() throws IOException {
    Path one = undecoded("one", (byte) 1, plain);
    PairOutcome outcome = LocalPair.resync(one, undecoded("other", (byte) 2, plain), null);
    assertThat(outcome.verdict()).isEqualTo(Verdict.DERIVED);
    assertThat(outcome.judgement().reason())
        .startsWith("all 47 tensors are the same bytes")
        .contains("not compared: ")
        .contains("EETQ int8, which is not decoded");
    assertThat(LocalPair.resync(one, undecoded("same", (byte) 1, plain), null).verdict())
        .isEqualTo(Verdict.IDENTICAL);
  }

  @Test
  void nothingIsSaidOfAnotherModelOfWhichNotAllIsDecoded() throws IOException {
    Path other = write("unrelated", noise());
    PairOutcome outcome =
        LocalPair.resync(
            undecoded("one", (byte) 1, plain), undecoded("other", (byte) 2, other), null);
    assertThat(outcome.verdict()).isEqualTo(Verdict.INCOMPARABLE);
    assertThat(outcome.judgement().reason()).contains("EETQ int8, which is not decoded");
  }

  @Test
  void codesWhoseScaleIsMissingAreNamedAndNotComparedAsNumbers() throws IOException {
    Path packed = packed("packed", Integer.MAX_VALUE);
    Path without = without(packed, "without", "0.mlp.up_proj.weight_scale");
    for (Path other : List.of(packed, plain)) {
      PairOutcome outcome = LocalPair.resync(other, without, null);
      assertThat(outcome.verdict()).isEqualTo(Verdict.DERIVED);
      assertThat(outcome.judgement().reason())
          .contains("not compared: ")
          .contains("FP8 E4M3 whose scale is missing")
          .contains("0.mlp.up_proj.weight");
    }
    assertThat(LocalPair.resync(without, packed, null).verdict()).isEqualTo(Verdict.DERIVED);
  }

  @Test
  void codesThatAreNotDecodedAreNotCheckedAsNumbers() throws IOException {
    Path packed = packed("packed", Integer.MAX_VALUE);
    Path without = without(packed, "without", "0.mlp.up_proj.weight_scale");
    Conversion found =
        VerifyConversion.run(
                plain.toString(), without.toString(), StructureChoice.AUTOMATIC, Map.of())
            .conversion();
    assertThat(found.fidelity()).isEqualTo(Fidelity.NOT_ALL_CHECKED);
    assertThat(found.wrong()).isZero();
  }

  @Test
  void aWeightThatIsNotFiniteHasAnAnswerWithoutStructure() throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    float[] values = new float[512];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    float[] nan = new float[512];
    Arrays.fill(nan, Float.NaN);
    PairOutcome outcome =
        LocalPair.resync(two("finite", values, values), two("nan", nan, values), null);
    assertThat(outcome.judgement().reason()).contains("a.weight");
    assertThat(outcome.verdict()).isNotIn(Verdict.IDENTICAL, Verdict.PERMUTED);
  }

  private Path two(String name, float[] a, float[] b) throws IOException {
    Map<TensorInfo, byte[]> tensors = new LinkedHashMap<>();
    tensors.put(DemoLlama.info("a.weight", DType.F32, 8, 64), DemoLlama.encoded(DType.F32, a));
    tensors.put(DemoLlama.info("b.weight", DType.F32, 64, 8), DemoLlama.encoded(DType.F32, b));
    return DemoLlama.write(folder.resolve(name), "{}", "", tensors);
  }

  private Path without(Path from, String name, String ending) throws IOException {
    HadoopStore store = new HadoopStore();
    Checkpoint checkpoint = Checkpoints.open(store, from.toString()).stored();
    Map<TensorInfo, byte[]> tensors = new LinkedHashMap<>();
    try (TensorReader reader = new SafetensorsFormat().reader(store, checkpoint)) {
      for (TensorInfo tensor : checkpoint.tensors()) {
        if (!tensor.name().endsWith(ending)) {
          tensors.put(tensor, reader.readAll(tensor));
        }
      }
    }
    return write(name, tensors);
  }

  @Test
  void theSameNumbersInOtherCodesAreNotCalledTheSameBytes() throws IOException {
    Path packed = packed("packed", Integer.MAX_VALUE);
    HadoopStore store = new HadoopStore();
    Checkpoint checkpoint = Checkpoints.open(store, packed.toString()).stored();
    Map<TensorInfo, byte[]> tensors = new LinkedHashMap<>();
    try (TensorReader reader = new SafetensorsFormat().reader(store, checkpoint)) {
      for (TensorInfo tensor : checkpoint.tensors()) {
        byte[] bytes = reader.readAll(tensor);
        if (tensor.name().endsWith("0.mlp.up_proj.weight_scale")) {
          bytes = DemoLlama.encoded(DType.F32, negated(reader.readFloats(tensor)));
        } else if (tensor.name().endsWith("0.mlp.up_proj.weight")) {
          for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= (byte) 0x80;
          }
        }
        tensors.put(tensor, bytes);
      }
    }
    PairOutcome outcome = LocalPair.resync(packed, write("negated", tensors), null);
    assertThat(outcome.verdict()).isEqualTo(Verdict.IDENTICAL);
    assertThat(outcome.judgement().reason()).contains("the same values, stored in other codes");
  }

  private static float[] negated(float... values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = -values[i];
    }
    return values;
  }

  /** A network of the same shapes that has nothing of the plain one. */
  private Map<TensorInfo, byte[]> noise() throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    Map<TensorInfo, byte[]> tensors = new LinkedHashMap<>();
    for (TensorInfo tensor : Checkpoints.open(new HadoopStore(), plain.toString()).tensors()) {
      float[] values = new float[(int) tensor.shape().elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            (float) (tensor.shape().rank() == 1 ? 1 + random.nextDouble() : random.nextGaussian());
      }
      tensors.put(tensor, DemoLlama.encoded(DType.F32, values));
    }
    return tensors;
  }

  private Path packed(String name, int block) throws IOException {
    return packed(plain, name, block);
  }

  /** Every matrix but the embedding as E4M3, with a scale for each run of a row. */
  private Path packed(Path source, String name, int block) throws IOException {
    HadoopStore store = new HadoopStore();
    Checkpoint checkpoint = Checkpoints.open(store, source.toString());
    Map<TensorInfo, byte[]> tensors = new LinkedHashMap<>();
    try (TensorReader reader = Checkpoints.format("safetensors").reader(store, checkpoint)) {
      for (TensorInfo tensor : checkpoint.tensors()) {
        if (tensor.shape().rank() < 2 || tensor.name().contains("embed")) {
          tensors.put(tensor, reader.readAll(tensor));
        } else {
          pack(tensor, reader.readFloats(tensor), block, tensors);
        }
      }
    }
    return write(name, tensors);
  }

  private static void pack(
      TensorInfo tensor, float[] values, int block, Map<TensorInfo, byte[]> tensors) {
    int columns = tensor.shape().intLength(1);
    int length = Math.min(block, columns);
    int runs = columns / length;
    int rows = tensor.shape().intLength(0);
    float[] scales = new float[rows * runs];
    for (int i = 0; i < values.length; i++) {
      int run = i / length;
      scales[run] = Math.max(scales[run], Math.abs(values[i]) / 448);
    }
    for (int i = 0; i < values.length; i++) {
      values[i] /= scales[i / length];
    }
    tensors.put(
        DemoLlama.info(tensor.name(), DType.F8_E4M3, rows, columns),
        DemoLlama.encoded(DType.F8_E4M3, values));
    tensors.put(
        DemoLlama.info(tensor.name() + "_scale", DType.F32, rows, runs),
        DemoLlama.encoded(DType.F32, scales));
  }

  /** One layer's codes in a scheme that is known by name only. */
  private Path undecoded(String name, byte code, Path from) throws IOException {
    HadoopStore store = new HadoopStore();
    Checkpoint checkpoint = Checkpoints.open(store, from.toString());
    Map<TensorInfo, byte[]> tensors = new LinkedHashMap<>();
    try (TensorReader reader = Checkpoints.format("safetensors").reader(store, checkpoint)) {
      for (TensorInfo tensor : checkpoint.tensors()) {
        if (tensor.name().endsWith("0.mlp.up_proj.weight")) {
          long rows = tensor.shape().length(0);
          byte[] codes = new byte[(int) tensor.shape().elements()];
          codes[5] = code;
          tensors.put(DemoLlama.info(tensor.name(), DType.I8, tensor.shape().toArray()), codes);
          tensors.put(
              DemoLlama.info(tensor.name() + "_scales", DType.F16, rows), new byte[(int) rows * 2]);
        } else {
          tensors.put(tensor, reader.readAll(tensor));
        }
      }
    }
    return write(name, tensors);
  }

  private Path write(String name, Map<TensorInfo, byte[]> tensors) throws IOException {
    String config = Files.readString(plain.resolve("config.json"));
    return DemoLlama.write(folder.resolve(name), config, "", tensors);
  }
}
