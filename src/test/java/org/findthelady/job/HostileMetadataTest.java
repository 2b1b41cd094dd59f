package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Quantisation;
import org.findthelady.checkpoint.gguf.GgufBytes;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.findthelady.pair.StructureChoice;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Metadata is text that anyone may write into a file. Keys that look like notes of our formats are
 * not believed, whatever they say.
 */
class HostileMetadataTest {
  private static final int INPUTS = 6;
  private static final int HIDDEN = 16;
  private static final String ARCHITECTURE =
      """
      {
        "name": "mine",
        "about": "One hidden layer.",
        "spaces": {
          "in": {"frozen": "inputs"},
          "out": {"frozen": "outputs"},
          "unit": {"group": "?", "paired": true}
        },
        "tensors": {
          "W1": ["unit", "in"],
          "W2": ["unit", "out"],
          "Q": ["unit", "out"]
        }
      }
      """;

  /** A network of one hidden layer, in each format that keeps metadata. */
  private enum Format {
    ONNX("m.onnx") {
      @Override
      byte[] bytes(Map<String, String> metadata) {
        return onnx(metadata);
      }
    },
    SAFETENSORS("m.safetensors") {
      @Override
      byte[] bytes(Map<String, String> metadata) throws IOException {
        return safetensors(metadata);
      }
    },
    GGUF("m.gguf") {
      @Override
      byte[] bytes(Map<String, String> metadata) {
        return gguf(metadata);
      }
    },
    KERAS("m.h5") {
      @Override
      byte[] bytes(Map<String, String> metadata) throws IOException {
        return keras(metadata);
      }
    };

    private final String file;

    Format(String file) {
      this.file = file;
    }

    abstract byte[] bytes(Map<String, String> metadata) throws IOException;
  }

  @TempDir private Path folder;

  private static float[] values(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  private static byte[] packed(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static byte[] integers() {
    byte[] bytes = new byte[2 * HIDDEN];
    new SplittableRandom(3).nextBytes(bytes);
    return bytes;
  }

  /** Keys that formats once kept their own notes under, for every tensor. */
  private static Map<String, String> hostile() {
    Map<String, String> keys = new LinkedHashMap<>();
    for (String tensor : new String[] {"W1", "W2", "Q"}) {
      keys.put("onnx.typed." + tensor, "x");
      keys.put("quantisation/" + tensor, "0 x");
      keys.put("quantisation terms/" + tensor, "W1\nW2");
      keys.put("numpy.place/" + tensor, "true 0 9 9 true true");
      keys.put("hdf5.stored/" + tensor, "/nowhere");
    }
    keys.put("pytorch.layout", "packed");
    keys.put("mlflow.checkpoint", "../elsewhere");
    keys.put("mlflow.format", "no format");
    keys.put("heads", "99999999999");
    return keys;
  }

  private static byte[] onnx(Map<String, String> metadata) {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("g")
            .addInput(value("x", INPUTS))
            .addOutput(value("y", 2))
            .addInitializer(matrix("W1", INPUTS, HIDDEN).setRawData(raw(INPUTS * HIDDEN, 1)));
    TensorProto.Builder typed = matrix("W2", HIDDEN, 2);
    for (float value : values(2 * HIDDEN, 2)) {
      typed.addFloatData(value);
    }
    graph
        .addInitializer(typed)
        .addInitializer(
            matrix("Q", HIDDEN, 2).setDataType(3).setRawData(ByteString.copyFrom(integers())))
        .addNode(node("MatMul", "h", "x", "W1"))
        .addNode(node("Relu", "r", "h"))
        .addNode(node("MatMul", "a", "r", "W2"))
        .addNode(
            node("Cast", "q", "Q").toBuilder()
                .addAttribute(
                    AttributeProto.newBuilder()
                        .setName("to")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(1)))
        .addNode(node("MatMul", "b", "r", "q"))
        .addNode(node("Add", "y", "a", "b"));
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(13))
            .setGraph(graph);
    metadata.forEach(
        (key, text) ->
            model.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(text)));
    return model.build().toByteArray();
  }

  private static ByteString raw(int count, long seed) {
    return ByteString.copyFrom(packed(values(count, seed)));
  }

  private static TensorProto.Builder matrix(String name, int rows, int columns) {
    return TensorProto.newBuilder().setName(name).setDataType(1).addDims(rows).addDims(columns);
  }

  private static NodeProto node(String type, String output, String... inputs) {
    NodeProto.Builder node = NodeProto.newBuilder().setOpType(type).addOutput(output);
    for (String input : inputs) {
      node.addInput(input);
    }
    return node.build();
  }

