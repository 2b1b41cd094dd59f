package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.StringJoiner;
import org.findthelady.TestModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.findthelady.match.rows.RotaryRecognition.Conversion;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.StructureChoice;
import org.findthelady.pair.Structures;
import org.findthelady.perturb.PermutationFile;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.RotaryLayout;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A LoRA adapter of a Llama moves with it: W + BA of the moved model is the moved W + BA. */
class ApplyTest {
  private static final HadoopStore STORE = new HadoopStore();
  private static final int RANK = 3;
  private static final List<String> ADAPTED =
      List.of(
          "model.layers.1.self_attn.q_proj",
          "model.layers.1.self_attn.k_proj",
          "model.layers.2.self_attn.v_proj",
          "model.layers.0.self_attn.o_proj",
          "model.layers.3.mlp.gate_proj",
          "model.layers.3.mlp.down_proj");

  @TempDir private Path folder;

  private Path base;
  private Path adapter;

  @BeforeEach
  void makeAdapter() throws IOException {
    base = TestModels.llama(folder);
    adapter = Files.createDirectories(folder.resolve("adapter"));
    Files.writeString(adapter.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\"}");
    SplittableRandom random = new SplittableRandom(1);
    Map<String, TensorInfo> tensors = open(base).byName();
    Map<String, float[][]> factors = new LinkedHashMap<>();
    for (String module : ADAPTED) {
      TensorInfo weight = tensors.get(module + ".weight");
      int outputs = (int) weight.shape().length(0);
      int inputs = (int) weight.shape().length(1);
      factors.put(lora(module, "A"), random(RANK, inputs, random));
      factors.put(lora(module, "B"), random(outputs, RANK, random));
    }
    Files.write(adapter.resolve("adapter_model.safetensors"), safetensors(factors));
  }

  private static String lora(String module, String factor) {
    return "base_model.model." + module + ".lora_" + factor + ".weight";
  }

  private static float[][] random(int rows, int columns, SplittableRandom random) {
    float[][] values = new float[rows][columns];
    for (float[] row : values) {
      for (int i = 0; i < columns; i++) {
        row[i] = (float) random.nextGaussian();
      }
    }
    return values;
  }

  private static byte[] safetensors(Map<String, float[][]> tensors) {
    StringJoiner header = new StringJoiner(",", "{", "}");
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    tensors.forEach(
        (name, rows) -> {
          int begin = data.size();
          ByteBuffer bytes =
              ByteBuffer.allocate(4 * rows.length * rows[0].length).order(ByteOrder.LITTLE_ENDIAN);
          for (float[] row : rows) {
            bytes.asFloatBuffer().put(row);
            bytes.position(bytes.position() + 4 * row.length);
          }
          data.writeBytes(bytes.array());
          String shape = rows.length == 1 ? "" : rows.length + ",";
          header.add(
              "\"%s\":{\"dtype\":\"F32\",\"shape\":[%s%d],\"data_offsets\":[%d,%d]}"
                  .formatted(name, shape, rows[0].length, begin, data.size()));
        });
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + data.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .put(data.toByteArray())
        .array();
  }

  private static Checkpoint open(Path path) {
    return Checkpoints.open(STORE, path.toString());
  }

