package org.findthelady.checkpoint.safetensors;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.StrictJson;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;

/** Turns the JSON of a header into entries; each entry is checked on its own. */
final class HeaderParser {
  private static final String METADATA = "__metadata__";

  private final String location;
  private final byte[] json;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  HeaderParser(String location, byte[] json) {
    this.location = location;
    this.json = json;
  }

  List<Entry> entries() {
    return entries;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  void parse() throws IOException {
    try (JsonParser parser = StrictJson.parser(json, 0, json.length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw malformed("the header is not a JSON object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = wellFormed(parser.currentName());
        parser.nextToken();
        if (name.equals(METADATA)) {
          parseMetadata(parser);
        } else {
          entries.add(parseEntry(parser, name));
        }
      }
      if (parser.nextToken() != null) {
        throw malformed("the header goes on behind its JSON object");
      }
    } catch (CharacterCodingException | CharConversionException e) {
      throw malformed("the header is not UTF-8", e);
    } catch (JacksonException e) {
      String problem = e.getOriginalMessage();
      if (problem.contains("Duplicate")) {
        throw new CheckpointException(
            Reason.UNSAFE,
            "%s: two readers may see two different files: %s".formatted(location, problem),
            e);
      }
      throw malformed("the header is not JSON: " + problem, e);
    }
  }

  private void parseMetadata(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return; // So MLX writes that there is none.
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw malformed(METADATA + " is not an object");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw malformed("%s: '%s' is not a string".formatted(METADATA, key));
      }
      metadata.put(key, parser.getText());
    }
  }

  private Entry parseEntry(JsonParser parser, String name) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw malformed("tensor '%s' is not an object".formatted(name));
    }
    String dtype = null;
    long[] shape = null;
    long[] offsets = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "dtype" -> {
          if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw malformed("tensor '%s': dtype is not a string".formatted(name));
          }
          dtype = parser.getText();
        }
        case "shape" -> shape = integers(parser, name, field);
        case "data_offsets" -> offsets = integers(parser, name, field);
        default -> parser.skipChildren();
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
      throw malformed("tensor '%s' lacks a dtype, shape or data_offsets".formatted(name));
    }
    return entry(name, dtype, shape, offsets);
  }

  private Entry entry(String name, String dtypeName, long[] lengths, long[] offsets) {
    DType dtype =
        SafetensorsDTypes.named(dtypeName)
            .orElseThrow(
                () ->
                    new CheckpointException(
                        Reason.UNSUPPORTED,
                        "%s: tensor '%s' has the unknown dtype '%s'"
                            .formatted(location, name, dtypeName)));
    Shape shape = Shape.of(lengths);
    if (offsets[1] < offsets[0]) {
      throw malformed(
          "tensor '%s' ends at %d before it begins at %d".formatted(name, offsets[1], offsets[0]));
    }
    long needed;
    try {
      needed = dtype.bytes(shape);
    } catch (ArithmeticException e) {
      throw malformed("tensor '%s': %s %s: %s".formatted(name, dtype, shape, e.getMessage()), e);
    }
    if (needed != offsets[1] - offsets[0]) {
      throw malformed(
          "tensor '%s': %s %s needs %d bytes, header gives %d"
              .formatted(name, dtype, shape, needed, offsets[1] - offsets[0]));
    }
    return new Entry(name, dtype, shape, offsets[0], offsets[1]);
  }

  private long[] integers(JsonParser parser, String name, String field) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw malformed("tensor '%s': %s is not an array".formatted(name, field));
    }
    long[] values = new long[4];
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
          || parser.getText().startsWith("-")
          || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        throw malformed(
            "tensor '%s': %s holds '%s', which is no length"
                .formatted(name, field, parser.getText()));
      }
      if (count == values.length) {
        values = Arrays.copyOf(values, 2 * count);
      }
      values[count++] = parser.getLongValue();
    }
    return Arrays.copyOf(values, count);
  }

  /** JSON can spell half a surrogate pair, which is no character. */
  private String wellFormed(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (Character.isHighSurrogate(name.charAt(i))
          && i + 1 < name.length()
          && Character.isLowSurrogate(name.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(name.charAt(i))) {
        throw malformed("a name holds half a surrogate pair");
      }
    }
    return name;
  }

  private CheckpointException malformed(String what) {
    return new CheckpointException(Reason.MALFORMED, location + ": " + what);
  }

  private CheckpointException malformed(String what, Exception cause) {
    return new CheckpointException(Reason.MALFORMED, location + ": " + what, cause);
  }
}
