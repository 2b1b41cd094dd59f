package org.findthelady.job.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Holds a job file against {@code conf/schemas/job.schema.json}, so that what the schema says is
 * what the program does. Knows the keywords that this schema uses, and tells a mistake in words of
 * the job file, with the nearest key that there is.
 */
final class JobSchema {
  private static final JsonNode ROOT = read();

  private final LocatedJson json;
  private final Mistakes mistakes;

  private JobSchema(LocatedJson json, Mistakes mistakes) {
    this.json = json;
    this.mistakes = mistakes;
  }

  private static JsonNode read() {
    try (InputStream in = JobSchema.class.getResourceAsStream("/conf/schemas/job.schema.json")) {
      return JsonMapper.builder().build().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Checks a whole job file. */
  static void check(LocatedJson json, Mistakes mistakes) {
    new JobSchema(json, mistakes).check(json.root(), ROOT, "");
  }

  /** Checks a line of a manifest. */
  static void checkLine(LocatedJson json, Mistakes mistakes) {
    new JobSchema(json, mistakes).check(json.root(), definition("manifestLine"), "");
  }

  /** The columns that a manifest in CSV may have. */
  static List<String> manifestColumns() {
    List<String> columns = new ArrayList<>();
    definition("manifestLine").path("properties").fieldNames().forEachRemaining(columns::add);
    return columns;
  }

  private static JsonNode definition(String name) {
    return ROOT.path("$defs").path(name);
  }

  private void check(JsonNode value, JsonNode given, String place) {
    if (value.isMissingNode()) {
      return; // the parser has said why
    }
    JsonNode schema = given.has("$ref") ? ROOT.at(given.get("$ref").asText().substring(1)) : given;
    String type = schema.path("type").asText();
    if (!isOf(type, value)) {
      wrong(place, "must be " + words(type) + ", not " + words(value));
    } else if (value.isObject()) {
      checkObject(value, schema, place);
    } else if (value.isArray()) {
      checkList(value, schema, place);
    } else {
      checkScalar(value, schema, place);
    }
  }

  private void checkScalar(JsonNode value, JsonNode schema, String place) {
    if (schema.has("enum")) {
      List<String> known = new ArrayList<>();
      schema.get("enum").forEach(word -> known.add(word.asText()));
      if (!known.contains(value.asText())) {
        String hint = NearestWord.hint(value.asText(), known);
        String told = hint.isEmpty() ? "; it must be one of " + String.join(", ", known) : hint;
        wrong(place, "'%s' is not known%s".formatted(value.asText(), told));
      }
    }
    if (schema.path("minLength").asInt() > value.asText().length()) {
      wrong(place, "must not be empty");
    }
    if (schema.has("minimum") && value.asDouble() < schema.get("minimum").asDouble()) {
      wrong(place, "must be at least %s, not %s".formatted(schema.get("minimum"), value));
    }
    if (value.isIntegralNumber() && !value.canConvertToLong()) {
      wrong(place, value + " is too large");
    }
  }

  private void checkList(JsonNode list, JsonNode schema, String place) {
    if (schema.path("minItems").asInt() > list.size()) {
      wrong(place, "must not be empty");
    }
    for (int i = 0; i < list.size(); i++) {
      check(list.get(i), schema.path("items"), place + "[" + i + "]");
    }
  }

  private void checkObject(JsonNode object, JsonNode schema, String place) {
    checkKeys(object, schema, place);
    for (JsonNode key : schema.path("required")) {
      if (!object.has(key.asText())) {
        wrong(place, "key '%s' is missing".formatted(key.asText()));
      }
    }
    List<String> ways = new ArrayList<>();
    schema.path("oneOf").forEach(way -> ways.add(way.path("required").path(0).asText()));
    List<String> taken = ways.stream().filter(object::has).toList();
    if (!ways.isEmpty() && taken.size() != 1) {
      String found = taken.isEmpty() ? "none" : String.join(" and ", taken);
      wrong(place, "needs exactly one of %s, has %s".formatted(String.join(", ", ways), found));
    }
    schema
        .path("dependentRequired")
        .properties()
        .forEach(
            rule -> {
              String needed = rule.getValue().get(0).asText();
              if (object.has(rule.getKey()) && taken.size() == 1 && !object.has(needed)) {
                String key = LocatedJson.below(place, rule.getKey());
                wrong(key, "goes with '%s' only".formatted(needed));
              }
            });
  }

  private void checkKeys(JsonNode object, JsonNode schema, String place) {
    JsonNode properties = schema.path("properties");
    JsonNode others = schema.path("additionalProperties");
    List<String> known = new ArrayList<>();
    properties.fieldNames().forEachRemaining(known::add);
    if (others.isObject()) {
      JsonNode names = definition(lastWord(schema.path("propertyNames").path("$ref").asText()));
      names.path("enum").forEach(name -> known.add(name.asText()));
    }
    object
        .properties()
        .forEach(
            entry -> {
              String key = entry.getKey();
              String at = LocatedJson.below(place, key);
              if (known.contains(key)) {
                check(entry.getValue(), properties.has(key) ? properties.get(key) : others, at);
              } else {
                String hint = NearestWord.hint(key, known);
                mistakes.add(
                    json.line(at),
                    "unknown key '%s'%s"
                        .formatted(key, hint.isEmpty() ? "; there are " + sorted(known) : hint));
              }
            });
  }

  private static String lastWord(String reference) {
    return reference.substring(reference.lastIndexOf('/') + 1);
  }

  private static String sorted(List<String> words) {
    return words.stream().sorted().collect(Collectors.joining(", "));
  }

  private void wrong(String place, String what) {
    mistakes.add(json.line(place), place.isEmpty() ? what : place + ": " + what);
  }

  private static boolean isOf(String type, JsonNode value) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "boolean" -> value.isBoolean();
      default -> throw new IllegalStateException("the schema has the type '" + type + "'");
    };
  }

  private static String words(String type) {
    return switch (type) {
      case "object" -> "an object";
      case "array" -> "a list";
      case "string" -> "a text in quotes";
      case "integer" -> "a whole number";
      default -> "true or false";
    };
  }

  private static String words(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "an object";
      case ARRAY -> "a list";
      case STRING -> "the text \"%s\"".formatted(value.asText());
      default -> value.toString();
    };
  }
}