  private static float[][] matrix(Checkpoint checkpoint, String name) throws IOException {
    TensorInfo tensor = checkpoint.tensor(name).orElseThrow();
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(STORE, checkpoint)) {
      ByteBuffer bytes = ByteBuffer.wrap(reader.readAll(tensor)).order(ByteOrder.LITTLE_ENDIAN);
      float[][] rows = new float[(int) tensor.shape().length(0)][(int) tensor.shape().length(1)];
      for (float[] row : rows) {
        for (int i = 0; i < row.length; i++) {
          row[i] = bytes.getFloat();
        }
      }
      return rows;
    }
  }

  /** W + BA, summed in the order of the rank. */
  private static float[][] merged(Checkpoint model, Checkpoint adapter, String module)
      throws IOException {
    float[][] sum = matrix(model, module + ".weight");
    float[][] a = matrix(adapter, lora(module, "A"));
    float[][] b = matrix(adapter, lora(module, "B"));
    for (int out = 0; out < sum.length; out++) {
      for (int in = 0; in < sum[out].length; in++) {
        for (int r = 0; r < RANK; r++) {
          sum[out][in] += b[out][r] * a[r][in];
        }
      }
    }
    return sum;
  }

  private void permute(Path in, Path out, Path truth) {
    Permute.run(
        new Permute.Request(
            in.toString(),
            out.toString(),
            7,
            truth.toString(),
            StructureChoice.AUTOMATIC,
            Map.of()));
  }

  private Apply.Result apply(Path in, Path out, boolean inverse) {
    return Apply.run(
        new Apply.Request(
            base.toString(),
            folder.resolve("truth.json").toString(),
            inverse,
            in.toString(),
            out.toString(),
            StructureChoice.AUTOMATIC,
            Map.of()));
  }

  @Test
  void theMovedAdapterOfTheMovedModelIsTheMovedSum() throws IOException {
    // The sums written into the model and shuffled with it are what must come out.
    Path sums = folder.resolve("sums");
    Files.createDirectories(sums);
    Files.copy(base.resolve("config.json"), sums.resolve("config.json"));
    Path file = sums.resolve("model.safetensors");
    Files.copy(base.resolve("model.safetensors"), file);
    for (String module : ADAPTED) {
      TensorInfo weight = open(base).tensor(module + ".weight").orElseThrow();
      ByteBuffer bytes = ByteBuffer.allocate((int) weight.length()).order(ByteOrder.LITTLE_ENDIAN);
      for (float[] row : merged(open(base), open(adapter), module)) {
        for (float value : row) {
          bytes.putFloat(value);
        }
      }
      try (RandomAccessFile target = new RandomAccessFile(file.toFile(), "rw")) {
        target.seek(weight.offset());
        target.write(bytes.array());
      }
    }
    permute(sums, folder.resolve("shuffled-sums"), folder.resolve("sums.json"));
    permute(base, folder.resolve("shuffled"), folder.resolve("truth.json"));

    Apply.Result result = apply(adapter, folder.resolve("moved"), false);

    assertThat(result.moved()).isEqualTo(2L * ADAPTED.size());
    for (String module : ADAPTED) {
      assertThat(merged(open(folder.resolve("shuffled")), open(folder.resolve("moved")), module))
          .as(module)
          .isDeepEqualTo(matrix(open(folder.resolve("shuffled-sums")), module + ".weight"));
      assertThat(merged(open(folder.resolve("shuffled")), open(adapter), module))
          .as("unmoved " + module)
          .isNotEqualTo(matrix(open(folder.resolve("shuffled-sums")), module + ".weight"));
    }
    assertThat(folder.resolve("moved/adapter_config.json"))
        .hasSameBinaryContentAs(adapter.resolve("adapter_config.json"));
  }

  /** The suspect's order is not told but found, in rotary rows of the other layout too. */
  @ParameterizedTest
  @EnumSource(RotaryLayout.class)
  void theAdapterOfASuspectComesBackWithWhatResyncFinds(RotaryLayout layout) throws IOException {
    Structure structure = Structures.of(STORE, open(base), StructureChoice.AUTOMATIC).structure();
    Conversion conversion =
        layout == RotaryLayout.META ? new Conversion(RotaryLayout.HUGGING_FACE, layout) : null;
    write(
        new PermutationFile(
            structure.name(), 5, List.of(), conversion, GroupPermutations.random(structure, 5)));
    apply(base, folder.resolve("suspect"), false);
    apply(adapter, folder.resolve("moved"), false);

    PairOutcome outcome = LocalPair.resync(base, folder.resolve("suspect"), null);
    assertThat(outcome.verdict()).isEqualTo(Verdict.PERMUTED);
    write(outcome.found());
    apply(folder.resolve("moved"), folder.resolve("back"), false);

    String weights = "adapter_model.safetensors";
    assertThat(folder.resolve("back").resolve(weights))
        .hasSameBinaryContentAs(adapter.resolve(weights));
    assertThat(Files.mismatch(adapter.resolve(weights), folder.resolve("moved").resolve(weights)))
        .isNotNegative();
  }

  private void write(PermutationFile truth) throws IOException {
    try (OutputStream file = Files.newOutputStream(folder.resolve("truth.json"))) {
      truth.write(file);
    }
  }

  /** DoRA keeps the norm of every row of the sum beside the factors, and some weights are whole. */
  @Test
  void magnitudesAndWholeWeightsMoveToo() throws IOException {
    Path file = adapter.resolve("adapter_model.safetensors");
    String module = ADAPTED.get(1);
    float[][] norms = {norms(merged(open(base), open(adapter), module))};
    String saved = "model.layers.2.mlp.up_proj";
    Files.write(
        file,
        safetensors(
            Map.of(
                lora(module, "A"),
                matrix(open(adapter), lora(module, "A")),
                lora(module, "B"),
                matrix(open(adapter), lora(module, "B")),
                "base_model.model." + module + ".lora_magnitude_vector",
                norms,
                "base_model.model." + saved + ".modules_to_save.default.weight",
                matrix(open(base), saved + ".weight"))));
    permute(base, folder.resolve("shuffled"), folder.resolve("truth.json"));

    apply(adapter, folder.resolve("moved"), false);

    Checkpoint moved = open(folder.resolve("moved"));
    Checkpoint shuffled = open(folder.resolve("shuffled"));
    assertThat(vector(moved, "base_model.model." + module + ".lora_magnitude_vector"))
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(norms(merged(shuffled, moved, module)))
        .isNotEqualTo(norms[0]);
    assertThat(matrix(moved, "base_model.model." + saved + ".modules_to_save.default.weight"))
        .isDeepEqualTo(matrix(shuffled, saved + ".weight"))
        .isNotEqualTo(matrix(open(base), saved + ".weight"));
  }

  private static float[] norms(float[][] rows) {
    float[] norms = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      double squares = 0;
      for (float value : rows[i]) {
        squares += (double) value * value;
      }
      norms[i] = (float) Math.sqrt(squares);
    }
    return norms;
  }

  private static float[] vector(Checkpoint checkpoint, String name) throws IOException {
    TensorInfo tensor = checkpoint.tensor(name).orElseThrow();
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(STORE, checkpoint)) {
      float[] values = new float[(int) tensor.shape().length(0)];
      ByteBuffer.wrap(reader.readAll(tensor))
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(values);
      return values;
    }
  }

  @Test
  void undoingGivesTheSameBytes() {
    permute(base, folder.resolve("shuffled"), folder.resolve("truth.json"));
    apply(adapter, folder.resolve("moved"), false);
    apply(folder.resolve("moved"), folder.resolve("back"), true);
    apply(folder.resolve("shuffled"), folder.resolve("base"), true);
    String weights = "adapter_model.safetensors";
    assertThat(folder.resolve("back").resolve(weights))
        .hasSameBinaryContentAs(adapter.resolve(weights));
    assertThat(folder.resolve("base/model.safetensors"))
        .hasSameBinaryContentAs(base.resolve("model.safetensors"));
  }

  @Test
  void refusesATensorThatBelongsToNothingOrDoesNotFit() throws IOException {
    permute(base, folder.resolve("shuffled"), folder.resolve("truth.json"));
    Path file = adapter.resolve("adapter_model.safetensors");
    Files.write(file, safetensors(Map.of("base_model.model.other.lora_A.weight", new float[2][5])));
    assertThatThrownBy(() -> apply(adapter, folder.resolve("moved"), false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'base_model.model.other.lora_A.weight' belongs to no tensor");
    Files.write(file, safetensors(Map.of(lora(ADAPTED.get(0), "A"), new float[2][5])));
    assertThatThrownBy(() -> apply(adapter, folder.resolve("moved"), false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("of shape [2, 5] does not fit");
    assertThat(folder.resolve("moved")).doesNotExist();
  }
}
