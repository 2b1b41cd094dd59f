package org.findthelady.structure.declared;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;

/**
 * A small network of a shipped architecture with a forward pass of its own.
 *
 * @param architecture the file that it is for
 * @param config config.json, or null
 * @param weights seeded
 * @param groups every group that must be free, with its size
 * @param forward weights to outputs
 */
record ReferenceModel(
    String architecture,
    String config,
    Weights weights,
    Map<String, Integer> groups,
    Forward forward) {
  /** A forward pass. */
  interface Forward {
    double[] run(Weights weights);
  }

  Optional<JsonNode> configuration() {
    try {
      return config == null ? Optional.empty() : Optional.of(new ObjectMapper().readTree(config));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return architecture;
  }
}
