package org.findthelady.job.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * A JSON text that knows on which line each of its values begins. Places are written as in
 * messages: {@code references[0].path}; the whole is {@code ""}.
 */
final class LocatedJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final JsonFactory JSON = new JsonFactory();

  private final Map<String, Integer> lines = new HashMap<>();
  private final int linesBefore;
  private final Mistakes mistakes;
  private JsonNode root;

  private LocatedJson(int linesBefore, Mistakes mistakes) {
    this.linesBefore = linesBefore;
    this.mistakes = mistakes;
  }

  /**
   * Reads a text.
   *
   * @param linesBefore lines of its file above it
   * @param mistakes receives what is no JSON and keys that stand twice
   */
  static LocatedJson parse(String text, int linesBefore, Mistakes mistakes) {
    LocatedJson located = new LocatedJson(linesBefore, mistakes);
    try (JsonParser parser = JSON.createParser(text)) {
      JsonToken first = parser.nextToken();
      located.root = first == null ? NODES.missingNode() : located.value(parser, "");
      if (first == null) {
        mistakes.add(linesBefore + 1, "the file is empty");
      } else if (parser.nextToken() != null) {
        mistakes.add(located.line(parser), "there is more behind the end");
      }
    } catch (JsonParseException e) {
      int line = linesBefore + Math.max(1, e.getLocation().getLineNr());
      mistakes.add(line, "not JSON: " + e.getOriginalMessage());
      located.root = NODES.missingNode();
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory cannot fail to be read", e);
    }
    return located;
  }

  private int line(JsonParser parser) {
    return linesBefore + parser.currentTokenLocation().getLineNr();
  }

  private JsonNode value(JsonParser parser, String place) throws IOException {
    lines.putIfAbsent(place, line(parser));
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser, place);
      case START_ARRAY -> list(parser, place);
      case VALUE_STRING -> NODES.textNode(parser.getText());
      case VALUE_NUMBER_INT -> NODES.numberNode(parser.getBigIntegerValue());
      case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDecimalValue());
      case VALUE_TRUE, VALUE_FALSE -> NODES.booleanNode(parser.getBooleanValue());
      default -> NODES.nullNode();
    };
  }

  private ArrayNode list(JsonParser parser, String place) throws IOException {
    ArrayNode list = NODES.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      list.add(value(parser, place + "[" + list.size() + "]"));
    }
    return list;
  }

  private ObjectNode object(JsonParser parser, String place) throws IOException {
    ObjectNode object = NODES.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      int line = line(parser);
      if (object.has(key)) {
        mistakes.add(line, "key '%s' stands twice".formatted(key));
      }
      lines.put(below(place, key), line);
      parser.nextToken();
      object.set(key, value(parser, below(place, key)));
    }
    return object;
  }

  /** The place of a key in an object. */
  static String below(String place, String key) {
    return place.isEmpty() ? key : place + "." + key;
  }

  JsonNode root() {
    return root;
  }

  /** The line on which a place begins: of a key's value that of the key. */
  int line(String place) {
    return lines.getOrDefault(place, linesBefore + 1);
  }
}
