package org.findthelady.align;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.structure.Axis;
import org.findthelady.structure.RotaryDigit;
import org.findthelady.structure.StackedTensor;
import org.findthelady.structure.Structure;

/**
 * A checkpoint in the words of architecture files: its tensors by common names, and what its format
 * says of sizes as a config.json would.
 *
 * @param shapes by common name, in the checkpoint's order
 * @param config as a config.json; empty if the vocabulary gives none
 * @param own for every common name the checkpoint's
 */
public record CommonNames(
    Map<String, Shape> shapes, Optional<JsonNode> config, Map<String, String> own) {

  /** What a declared vocabulary makes of a checkpoint; empty if none knows its names. */
  public static Optional<CommonNames> of(Checkpoint checkpoint) {
    return Vocabularies.of(checkpoint.tensors()).flatMap(vocabulary -> of(checkpoint, vocabulary));
  }

  private static Optional<CommonNames> of(Checkpoint checkpoint, Vocabulary vocabulary) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    Map<String, String> own = new LinkedHashMap<>();
    for (TensorInfo tensor : checkpoint.tensors()) {
      if (vocabulary.ignores(tensor.name())) {
        continue;
      }
      // A part of a packed tensor has its common name already.
      String common = vocabulary.common(tensor.name()).orElse(tensor.name());
      if (own.put(common, tensor.name()) != null) {
        return Optional.empty();
      }
      shapes.put(common, tensor.shape());
    }
    return Optional.of(
        new CommonNames(shapes, config(vocabulary.config(), checkpoint.metadata()), own));
  }

  /** Constants, and numbers that metadata named by {@code @} holds. */
  private static Optional<JsonNode> config(
      Map<String, String> written, Map<String, String> metadata) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    written.forEach(
        (key, value) -> {
          if (!value.startsWith("@")) {
            config.put(key, value);
            return;
          }
          String number = metadata.getOrDefault(key(value.substring(1), metadata), "");
          if (number.matches("\\d{1,9}")) {
            config.put(key, Integer.parseInt(number));
          }
        });
    return config.isEmpty() ? Optional.empty() : Optional.of(config);
  }

  /** A key of metadata that may begin with what another one says, in braces. */
  private static String key(String written, Map<String, String> metadata) {
    int end = written.indexOf('}') + 1;
    return end == 0
        ? written
        : metadata.getOrDefault(written.substring(1, end - 1), "") + written.substring(end);
  }

  /** A structure over common names, over the checkpoint's own. */
  public Structure owned(Structure common) {
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    common.axes().forEach((name, list) -> axes.put(own.getOrDefault(name, name), list));
    List<RotaryDigit> rotary = new ArrayList<>();
    for (RotaryDigit digit : common.rotary()) {
      String name = own.getOrDefault(digit.tensor(), digit.tensor());
      rotary.add(new RotaryDigit(name, digit.axis(), digit.segment(), digit.factor()));
    }
    List<StackedTensor> stacks = new ArrayList<>();
    for (StackedTensor stack : common.stacks()) {
      List<String> parts = stack.parts().stream().map(n -> own.getOrDefault(n, n)).toList();
      stacks.add(new StackedTensor(stack.name(), stack.axis(), parts));
    }
    return new Structure(common.name(), common.groups(), axes, stacks, rotary);
  }
}
