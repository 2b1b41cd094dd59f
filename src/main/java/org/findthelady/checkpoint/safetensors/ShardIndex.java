package org.findthelady.checkpoint.safetensors;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.StrictJson;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * {@code model.safetensors.index.json} of a Hugging Face folder.
 *
 * @param shardOf tensor name to shard, in the order of the file
 */
record ShardIndex(Map<String, String> shardOf) {
  static final String NAME = "model.safetensors.index.json";

  /**
   * Reads an index; {@code metadata} and other fields are advisory and skipped.
   *
   * @throws CheckpointException if it is no index, or a shard's name is no plain file name
   */
  static ShardIndex read(Store store, FileInfo file) throws IOException {
    if (file.length() > Header.MOST_BYTES) {
      throw new CheckpointException(
          Reason.LIMIT,
          "%s: %d bytes, at most %d are read"
              .formatted(file.path(), file.length(), Header.MOST_BYTES));
    }
    byte[] json = new byte[(int) file.length()];
    try (SeekableInput input = store.open(file)) {
      input.readFully(0, json, 0, json.length);
    }
    Map<String, String> shardOf = null;
    try (JsonParser parser = StrictJson.parser(json, 0, json.length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw malformed(file, "not a JSON object", null);
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        parser.nextToken();
        if (field.equals("weight_map")) {
          shardOf = weightMap(file, parser);
        } else {
          parser.skipChildren();
        }
      }
      if (parser.nextToken() != null) {
        throw malformed(file, "goes on behind its JSON object", null);
      }
    } catch (JacksonException | java.nio.charset.CharacterCodingException e) {
      throw malformed(file, "not JSON in UTF-8, or a name twice: " + e.getMessage(), e);
    }
    if (shardOf == null || shardOf.isEmpty()) {
      throw malformed(file, "no weight_map, or an empty one", null);
    }
    return new ShardIndex(java.util.Collections.unmodifiableMap(shardOf));
  }

  private static Map<String, String> weightMap(FileInfo file, JsonParser parser)
      throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw malformed(file, "weight_map is not an object", null);
    }
    Map<String, String> shardOf = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String tensor = parser.currentName();
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw malformed(file, "the shard of tensor '%s' is not a string".formatted(tensor), null);
      }
      shardOf.put(tensor, plainName(file, tensor, parser.getText()));
    }
    return shardOf;
  }

  private static String plainName(FileInfo file, String tensor, String shard) {
    if (shard.isEmpty()
        || shard.equals(".")
        || shard.contains("..")
        || shard.chars().anyMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ')) {
      throw new CheckpointException(
          Reason.UNSAFE,
          "%s: tensor '%s' names the shard '%s', which is no plain file name"
              .formatted(file.path(), tensor, shard));
    }
    return shard;
  }

  /** The shards, sorted by name. */
  SortedSet<String> shards() {
    return new TreeSet<>(shardOf.values());
  }

  private static CheckpointException malformed(FileInfo file, String what, Exception cause) {
    return new CheckpointException(Reason.MALFORMED, file.path() + ": " + what, cause);
  }
}
