package org.findthelady.structure.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.findthelady.checkpoint.StrictJson;

/**
 * The layers of a model's configuration ({@code model_config}), as Keras 2 and Keras 3 write them.
 * It is data: no name in it is looked up, nothing is built or run.
 *
 * @param layers in the order of the configuration
 * @param inputs the layers that stand for the model's inputs; empty for a sequence
 * @param outputs what the model gives; empty for a sequence
 * @param shape of the input of a sequence, where the model itself says it; else null
 */
record Configuration(
    List<Layer> layers, List<String> inputs, List<Source> outputs, JsonNode shape) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int DEEPEST = 32;

  /**
   * Reads a configuration.
   *
   * @throws Untranslatable if it is not one
   */
  static Configuration parse(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      JsonNode root = JSON.readTree(StrictJson.parser(bytes, 0, bytes.length));
      if (root == null) {
        throw new Untranslatable("an empty configuration");
      }
      return of(root.path("class_name").asText(), root.path("config"));
    } catch (IOException e) {
      throw new Untranslatable("not JSON: " + e.getMessage());
    }
  }

  /** The configuration of a layer that is a model. */
  static Configuration of(Layer model) {
    return of(model.kind(), model.settings());
  }

  private static Configuration of(String kind, JsonNode settings) {
    JsonNode list = settings.isArray() ? settings : settings.path("layers");
    if (!list.isArray() || list.isEmpty()) {
      throw new Untranslatable("no list of layers");
    }
    List<Layer> layers = new ArrayList<>();
    for (JsonNode layer : list) {
      JsonNode own = layer.path("config");
      List<List<Source>> calls = new ArrayList<>();
      for (JsonNode node : layer.path("inbound_nodes")) {
        List<Source> sources = new ArrayList<>();
        collect(node, sources, 0);
        calls.add(sources);
      }
      String name = layer.path("name").asText(own.path("name").asText(""));
      layers.add(new Layer(name, layer.path("class_name").asText(""), own, calls));
    }
    if (kind.equals("Sequential")) {
      return new Configuration(layers, List.of(), List.of(), settings.get("build_input_shape"));
    }
    List<Source> inputs = new ArrayList<>();
    collect(settings.path("input_layers"), inputs, 0);
    List<Source> outputs = new ArrayList<>();
    collect(settings.path("output_layers"), outputs, 0);
    if (outputs.isEmpty() || inputs.isEmpty()) {
      throw new Untranslatable("no input_layers or no output_layers");
    }
    return new Configuration(layers, inputs.stream().map(Source::layer).toList(), outputs, null);
  }

  /** Every reference to a layer's output, wherever among the arguments it stands. */
  private static void collect(JsonNode node, List<Source> sources, int depth) {
    if (depth > DEEPEST) {
      throw new Untranslatable("arguments nested more than " + DEEPEST + " deep");
    }
    if (!isReference(node)) {
      node.forEach(child -> collect(child, sources, depth + 1));
      return;
    }
    if (node.get(2).intValue() != 0) {
      throw new Untranslatable("output " + node.get(2) + " of " + node.get(0));
    }
    sources.add(new Source(node.get(0).textValue(), node.get(1).intValue()));
    if (node.size() > 3) {
      collect(node.get(3), sources, depth + 1);
    }
  }

  /** {@code ["name", call, output]}, and in Keras 2 a fourth for arguments by name. */
  private static boolean isReference(JsonNode node) {
    return node.isArray()
        && (node.size() == 3 || node.size() == 4)
        && node.get(0).isTextual()
        && node.get(1).isInt()
        && node.get(2).isInt();
  }
}
