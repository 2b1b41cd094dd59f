package org.findthelady.checkpoint.packed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;

/** What a config.json says of how weights are quantised; never trusted against shapes. */
final class QuantisationConfig {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final JsonNode quantisation;

  private QuantisationConfig(JsonNode quantisation) {
    this.quantisation = quantisation;
  }

  /**
   * Reads a configuration.
   *
   * @param text of config.json; null if there is none
   */
  static QuantisationConfig of(String text) {
    JsonNode root = MissingNode.getInstance();
    try {
      root = text == null ? root : JSON.readTree(text);
    } catch (JsonProcessingException e) {
      // Who needs it for the architecture says so.
    }
    JsonNode found = root.path("quantization_config");
    return new QuantisationConfig(found.isObject() ? found : root.path("quantization"));
  }

  /**
   * Elements of an axis that share a scale.
   *
   * @param fromEnd 0 for the last axis, 1 for the one before
   * @return 0 if it is not said
   */
  int block(int fromEnd) {
    JsonNode sizes = quantisation.path("weight_block_size");
    return sizes.size() == 2 ? Math.max(0, sizes.path(1 - fromEnd).asInt()) : 0;
  }

  /**
   * A number of a layer, or of all if the layer has none of its own.
   *
   * @param layer the weight's name but for its last part
   * @return 0 if it is not said
   */
  int number(String layer, String key) {
    JsonNode own = quantisation.path(layer).path(key);
    return (own.isInt() ? own : quantisation.path(key)).asInt();
  }

  /** Whether GPTQ's zero points are stored as they are, not one less. */
  boolean plainZeros() {
    return quantisation.path("checkpoint_format").asText().equals("gptq_v2");
  }
}