  private static ValueInfoProto value(String name, int width) {
    TensorShapeProto shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(1))
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(width))
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape)))
        .build();
  }

  private static byte[] safetensors(Map<String, String> metadata) throws IOException {
    ObjectNode header = JsonMapper.builder().build().createObjectNode();
    metadata.forEach(header.putObject("__metadata__")::put);
    int first = 4 * INPUTS * HIDDEN;
    int second = 4 * 2 * HIDDEN;
    entry(header, "W1", "F32", INPUTS, 0, first);
    entry(header, "W2", "F32", 2, first, first + second);
    entry(header, "Q", "I8", 2, first + second, first + second + 2 * HIDDEN);
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + first + second + 2 * HIDDEN)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .put(packed(values(INPUTS * HIDDEN, 1)))
        .put(packed(values(2 * HIDDEN, 2)))
        .put(integers())
        .array();
  }

  private static void entry(
      ObjectNode header, String name, String type, int columns, int begin, int end) {
    ObjectNode entry = header.putObject(name).put("dtype", type);
    entry.putArray("shape").add(HIDDEN).add(columns);
    entry.putArray("data_offsets").add(begin).add(end);
  }

  private static byte[] gguf(Map<String, String> metadata) {
    GgufBytes file = GgufBytes.file(3, 3, metadata.size());
    metadata.forEach(file::textValue);
    int first = 4 * INPUTS * HIDDEN;
    int second = 4 * 2 * HIDDEN;
    return file.tensor("W1", 0, 0, INPUTS, HIDDEN)
        .tensor("W2", 0, first, 2, HIDDEN)
        .tensor("Q", 24, first + second, 2, HIDDEN)
        .align(32)
        .bytes(packed(values(INPUTS * HIDDEN, 1)))
        .bytes(packed(values(2 * HIDDEN, 2)))
        .bytes(integers())
        .align(32)
        .done();
  }

  private static byte[] keras(Map<String, String> metadata) throws IOException {
    Path file = Files.createTempFile("hostile", ".h5");
    try {
      Files.delete(file);
      try (WritableHdfFile hdf = HdfFile.write(file)) {
        hdf.putDataset("W1", rows(values(INPUTS * HIDDEN, 1), INPUTS));
        hdf.putDataset("W2", rows(values(2 * HIDDEN, 2), 2));
        byte[][] integers = new byte[HIDDEN][2];
        for (int i = 0; i < HIDDEN; i++) {
          integers[i] = Arrays.copyOfRange(integers(), 2 * i, 2 * i + 2);
        }
        hdf.putDataset("Q", integers);
        metadata.forEach(hdf::putAttribute);
      }
      return Files.readAllBytes(file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static float[][] rows(float[] values, int columns) {
    float[][] rows = new float[values.length / columns][columns];
    for (int i = 0; i < values.length; i++) {
      rows[i / columns][i % columns] = values[i];
    }
    return rows;
  }

  private Path file(Format format, String name, Map<String, String> metadata) throws IOException {
    Path parent = Files.createDirectories(folder.resolve(name));
    return Files.write(parent.resolve(format.file), format.bytes(metadata));
  }

  private static Inspect.Result inspect(Path path) {
    return Inspect.run(
        new Inspect.Request(
            path.toString(), null, StructureChoice.AUTOMATIC, false, Map.of(), Map.of()));
  }

  @ParameterizedTest
  @EnumSource
  void metadataChangesNothingThatIsFound(Format format) throws IOException {
    Path clean = file(format, "clean", Map.of());
    Path hostile = file(format, "hostile", hostile());
    String cleanText = inspect(clean).text().replace(clean.toString(), "PATH");
    assertThat(inspect(hostile).text().replace(hostile.toString(), "PATH")).isEqualTo(cleanText);
    Checkpoint checkpoint = Checkpoints.open(new HadoopStore(), hostile.toString());
    assertThat(checkpoint.tensors()).hasSize(3);
    for (String tensor : new String[] {"W1", "W2", "Q"}) {
      assertThat(Quantisation.of(checkpoint, tensor)).isEmpty();
      assertThat(Quantisation.terms(checkpoint, tensor)).isEmpty();
    }
    Path architecture = Files.writeString(folder.resolve("mine.json"), ARCHITECTURE);
    StructureChoice choice =
        format == Format.ONNX
            ? StructureChoice.AUTOMATIC
            : new StructureChoice(architecture.toString(), null);
    assertThat(LocalPair.resync(clean, hostile, null, null, choice).verdict())
        .isEqualTo(Verdict.IDENTICAL);
    assertThat(LocalPair.resync(hostile, clean, null, null, choice).verdict())
        .isEqualTo(Verdict.IDENTICAL);
  }

  @ParameterizedTest
  @EnumSource
  void aConfigurationThatIsNoneIsRefused(Format format) throws IOException {
    Path clean = file(format, "clean", Map.of());
    for (String text : new String[] {"", "{", "[]", "{\"config\":7}", "null", "\u0000"}) {
      Map<String, String> keys = new LinkedHashMap<>();
      keys.put("model_config", text);
      keys.put("config.json", text);
      keys.put("adapter_config.json", text);
      keys.put("general.architecture", text);
      Path hostile = file(format, "hostile", keys);
      assertOnlyRefused(() -> inspect(hostile));
      assertOnlyRefused(() -> LocalPair.resync(hostile, clean, null));
      assertOnlyRefused(() -> LocalPair.resync(clean, hostile, null));
    }
  }

  private interface Action {
    void run() throws IOException;
  }

  private static void assertOnlyRefused(Action action) throws IOException {
    try {
      action.run();
    } catch (UserException | CheckpointException e) {
      assertThat(e).hasMessageContaining("hostile");
    }
  }
}
