package org.findthelady.structure.declared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.findthelady.SharedModels;
import org.findthelady.core.Shape;
import org.findthelady.core.UserException;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

class ArchitecturesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Architectures BUILT_IN = Architectures.builtIn();

  @Test
  void theIndexNamesEveryFile() throws IOException {
    List<String> files;
    try (Stream<Path> list = Files.list(Path.of("conf/architectures"))) {
      files =
          list.map(path -> path.getFileName().toString())
              .filter(name -> name.endsWith(".json"))
              .sorted()
              .toList();
    }
    assertThat(Files.readAllLines(Path.of("conf/architectures/index.txt"))).isEqualTo(files);
    for (String file : files) {
      try (InputStream in = Files.newInputStream(Path.of("conf/architectures", file))) {
        assertThat(ArchitectureReader.read(file, in).name() + ".json").isEqualTo(file);
      }
    }
  }

  @Test
  void refusesAFileOfTheUsersThatWouldBeSilentlyWrong() {
    String json =
        "{\"name\": \"mine\", \"about\": \"x\","
            + " \"spaces\": {\"in\": {\"frozen\": \"inputs\"}, \"unit\": {\"group\": \"?\"}},"
            + " \"tensors\": {\"a\": {\"axes\": [\"unit\", \"in\"], \"optional\": true}}}";
    assertThatThrownBy(() -> BUILT_IN.load("mine.json", stream(json)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("mine.json: this architecture file has mistakes")
        .hasMessageContaining("no tensor is required, so that any checkpoint would fit");
  }

  @Test
  void readsTheRealLlamaCheckpoint() throws IOException {
    Structure structure =
        BUILT_IN.choose(
            header(SharedModels.path("models/llama-stories/hf/model.safetensors")),
            Optional.of(
                JSON.readTree(SharedModels.path("models/llama-stories/hf/config.json").toFile())));
    assertThat(structure.name()).isEqualTo("llama");
    assertThat(structure.group("hidden").size()).isEqualTo(64);
    assertThat(structure.group("query.4").instances()).isEqualTo(4);
    assertThat(structure.axes("model.layers.2.self_attn.o_proj.weight").toString())
        .isEqualTo("[hidden, kv.2*query.2*value.2]");
    assertThat(structure.axes("model.layers.2.self_attn.q_proj.weight").toString())
        .isEqualTo("[kv.2*query.2*8, hidden]");
    assertThat(structure.groups()).hasSize(1 + 5 * 4);
  }

  @Test
  void readsTheRealSileroCheckpoint() throws IOException {
    Structure structure =
        BUILT_IN.choose(
            header(SharedModels.path("models/silero-vad/silero_vad_16k.safetensors")),
            Optional.empty());
    assertThat(structure.name()).isEqualTo("silero-vad");
    assertThat(structure.group("bin").size()).isEqualTo(129);
    assertThat(structure.group("lstm").size()).isEqualTo(128);
  }

  @Test
  void freezesHeadsThatNothingCounts() {
    ReferenceModel llama = TextModels.llama();
    Structure structure = BUILT_IN.choose(llama.weights().shapes(), Optional.empty());
    assertThat(structure.groups())
        .extracting(group -> group.name())
        .containsExactly("hidden", "mlp.0", "mlp.1");
    Axis rows = structure.axes("model.layers.0.self_attn.q_proj.weight").get(0);
    assertThat(rows.isFrozen()).isTrue();
    assertThat(rows.why()).isEqualTo("size of kv.0, query.0, rotary is not known");
  }

  @Test
  void freezesTheStreamThatIsTheOutput() {
    Map<String, Shape> shapes = new HashMap<>(TextModels.bert().weights().shapes());
    shapes.keySet().removeIf(name -> name.startsWith("cls."));
    Structure structure = BUILT_IN.choose(shapes, TextModels.bert().configuration());
    Axis stream = structure.axes("bert.embeddings.LayerNorm.weight").get(0);
    assertThat(stream).isEqualTo(Axis.frozen(12, "outputs of the network"));
    assertThat(structure.axes("bert.pooler.dense.bias").get(0).isFrozen()).isTrue();
    assertThat(structure.group("mlp.1").size()).isEqualTo(17);
  }

  @Test
  void dropsGroupsOfOneUnitAndKeepsWhatIsNestedInThem() {
    Map<String, Shape> shapes = new HashMap<>(TextModels.llama().weights().shapes());
    Optional<JsonNode> config =
        json(
            "{\"model_type\":\"llama\",\"hidden_size\":10,\"num_attention_heads\":2,"
                + "\"num_key_value_heads\":1,\"head_dim\":12,\"intermediate_size\":9}");
    Structure structure = BUILT_IN.choose(shapes, config);
    assertThat(structure.axes("model.layers.0.self_attn.o_proj.weight").toString())
        .isEqualTo("[hidden, query.0*value.0]");
    assertThat(structure.group("value.0").parent()).isEmpty();
  }

  @Test
  void saysWhatDidNotFit() {
    Map<String, Shape> shapes = new HashMap<>(TextModels.llama().weights().shapes());
    shapes.remove("model.layers.1.mlp.up_proj.weight");
    shapes.put("model.layers.1.mlp.experts.weight", Shape.of(3, 3));
    shapes.put("model.layers.0.mlp.down_proj.weight", Shape.of(10, 8));
    assertThatThrownBy(() -> BUILT_IN.choose(shapes, TextModels.llama().configuration()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("1 unexpected: model.layers.1.mlp.experts.weight")
        .hasMessageContaining("1 missing: layers.1.mlp.up_proj.weight")
        .hasMessageContaining(
            "tensor 'model.layers.0.mlp.down_proj.weight' axis 1: mlp.{i} makes 9, the tensor has 8"
                + " (mlp.0 is 9 by config.json)");
  }

  @Test
  void refusesAConfigThatContradictsTheShapes() {
    Optional<JsonNode> config =
        json(
            "{\"model_type\":\"llama\",\"hidden_size\":10,\"num_attention_heads\":8,"
                + "\"num_key_value_heads\":3,\"head_dim\":4,\"intermediate_size\":9}");
    assertThatThrownBy(() -> BUILT_IN.choose(TextModels.llama().weights().shapes(), config))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("8 is no multiple of 3");
  }

  @Test
  void refusesTensorsOfAnotherRank() {
    Map<String, Shape> shapes = new HashMap<>(TextModels.llama().weights().shapes());
    shapes.put("model.norm.weight", Shape.of(2, 5));
    assertThatThrownBy(() -> BUILT_IN.choose(shapes, TextModels.llama().configuration()))
        .hasMessageContaining(
            "'model.norm.weight': shape [2, 5] has 2 axes, the architecture says 1");
  }

  @Test
  void refusesAnEmptyCheckpoint() {
    assertThatThrownBy(() -> BUILT_IN.choose(Map.of(), Optional.empty()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("0 tensors");
  }

  @Test
  void takesTheArchitectureOfThatName() {
    Map<String, Shape> shapes = TextModels.llama().weights().shapes();
    assertThat(BUILT_IN.named("mistral", shapes, TextModels.llama().configuration()).name())
        .isEqualTo("llama");
    assertThatThrownBy(() -> BUILT_IN.named("gpt2", shapes, Optional.empty()))
        .hasMessageContaining("unexpected");
    assertThatThrownBy(() -> BUILT_IN.named("nothing", shapes, Optional.empty()))
        .hasMessageContaining("known: ")
        .hasMessageContaining("llama");
  }

  @Test
  void keepsAWidePaddedStreamInOrder() {
    Structure structure =
        BUILT_IN.choose(ImageModels.resnetCifar().weights().shapes(), Optional.empty());
    Axis stream = structure.axes("module.linear.weight").get(1);
    assertThat(stream.toString()).isEqualTo("new.3 + new.2 + stream.0 + new.2 + new.3");
    assertThat(structure.units(stream, "new.3"))
        .containsExactly(0, 1, 2, 3, -1, -1, -1, -1, -1, -1, -1, -1, 4, 5, 6, 7);
  }

  @Test
  void namesFileAndKeyOfAMistake() {
    assertWrong("{\"name\":\"x\",\"tensor\":{}}", "the file: unknown key \"tensor\"");
    assertWrong(
        "{\"name\":\"x\",\"tensors\":{\"a\":[\"b *\"]}}", "tensors.a: 'b *': expected a name");
    assertWrong("{\"name\":\"x\",\"tensors\":{\"a\":[],\"a\":[]}}", "line 1: not valid JSON");
    assertWrong("{\"name\":\"x\",\"spaces\":{\"a\":{\"grup\":\"?\"}}}", "unknown key \"grup\"");
    assertWrong("{\"name\":\"x\",\"spaces\":{\"a\":{\"frozen\":\"\"}}}", "spaces.a.frozen");
    assertWrong("{\"name\":\"x\",\"tensors\":{\"a\":{\"axes\":[\"b\"],\"optinal\":1}}}", "optinal");
    assertWrong("{\"name\":\"x\",\"tensors\":{\"a{i}2\":[]}}", "next to a number");
    assertWrong("{\"name\":\"x\"} y", "not valid JSON");
    assertWrong("", "");
  }

  private static void assertWrong(String json, String message) {
    assertThatThrownBy(() -> BUILT_IN.load("mine.json", stream(json)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("mine.json")
        .hasMessageContaining(message);
  }

  @Test
  void aLoadedFileComesFirst() {
    Architectures more =
        BUILT_IN.load(
            "mine.json",
            stream(
                "{\"name\":\"mine\",\"spaces\":{\"in\":{\"frozen\":\"inputs\"},"
                    + "\"unit\":{\"group\":\"?\"}},"
                    + "\"tensors\":{\"a\":[\"unit\",\"in\"],\"b\":[{\"frozen\":\"labels\"},\"unit\"]}}"));
    Structure structure =
        more.choose(Map.of("a", Shape.of(5, 3), "b", Shape.of(2, 5)), Optional.empty());
    assertThat(structure.name()).isEqualTo("mine");
    assertThat(structure.group("unit").size()).isEqualTo(5);
    assertThat(structure.axes("b").get(0)).isEqualTo(Axis.frozen(2, "labels"));
    assertThat(more.names().get(0)).isEqualTo("mine");
  }

  @Test
  void buildsAHundredLayersFast() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put("model.embed_tokens.weight", Shape.of(32000, 8192));
    for (int i = 0; i < 100; i++) {
      String layer = "model.layers." + i;
      shapes.put(layer + ".input_layernorm.weight", Shape.of(8192));
      shapes.put(layer + ".self_attn.q_proj.weight", Shape.of(8192, 8192));
      shapes.put(layer + ".self_attn.k_proj.weight", Shape.of(1024, 8192));
      shapes.put(layer + ".self_attn.v_proj.weight", Shape.of(1024, 8192));
      shapes.put(layer + ".self_attn.o_proj.weight", Shape.of(8192, 8192));
      shapes.put(layer + ".post_attention_layernorm.weight", Shape.of(8192));
      shapes.put(layer + ".mlp.gate_proj.weight", Shape.of(28672, 8192));
      shapes.put(layer + ".mlp.up_proj.weight", Shape.of(28672, 8192));
      shapes.put(layer + ".mlp.down_proj.weight", Shape.of(8192, 28672));
    }
    shapes.put("model.norm.weight", Shape.of(8192));
    Optional<JsonNode> config =
        json(
            "{\"model_type\":\"llama\",\"hidden_size\":8192,\"num_attention_heads\":64,"
                + "\"num_key_value_heads\":8,\"intermediate_size\":28672}");
    long best = Long.MAX_VALUE;
    for (int run = 0; run < 10; run++) {
      long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      BUILT_IN.choose(shapes, config);
      best = Math.min(best, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start);
    }
    assertThat(best).isLessThan(100_000_000L);
  }

  private static Optional<JsonNode> json(String text) {
    try {
      return Optional.of(JSON.readTree(text));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, Shape> header(Path safetensors) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(safetensors.toFile(), "r")) {
      byte[] length = new byte[8];
      file.readFully(length);
      byte[] json =
          new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      file.readFully(json);
      Map<String, Shape> shapes = new LinkedHashMap<>();
      JSON.readTree(json)
          .properties()
          .forEach(
              entry -> {
                if (!entry.getKey().equals("__metadata__")) {
                  JsonNode shape = entry.getValue().get("shape");
                  long[] lengths = new long[shape.size()];
                  for (int axis = 0; axis < lengths.length; axis++) {
                    lengths[axis] = shape.get(axis).longValue();
                  }
                  shapes.put(entry.getKey(), Shape.of(lengths));
                }
              });
      return shapes;
    }
  }
}
