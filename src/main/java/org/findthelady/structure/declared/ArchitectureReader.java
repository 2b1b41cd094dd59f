package org.findthelady.structure.declared;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.findthelady.core.UserException;
import org.findthelady.structure.declared.Architecture.SpaceRule;

/** Reads an architecture file. Strict: unknown and doubled keys are errors. */
final class ArchitectureReader {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String file;

  private ArchitectureReader(String file) {
    this.file = file;
  }

  /**
   * Reads one file.
   *
   * @param file its name, for messages
   * @throws UserException naming file and key
   */
  static Architecture read(String file, InputStream stream) {
    try {
      return new ArchitectureReader(file).architecture(JSON.readTree(stream));
    } catch (JsonProcessingException e) {
      throw new UserException(
          file + ": line " + lineOf(e) + ": not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int lineOf(JsonProcessingException e) {
    return e.getLocation() == null ? 0 : e.getLocation().getLineNr();
  }

  private Architecture architecture(JsonNode root) {
    keys(
        "the file",
        root,
        Set.of("name", "about", "match", "prefixes", "sizes", "spaces", "tensors"));
    JsonNode match = root.path("match");
    if (!match.isMissingNode()) {
      keys("match", match, Set.of("model_type", "architectures"));
    }
    return new Architecture(
        string("name", root.path("name")),
        strings("match.model_type", match.path("model_type")),
        strings("match.architectures", match.path("architectures")),
        strings("prefixes", root.path("prefixes")),
        sizes(root.path("sizes")),
        spaces(root.path("spaces")),
        tensors(root.path("tensors")));
  }

  private Map<String, SizeExpression> sizes(JsonNode node) {
    Map<String, SizeExpression> sizes = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : object("sizes", node).entrySet()) {
      sizes.put(entry.getKey(), size("sizes." + entry.getKey(), entry.getValue()));
    }
    return sizes;
  }

  private List<SpaceRule> spaces(JsonNode node) {
    List<SpaceRule> rules = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : object("spaces", node).entrySet()) {
      String key = "spaces." + entry.getKey();
      Space space = space(key, entry.getValue());
      rules.add(new SpaceRule(template(key, entry.getKey()), space, rules.size()));
    }
    return rules;
  }

  private Space space(String key, JsonNode node) {
    if (node.isTextual()) {
      return new Space.Alias(axis(key, node.textValue()));
    }
    if (node.has("frozen")) {
      keys(key, node, Set.of("frozen", "size", "rotary"));
      return new Space.Frozen(
          string(key + ".frozen", node.get("frozen")),
          node.has("size") ? size(key + ".size", node.get("size")) : null,
          bool(key + ".rotary", node.path("rotary")));
    }
    keys(key, node, Set.of("group", "within", "read_by", "paired"));
    if (!node.has("group")) {
      throw wrong(key, "needs \"group\": a size or \"?\", or \"frozen\": why");
    }
    JsonNode size = node.get("group");
    return new Space.Units(
        "?".equals(size.textValue()) ? null : size(key + ".group", size),
        node.has("within") ? string(key + ".within", node.get("within")) : null,
        strings(key + ".read_by", node.path("read_by")),
        bool(key + ".paired", node.path("paired")));
  }

  private List<TensorRule> tensors(JsonNode node) {
    List<TensorRule> rules = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : object("tensors", node).entrySet()) {
      String key = "tensors." + entry.getKey();
      JsonNode value = entry.getValue();
      boolean optional = false;
      List<String> needs = List.of();
      String stack = null;
      int stackAxis = 0;
      if (value.isObject()) {
        keys(key, value, Set.of("axes", "optional", "needs", "stack", "stack_axis"));
        optional = bool(key + ".optional", value.path("optional"));
        needs = strings(key + ".needs", value.path("needs"));
        stack = value.has("stack") ? string(key + ".stack", value.get("stack")) : null;
        stackAxis = number(key + ".stack_axis", value.path("stack_axis"));
        value = value.path("axes");
      }
      if (!value.isArray()) {
        throw wrong(key, "needs a list of axes");
      }
      List<TensorRule.AxisRule> axes = new ArrayList<>();
      for (JsonNode axis : value) {
        axes.add(axisRule(key, axis));
      }
      for (NameTemplate.Choice choice : NameTemplate.choices(entry.getKey())) {
        rules.add(
            new TensorRule(
                template(key, choice.text()),
                axes,
                choice.chosen(),
                optional,
                needs,
                stack,
                stackAxis));
      }
    }
    return rules;
  }

  private TensorRule.AxisRule axisRule(String key, JsonNode node) {
    if (node.isObject()) {
      keys(key, node, Set.of("frozen"));
      return new TensorRule.AxisRule(
          node.toString(), null, reason(key + ".frozen", node.path("frozen")));
    }
    if (!node.isTextual() && !node.isIntegralNumber()) {
      throw wrong(key, "an axis is an expression, a number or {\"frozen\": why}");
    }
    return new TensorRule.AxisRule(node.asText(), axis(key, node.asText()), null);
  }

  private AxisExpression axis(String key, String text) {
    try {
      return AxisExpression.parse(text);
    } catch (IllegalArgumentException e) {
      throw wrong(key, e.getMessage());
    }
  }

  private SizeExpression size(String key, JsonNode node) {
    if (!node.isTextual() && !node.isIntegralNumber()) {
      throw wrong(key, "a size is a number or an expression");
    }
    try {
      return SizeExpression.parse(node.asText());
    } catch (IllegalArgumentException e) {
      throw wrong(key, e.getMessage());
    }
  }

  private NameTemplate template(String key, String text) {
    try {
      return NameTemplate.of(text);
    } catch (IllegalArgumentException e) {
      throw wrong(key, e.getMessage());
    }
  }

  private void keys(String where, JsonNode node, Set<String> known) {
    if (!node.isObject()) {
      throw wrong(where, "must be an object");
    }
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                throw wrong(where, "unknown key \"" + key + "\"; known: " + new TreeSet<>(known));
              }
            });
  }

  private Map<String, JsonNode> object(String key, JsonNode node) {
    Map<String, JsonNode> entries = new LinkedHashMap<>();
    if (!node.isMissingNode()) {
      if (!node.isObject()) {
        throw wrong(key, "must be an object");
      }
      node.properties().forEach(e -> entries.put(e.getKey(), e.getValue()));
    }
    return entries;
  }

  private String reason(String key, JsonNode node) {
    return node.isTextual() && node.textValue().isEmpty() ? "" : string(key, node);
  }

  private List<String> strings(String key, JsonNode node) {
    List<String> strings = new ArrayList<>();
    if (!node.isMissingNode()) {
      if (!node.isArray()) {
        throw wrong(key, "must be a list of strings");
      }
      node.forEach(item -> strings.add(string(key, item)));
    }
    return strings;
  }

  private boolean bool(String key, JsonNode node) {
    if (!node.isMissingNode() && !node.isBoolean()) {
      throw wrong(key, "must be true or false");
    }
    return node.asBoolean(false);
  }

  private int number(String key, JsonNode node) {
    if (!node.isMissingNode() && !(node.isInt() && node.intValue() >= 0)) {
      throw wrong(key, "must be a whole number");
    }
    return node.asInt(0);
  }

  private String string(String key, JsonNode node) {
    if (!node.isTextual() || node.textValue().isEmpty()) {
      throw wrong(key, "must be a string that is not empty");
    }
    return node.textValue();
  }

  private UserException wrong(String key, String what) {
    return new UserException("architecture file " + file + ", " + key + ": " + what);
  }
}
